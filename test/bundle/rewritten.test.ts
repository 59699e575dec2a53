import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rewriter } from '../../src/bundle/rewritten.js';

const folder = mkdtempSync(join(tmpdir(), 'rewritten-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('rewrites a file once, and again when its text has changed', () => {
  const file = join(folder, 'a.ts');
  const asked: string[] = [];
  const loud = rewriter((source, path) => {
    asked.push(path);
    return source.toUpperCase();
  });
  writeFileSync(file, 'one');
  expect([loud(file), loud(file)]).toEqual(['ONE', 'ONE']);
  expect(asked).toEqual([file]);
  writeFileSync(file, 'two');
  expect([loud(file), asked.length]).toEqual(['TWO', 2]);
  writeFileSync(file, 'LOUD');
  expect([loud(file), loud(file), asked.length]).toEqual([null, null, 3]);
});

it('keeps each file and each way of rewriting apart', () => {
  const [a, b] = ['a.ts', 'b.ts'].map((name) => join(folder, name));
  writeFileSync(a, 'a');
  writeFileSync(b, 'b');
  const twice = rewriter((source) => source + source);
  const loud = rewriter((source) => source.toUpperCase());
  expect([twice(a), twice(b), loud(a), loud(b), twice(a)]).toEqual(['aa', 'bb', 'A', 'B', 'aa']);
});
