import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../../src/verify/checkpoint/checkpoint-file.js';
import { CheckpointReader } from '../../src/verify/checkpoint/checkpoint-reader.js';
import { MemoryBudget } from '../../src/verify/row-table.js';
import { Search, type SearchResult } from '../../src/verify/search.js';
import { FINE, type Space, VIOLATION } from '../../src/verify/space.js';

const KEY = { code: '', subject: '', options: {} };
const WIDE = 5_000;

/**
 * From one state to 5,000, of which the second has a step that goes wrong; each of the others has one to a
 * state of its own, which ends.
 */
function wideSpace(): Space {
  let state = 0;
  return {
    ...{ cpus: 1, width: 1, localStates: 0, memories: 0 },
    begin: (first) => first(Int32Array.of(0), [], FINE),
    open: (rows, at) => {
      state = rows[at];
      return state === 0 ? WIDE : state <= WIDE ? 1 : 0;
    },
    follow: (k, row) => {
      row[0] = state === 0 ? k + 1 : WIDE + state;
      return state === 2 ? VIOLATION : FINE;
    },
    agent: () => 0,
    answers: () => [],
    end: () => (state > WIDE ? 'finished' : 'none'),
    words: (row) => row,
    keep: () => undefined,
    restore: () => undefined,
  };
}

class Killed extends Error {}

/** Killed `rests` rests after it began, and gone on with. */
function killedAfter(rests: number, directory: string): SearchResult {
  const file = join(directory, `${rests}`);
  let left = rests;
  const search: Search = new Search(wideSpace(), new MemoryBudget(2 ** 24), {
    isOver: () => false,
    onRest: () => {
      if (left-- > 0) return;
      writeCheckpoint(file, KEY, (to) => search.keep(to));
      throw new Killed();
    },
  });
  expect(() => search.run()).toThrow(Killed);
  const again = new Search(wideSpace(), new MemoryBudget(2 ** 24), { isOver: () => false });
  const reader = CheckpointReader.open(file);
  again.restore(reader);
  reader.close();
  return again.run();
}

describe('a search that is killed in the middle of a depth', () => {
  it('comes to the same witness, and to the same states and memory', () => {
    const whole = new Search(wideSpace(), new MemoryBudget(2 ** 24), { isOver: () => false }).run();
    expect(whole).toMatchObject({ schedule: [0, 0], complete: false, depth: 1 });
    const directory = mkdtempSync(join(tmpdir(), 'search-'));
    try {
      // At its beginning, and four times after the step that goes wrong.
      for (const rests of [0, 1, 2, 3, 4]) expect(killedAfter(rests, directory)).toEqual(whole);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
