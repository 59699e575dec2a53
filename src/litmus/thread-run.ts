import { loadWord, storeWord } from '../machine/stripped/access.js';
import type { Locked, SharedWords } from '../machine/stripped/locked.js';
import {
  LOAD,
  MFENCE,
  SET,
  STORE,
  STORE_REGISTER,
  type ThreadInstruction,
  type ThreadPlan,
  XCHG,
} from './thread-plan.js';

/**
 * A litmus test on real threads, many times over: they begin each try together where they can, and each
 * location has a cache line of its own. Through the accessors of the stripped build, which `stress` runs
 * kernels with.
 */

/** Tries between two times at which they are judged and their words used again. */
const SLOTS = 128;
const LINE = 16;
/**
 * Two lines for each thread: how often it has come to a meeting, and to a try; then one for whether the time
 * is up, and one that nobody looks at.
 */
const metAt = (thread: number): number => 2 * thread * LINE;
const triedAt = (thread: number): number => metAt(thread) + LINE;

/** Words that the threads of a plan share. */
export function wordsOf({ locations, registers, threads }: ThreadPlan): number {
  const registersMax = Math.max(1, ...registers.map(({ length }) => length));
  return metAt(threads.length + 1) + SLOTS * (locations.length + threads.length * registersMax) * LINE;
}

/** What a thread answers to; see runTries. */
export interface LitmusThreadApi {
  tries(shared: SharedWords, plan: ThreadPlan, thread: number, ms: number): readonly SeenValues[] | null;
}

/** Values of the names that a plan looks at, and in how many tries they came out. */
export interface SeenValues {
  readonly values: readonly number[];
  readonly count: number;
}

/**
 * Tries for `ms` milliseconds on this thread; all threads of the plan call it at once, on words that are 0.
 * Thread 0 answers what came out, the others nothing.
 */
export function runTries(
  mem: Int32Array,
  locked: Locked,
  plan: ThreadPlan,
  thread: number,
  ms: number,
): readonly SeenValues[] | null {
  const { threads, locations, registers } = plan;
  const meeting = new Meeting(mem, thread, threads.length);
  const over = metAt(threads.length);
  const fence = over + LINE;
  const tries = fence + LINE;
  const registersMax = Math.max(1, ...registers.map(({ length }) => length));
  const tryWords = (locations.length + threads.length * registersMax) * LINE;
  const own = registers[thread].slice();
  const counts = new Map<string, { readonly values: readonly number[]; count: number }>();
  const begun = performance.now();
  const registersAt = (slot: number, of: number): number =>
    tries + slot * tryWords + (locations.length + of * registersMax) * LINE;
  const wordOf = (slot: number, [of, number]: readonly [number, number]): number =>
    of < 0 ? tries + slot * tryWords + number * LINE : registersAt(slot, of) + number;
  for (let batch = 0; ; batch++) {
    meeting.meet();
    if (thread === 0) {
      for (let slot = 0; slot < SLOTS && batch > 0; slot++) {
        const values = plan.seen.map((each) => locked.load(wordOf(slot, each)));
        const key = values.join();
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { values, count: 1 });
        else known.count++;
      }
      for (let slot = 0; slot < SLOTS; slot++)
        for (let i = 0; i < locations.length; i++) Atomics.store(mem, wordOf(slot, [-1, i]), locations[i]);
      if (batch > 0 && performance.now() - begun >= ms) Atomics.store(mem, over, 1);
    }
    // A second meeting: the others go on when the words are what they are at the start of a try.
    meeting.meet();
    if (Atomics.load(mem, over) === 1) break;
    for (let slot = 0; slot < SLOTS; slot++) {
      for (let i = 0; i < own.length; i++) own[i] = registers[thread][i];
      meeting.tryTogether();
      const at = tries + slot * tryWords;
      for (const instruction of threads[thread])
        execute(mem, locked, instruction, at, own, fence, plan.isAtomic);
      for (let i = 0; i < own.length; i++) Atomics.store(mem, registersAt(slot, thread) + i, own[i]);
    }
  }
  return thread === 0 ? [...counts.values()] : null;
}

function execute(
  mem: Int32Array,
  locked: Locked,
  [kind, location, register, value]: ThreadInstruction,
  at: number,
  own: number[],
  fence: number,
  isAtomic: boolean,
): void {
  const address = at + location * LINE;
  if (kind === STORE) storeWord(mem, address, value, isAtomic);
  else if (kind === STORE_REGISTER) storeWord(mem, address, own[register], isAtomic);
  else if (kind === LOAD) own[register] = loadWord(locked, address);
  else if (kind === SET) own[register] = value;
  else if (kind === XCHG) own[register] = locked.exchange(address, own[register]);
  // A locked operation on a word that nobody looks at is a full barrier too.
  else if (kind === MFENCE) locked.add(fence, 0);
}

/** Looks for the others, some microseconds of them. */
const SPINS = 2_000;

/** Where threads wait for each other. */
class Meeting {
  private met = 0;
  private tried = 0;

  constructor(
    private readonly mem: Int32Array,
    private readonly thread: number,
    private readonly threads: number,
  ) {}

  /** Nobody goes on before all have come. */
  meet(): void {
    const { mem, thread, threads } = this;
    const number = ++this.met;
    Atomics.store(mem, metAt(thread), number);
    for (let other = 0; other < threads; other++)
      for (let spins = 0; other !== thread; spins++) {
        const seen = Atomics.load(mem, metAt(other));
        if (seen >= number) break;
        // The other thread waits for a core: this one's will do.
        if (spins > SPINS) Atomics.wait(mem, metAt(other), seen, 0.05);
      }
  }

  /** A try may be one alone, where the others do not run just now: what comes out is allowed all the same. */
  tryTogether(): void {
    const { mem, thread, threads } = this;
    const number = ++this.tried;
    Atomics.store(mem, triedAt(thread), number);
    for (let other = 0; other < threads; other++)
      for (let spins = 0; other !== thread && spins < SPINS; spins++)
        if (Atomics.load(mem, triedAt(other)) >= number) break;
  }
}
