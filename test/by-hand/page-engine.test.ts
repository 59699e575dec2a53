import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSchedule } from '../../src/drive/schedule.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { bundleEngine } from '../../src/report/page/engine/bundle.js';
import type { KernelFinding } from '../../src/vocabulary/finding.js';
import { pageEngine } from './page-engine.js';

/** The engine as the page has it: the same executions as the package's, to the byte. */

let text: string;
beforeAll(async () => {
  text = await bundleEngine();
});

const findingIn = (name: string): KernelFinding =>
  JSON.parse(readFileSync(new URL(`../../data/witnesses/${name}.json`, import.meta.url), 'utf8'));

const subjectOf = ({ variant, scenario, memory }: KernelFinding) => ({ variant, scenario, memory });

describe("the page's engine", () => {
  // Nested functions and an interrupt; a host's code; a broadcast.
  it.each(['native--v10', 'kvm--v10', 'invlpgb--v1'])('executes %s as the package does', (name) => {
    const finding = findingIn(name);
    const replay = replayFinding(finding);
    const { answer, sources = [] } = pageEngine(text)('execute', {
      ...{ subject: subjectOf(finding), decisions: decodeSchedule(finding.schedule) },
      tail: { by: 'nobody' },
    });
    expect(replay.reproduced).toBe(true);
    expect(answer).toMatchObject({
      traceHash: replay.traceHash,
      violation: replay.violation,
      diverged: null,
    });
    expect(answer?.sentence).toBe(replay.sentence);
    // With every function and line, which the page has from a table and not from V8's names.
    expect(answer?.trace).toEqual(replay.trace);
    expect([answer?.start, answer?.memory, answer?.links]).toEqual([
      replay.start,
      replay.memory,
      replay.links,
    ]);
    const lines = new Map(sources.map((source) => [source.file, new Map(source.lines)]));
    const stood = replay.trace.flatMap(({ site }) => (site === null ? [] : [site]));
    expect(stood.length).toBeGreaterThan(50);
    for (const { file, line } of stood)
      expect(lines.get(file)?.get(line)).toBe(
        readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split('\n')[line - 1],
      );
  });

  it('says what is wrong with a question', () => {
    const finding = findingIn('native--v10');
    const ask = pageEngine(text);
    const subject = { ...subjectOf(finding), variant: 'nothing/v10' };
    const { error } = ask('execute', { subject, decisions: [], tail: { by: 'nobody' } });
    expect(error).toContain('the variant "nothing/v10" does not exist');
    expect(ask('variant', { name: 'constructor', scenario: finding.scenario }).answer).toBeNull();
  });

  it('is of a size that a page can carry', () => {
    expect(text.length).toBeLessThan(700_000);
  });
});
