import { arch, availableParallelism } from 'node:os';
import { type SharedWords, sharedWords } from '../machine/stripped/locked.js';
import type { LitmusApi } from './self-test-litmus.js';
import { LITMUS_TESTS, LITMUS_WORDS, type LitmusCount, type LitmusTest } from './self-test-litmus.js';
import { Threads } from './workers.js';

/** What the self-test of the memory accesses found. */
export interface SelfTest {
  readonly node: string;
  readonly v8: string;
  readonly arch: string;
  readonly cores: number;
  readonly tests: readonly ({
    readonly test: LitmusTest;
    readonly stores: 'plain' | 'atomic';
  } & LitmusCount)[];
  /** Share of tries in which store buffering was seen, 0 to 1, with the stores in use. */
  readonly storeBuffering: number;
  /** Stores are `Atomics.store`: the computer is no x86-64, or plain ones showed what x86 forbids. */
  readonly atomicStores: boolean;
  /** Why. */
  readonly reason: string;
  /** Even `Atomics` showed what x86 forbids: nothing can be concluded from runs on this computer. */
  readonly failed: boolean;
}

/** Milliseconds per litmus program. */
const TEST_MS = 40;

/**
 * Runs the litmus programs on two threads: with plain stores on x86-64, and with `Atomics.store` too where
 * those are not to be had or show a forbidden outcome.
 */
export async function selfTest(testMs: number = TEST_MS): Promise<SelfTest> {
  const pool = new Threads<LitmusApi>('litmus', true);
  try {
    const tests: {
      test: LitmusTest;
      stores: 'plain' | 'atomic';
      tries: number;
      forbidden: number;
      reordered: number;
    }[] = [];
    const mem = sharedWords(LITMUS_WORDS);
    const runAll = async (stores: 'plain' | 'atomic'): Promise<number> => {
      let forbidden = 0;
      for (const test of LITMUS_TESTS) {
        const count = await runOne(pool, mem, test, testMs, stores === 'atomic');
        tests.push({ test, stores, ...count });
        forbidden += count.forbidden;
      }
      return forbidden;
    };
    const isX86 = arch() === 'x64';
    const plain = isX86 ? await runAll('plain') : -1;
    const atomicStores = plain !== 0;
    const atomic = atomicStores ? await runAll('atomic') : 0;
    const used = tests.find(
      ({ test, stores }) => test === 'SB' && stores === (atomicStores ? 'atomic' : 'plain'),
    );
    const reason = !isX86
      ? `not x86-64 but ${arch()}: plain stores are not x86's, Atomics are used`
      : plain > 0
        ? `plain stores showed ${plain} outcomes that x86 forbids: Atomics are used`
        : 'plain stores behave as on x86';
    return {
      node: process.version,
      v8: process.versions.v8,
      arch: arch(),
      cores: availableParallelism(),
      tests,
      storeBuffering: used === undefined || used.tries === 0 ? 0 : used.reordered / used.tries,
      atomicStores,
      reason,
      failed: atomic > 0,
    };
  } finally {
    await pool.close();
  }
}

async function runOne(
  pool: Threads<LitmusApi>,
  mem: SharedWords,
  test: LitmusTest,
  ms: number,
  atomic: boolean,
): Promise<LitmusCount> {
  new Int32Array(mem.buffer).fill(0);
  const threads = await pool.take(2);
  const [count] = await Promise.all(
    threads.map((thread, id) => pool.untilEnd(thread, thread.api.run(mem, test, id, ms, atomic))),
  );
  return count as LitmusCount;
}
