import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceExcerpts } from '../../../src/report/page/source-excerpts.js';
import { Steps } from '../steps.js';

/** Which lines of which files a page keeps. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shootdown-source-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (file: string, line: number) => new Steps().add(0, 'x', { site: { file, line } }).all;
const own = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return relative(process.cwd(), join(folder, name));
};

describe('source excerpts', () => {
  it('have the lines around a step of our own sources and of a module', () => {
    const [ours] = sourceExcerpts(at('src/kernel/slots.ts', 16));
    expect(ours.lines.map(([line]) => line)).toEqual([13, 14, 15, 16, 17, 18, 19]);
    const file = own('m.ts', 'one\ntwo\nthree');
    expect(sourceExcerpts(at(file, 2))).toEqual([
      {
        file,
        lines: [
          [1, 'one'],
          [2, 'two'],
          [3, 'three'],
        ],
      },
    ]);
  });

  it('have none of C text, and none of what is not there', () => {
    expect(sourceExcerpts(at(own('tlb.c', 'int x;'), 1))).toEqual([]);
    expect(sourceExcerpts(at('no/such/file.ts', 1))).toEqual([]);
    expect(sourceExcerpts(at(own('m.ts', 'one'), 400))[0].lines).toEqual([]);
  });
});
