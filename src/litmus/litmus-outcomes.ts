import { setImmediate } from 'node:timers/promises';
import type { MemoryModel } from '../vocabulary/violation.js';
import { exploreInTurns, type LitmusResult } from './explore.js';
import { litmusSources } from './litmus-files.js';
import { type LitmusTest, SkippedTest } from './litmus-test.js';
import { LitmusThreads, type SeenOnThreads } from './on-threads.js';
import { parseLitmus } from './parse.js';

/** Every litmus test of a path, explored. */

export interface LitmusOutcome {
  readonly name: string;
  readonly file: string;
  /** The test and its result; null where it was skipped. */
  readonly explored: { readonly test: LitmusTest; readonly result: LitmusResult } | null;
  /** What threads of this computer showed, where that was asked for and the test was explored. */
  readonly onThreads: SeenOnThreads | null;
  /** Why it was skipped, or null. */
  readonly skipped: string | null;
}

/** Tests that are read before the thread may do something else. */
const READ_AT_ONCE = 100;

/**
 * Each test of a path in turn, until `signal` is aborted. All are read before the first is explored, so that
 * a malformed one costs nobody an hour. `onThreadsMs`: each runs on threads for so long too. Throws
 * InputError.
 */
export async function* litmusOutcomes(
  path: string,
  memory: MemoryModel,
  signal?: AbortSignal,
  onThreadsMs: number | null = null,
  onTest: (done: number, of: number) => void = () => undefined,
): AsyncGenerator<LitmusOutcome> {
  const parsed: { readonly file: string; readonly test: Readable }[] = [];
  for (const { file, text } of litmusSources(path)) {
    if (parsed.length % READ_AT_ONCE === 0) await setImmediate();
    if (signal?.aborted) return;
    parsed.push({ file, test: readable(file, text) });
  }
  const threads = onThreadsMs === null ? null : new LitmusThreads();
  try {
    for (const [index, { file, test }] of parsed.entries()) {
      onTest(index, parsed.length);
      const outcome = await outcomeOf(file, test, memory, signal);
      if (outcome === null) return;
      const { explored } = outcome;
      if (threads === null || onThreadsMs === null || explored === null) yield outcome;
      else yield { ...outcome, onThreads: await threads.run(explored.test, explored.result, onThreadsMs) };
      // Signals are heard between two tests too.
      await setImmediate();
      if (signal?.aborted) return;
    }
  } finally {
    await threads?.close();
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

/** Null where `signal` was aborted in the middle of it. */
async function outcomeOf(
  file: string,
  test: Readable,
  memory: MemoryModel,
  signal: AbortSignal | undefined,
): Promise<LitmusOutcome | null> {
  const { name } = test;
  if ('skipped' in test) return { name, file, explored: null, onThreads: null, skipped: test.skipped };
  try {
    const turns = exploreInTurns(test, memory);
    let turn = turns.next();
    for (; !turn.done; turn = turns.next()) {
      await setImmediate();
      if (signal?.aborted) return null;
    }
    return { name, file, explored: { test, result: turn.value }, onThreads: null, skipped: null };
  } catch (error) {
    if (!(error instanceof SkippedTest)) throw error;
    return { name, file, explored: null, onThreads: null, skipped: error.message };
  }
}
