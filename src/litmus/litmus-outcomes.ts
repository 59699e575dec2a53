import { setImmediate } from 'node:timers/promises';
import type { MemoryModel } from '../vocabulary/violation.js';
import { exploreLitmus, type LitmusResult } from './explore.js';
import { litmusSources } from './litmus-files.js';
import { type LitmusTest, SkippedTest } from './litmus-test.js';
import { parseLitmus } from './parse.js';

/** Every litmus test of a path, explored. */

export interface LitmusOutcome {
  readonly name: string;
  readonly file: string;
  /** The test and its result; null where it was skipped. */
  readonly explored: { readonly test: LitmusTest; readonly result: LitmusResult } | null;
  /** Why it was skipped, or null. */
  readonly skipped: string | null;
}

/**
 * Each test of a path in turn. All are read before the first is explored, so that a malformed one costs
 * nobody an hour. Throws InputError.
 */
export async function* litmusOutcomes(path: string, memory: MemoryModel): AsyncGenerator<LitmusOutcome> {
  const parsed = litmusSources(path).map(({ file, text }) => ({ file, test: readable(file, text) }));
  for (const { file, test } of parsed) {
    yield outcomeOf(file, test, memory);
    // Signals are heard between two tests.
    await setImmediate();
  }
}

/** A test, or the name and the reason of one that is not explored. */
type Readable = LitmusTest | { readonly name: string; readonly skipped: string };

function readable(file: string, text: string): Readable {
  try {
    return parseLitmus(text, file);
  } catch (error) {
    if (!(error instanceof SkippedTest)) throw error;
    const name = /^\s*\S+[ \t]+(\S[^\n]*)/.exec(text)?.[1].trim() ?? file;
    return { name: name.slice(0, 100), skipped: error.message };
  }
}

function outcomeOf(file: string, test: Readable, memory: MemoryModel): LitmusOutcome {
  const { name } = test;
  if ('skipped' in test) return { name, file, explored: null, skipped: test.skipped };
  try {
    return { name, file, explored: { test, result: exploreLitmus(test, memory) }, skipped: null };
  } catch (error) {
    if (!(error instanceof SkippedTest)) throw error;
    return { name, file, explored: null, skipped: error.message };
  }
}
