import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rewritten } from '../../src/bundle/rewritten.js';

const folder = mkdtempSync(join(tmpdir(), 'rewritten-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [a, b] = ['a.ts', 'b.ts'].map((name) => join(folder, name));
const upper = (source: string): string => source.toUpperCase();

it('is made once of a text, and again when that has changed', () => {
  let asked = 0;
  const loud = (): string | null =>
    rewritten(a, 'counted', (source) => {
      asked++;
      return upper(source);
    });
  writeFileSync(a, 'one');
  expect([loud(), loud(), asked]).toEqual(['ONE', 'ONE', 1]);
  writeFileSync(a, 'two');
  expect([loud(), asked]).toEqual(['TWO', 2]);
  writeFileSync(a, 'LOUD');
  expect([loud(), loud(), asked]).toEqual([null, null, 3]);
});

it('is one for each file and each way of rewriting', () => {
  writeFileSync(a, 'a');
  writeFileSync(b, 'b');
  const twice = (path: string): string | null => rewritten(path, 'twice', (source) => source + source);
  const loud = (path: string): string | null => rewritten(path, 'loud', upper);
  expect([twice(a), twice(b), loud(a), loud(b), twice(a)]).toEqual(['aa', 'bb', 'A', 'B', 'aa']);
});
