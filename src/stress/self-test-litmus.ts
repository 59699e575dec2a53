import { loadWord, storeWord } from '../machine/stripped/access.js';
import type { Locked, SharedWords } from '../machine/stripped/locked.js';

/**
 * The litmus programs of the self-test, as their two threads run them: through the accessors of the stripped
 * build, in step. Each test tells whether an outcome is forbidden on x86 (TSO) or merely shows the store
 * buffer.
 */

export const LITMUS_TESTS = ['SB', 'MP', 'CoRR', 'LB', 'X-Y-X'] as const;
export type LitmusTest = (typeof LITMUS_TESTS)[number];

/**
 * Words: x and y of each round on cache lines of their own; the rounds that each thread has begun; whether
 * the time is up.
 */
const SLOTS = 256;
const LINE = 16;
const ROUND = SLOTS * 2 * LINE;
const OVER = ROUND + 2 * LINE;
/** Results follow: three words per thread and slot. */
const RESULTS = OVER + LINE;
export const LITMUS_WORDS = RESULTS + SLOTS * 6;
/** Rounds between two looks at the clock, at which results are judged and slots used again. */
const BATCH = SLOTS;

/** A test that a busy computer keeps from as many tries goes on for up to this many times as long. */
const TRIES_MIN = 10_000;
const PATIENCE = 6;

export interface LitmusCount {
  readonly tries: number;
  /** Outcomes that x86 forbids. */
  readonly forbidden: number;
  /** SB only: both loads passed the stores before them. */
  readonly reordered: number;
}

/** What a thread of the self-test answers to; see runLitmus. */
export interface LitmusApi {
  run(shared: SharedWords, test: LitmusTest, thread: number, ms: number, atomic: boolean): LitmusCount | null;
}

/**
 * Runs one test for `ms` milliseconds on this thread; both threads call it at once. Thread 0 answers the
 * counts, thread 1 nothing.
 */
export function runLitmus(
  mem: Int32Array,
  locked: Locked,
  test: LitmusTest,
  thread: number,
  ms: number,
  atomic: boolean,
): LitmusCount | null {
  const body = BODIES[test];
  const results = RESULTS + thread * 3;
  let tries = 0;
  let forbidden = 0;
  let reordered = 0;
  const begun = performance.now();
  for (let round = 1; ; round++) {
    const slot = round % BATCH;
    if (slot === 0) {
      meet(mem, thread, round);
      if (thread === 0) {
        for (let at = 1; at < BATCH; at++) {
          const [a, b, c] = [0, 1, 2].map((i) => RESULTS + at * 6 + i).map((word) => mem[word]);
          const [d, e, f] = [3, 4, 5].map((i) => RESULTS + at * 6 + i).map((word) => mem[word]);
          tries++;
          if (body.forbidden(a, b, c, d, e, f)) forbidden++;
          if (test === 'SB' && a === 0 && d === 0) reordered++;
        }
        mem.fill(0, 0, ROUND);
        const elapsed = performance.now() - begun;
        if (elapsed >= (tries < TRIES_MIN ? PATIENCE : 1) * ms) Atomics.store(mem, OVER, 1);
      }
      // A second meeting, with numbers of its own: the other thread goes on when the slots are clean.
      meet(mem, thread, round + 0.5);
      if (Atomics.load(mem, OVER) === 1) break;
      continue;
    }
    meet(mem, thread, round);
    body.run(mem, locked, slot * 2 * LINE, slot * 2 * LINE + LINE, thread, results + slot * 6, atomic);
  }
  return thread === 0 ? { tries, forbidden, reordered } : null;
}

const SPINS = 3000;

/** Both threads have come here. */
function meet(mem: Int32Array, thread: number, round: number): void {
  const number = Math.round(round * 2);
  Atomics.store(mem, ROUND + thread * LINE, number);
  const other = ROUND + (1 - thread) * LINE;
  for (let spins = 0; ; spins++) {
    const seen = Atomics.load(mem, other);
    if (seen >= number) return;
    // The other thread waits for a core: this one's will do.
    if (spins > SPINS) Atomics.wait(mem, other, seen, 0.05);
  }
}

interface Body {
  /** x, y: addresses; out: three words for what was read. */
  run(
    mem: Int32Array,
    locked: Locked,
    x: number,
    y: number,
    thread: number,
    out: number,
    atomic: boolean,
  ): void;
  /** What thread 0 read, then what thread 1 read. */
  forbidden(a: number, b: number, c: number, d: number, e: number, f: number): boolean;
}

const BODIES: Readonly<Record<LitmusTest, Body>> = {
  SB: {
    run(mem, locked, x, y, thread, out, atomic) {
      storeWord(mem, thread === 0 ? x : y, 1, atomic);
      mem[out] = loadWord(locked, thread === 0 ? y : x);
    },
    forbidden: () => false,
  },
  MP: {
    run(mem, locked, x, y, thread, out, atomic) {
      if (thread === 0) {
        storeWord(mem, x, 1, atomic);
        storeWord(mem, y, 1, atomic);
      } else {
        const flag = loadWord(locked, y);
        const data = loadWord(locked, x);
        mem[out] = flag;
        mem[out + 1] = data;
      }
    },
    forbidden: (_a, _b, _c, flag, data) => flag === 1 && data === 0,
  },
  CoRR: {
    run(mem, locked, x, _y, thread, out, atomic) {
      if (thread === 0) storeWord(mem, x, 1, atomic);
      else {
        const first = loadWord(locked, x);
        const second = loadWord(locked, x);
        mem[out] = first;
        mem[out + 1] = second;
      }
    },
    forbidden: (_a, _b, _c, first, second) => first === 1 && second === 0,
  },
  LB: {
    run(mem, locked, x, y, thread, out, atomic) {
      const seen = loadWord(locked, thread === 0 ? x : y);
      storeWord(mem, thread === 0 ? y : x, 1, atomic);
      mem[out] = seen;
    },
    forbidden: (a, _b, _c, d) => a === 1 && d === 1,
  },
  'X-Y-X': {
    run(mem, locked, x, y, thread, out, atomic) {
      if (thread === 0) {
        storeWord(mem, x, 1, atomic);
        storeWord(mem, y, 1, atomic);
      } else {
        const before = loadWord(locked, x);
        const flag = loadWord(locked, y);
        const after = loadWord(locked, x);
        mem[out] = before;
        mem[out + 1] = flag;
        mem[out + 2] = after;
      }
    },
    forbidden: (_a, _b, _c, before, flag, after) =>
      (flag === 1 && after === 0) || (before === 1 && after === 0),
  },
};
