import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Kept } from '../../bench/kept.js';

type Line = { readonly key: string; readonly value: number };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shootdown-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a measurement that was stopped goes on, half a line included', async () => {
  const file = join(folder, 'deep', 'state.jsonl');
  const first = new Kept<Line>(file);
  await first.of('a', () => ({ key: 'a', value: 1 }));
  appendFileSync(file, '{"key":"b","val');

  const second = new Kept<Line>(file);
  expect(await second.of('a', () => ({ key: 'a', value: 9 }))).toEqual({ key: 'a', value: 1 });
  expect(await second.of('b', () => ({ key: 'b', value: 2 }))).toEqual({ key: 'b', value: 2 });

  expect(new Kept<Line>(file).all).toEqual([
    { key: 'a', value: 1 },
    { key: 'b', value: 2 },
  ]);
  expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true);
});

it('without a file nothing is kept beyond the run', async () => {
  const kept = new Kept<Line>('');
  await kept.of('a', () => ({ key: 'a', value: 1 }));
  expect(kept.find('a')).toEqual({ key: 'a', value: 1 });
});
