import { describe, expect, it } from 'vitest';
import { bundleApp } from '../../../src/report/page/app.js';
import { inertJson, pageHtml } from '../../../src/report/page/html.js';
import { huntPage } from '../../../src/report/page/results.js';
import { HOSTILE, hostileReport, sampleReport } from '../reporters/sample-report.js';

/** The page as a file: small, whole, and harmless whatever is in its data. */

const SIZE_MAX = 300_000;

describe('the page', () => {
  it('is small, has one script and one style of its own, and names no address', async () => {
    const app = await bundleApp();
    const html = pageHtml(huntPage(sampleReport()).document, app);
    expect(app.script.length + app.style.length).toBeLessThan(SIZE_MAX);
    expect(app.script.length).toBeGreaterThan(10_000);
    expect(app.script).toContain('Copyright (c) 2015-present Jason Miller');
    expect(html.match(/<script/g)).toHaveLength(2);
    // The namespace of SVG is a name, and nothing is fetched from there.
    expect(html.match(/https?:\/\/(?!www\.w3\.org\/)[^\s"'`]+/g) ?? []).toEqual([]);
  });

  it('has its data between tags that nothing in them ends', () => {
    const json = inertJson(huntPage(hostileReport()).document);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there is looked for
    expect(json).not.toMatch(/[<\u0000-\u001f\u202e\ud800]/);
    const back = JSON.parse(json);
    expect(back.results.rows[0].subject).toContain('a]]>b <x y="z">&amp; \\x00\\x1b[2J');
    expect(HOSTILE).toContain('\u0000');
  });
});
