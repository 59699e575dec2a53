import { type Op, type PlainCpu, type PlainProgram, type Protocol, plainProgram } from 'shootdown';
import { ringBell, sleepOnBell } from '../src/programs/doorbell.js';
import {
  announceWait,
  holds,
  isRung,
  isTurn,
  ringWaiters,
  type WaiterOps,
  type WaiterWords,
  withdrawWait,
} from '../src/programs/waiters.js';
import { ModelThread } from './model-thread.js';

/**
 * Who waits for which word, in the stress engine, as a plain shared-memory program: CPUs that wait for words
 * of simulated memory and sleep on their bells, and others that change those words. The explorer hunts it for
 * lost rings: a sleep here never ends by itself, so a ring that is lost is a deadlock.
 *
 * `announceWait`, `withdrawWait`, `ringWaiters` and the bell's functions are the very text that stress runs
 * execute; around them stands what `ThreadRunner` does at a wait and after a store.
 */

type Addresses = Readonly<Record<string, number>>;

/** What is the protocol's, or a planted fault in its place. */
export interface WaiterParts {
  readonly announce: typeof announceWait;
  readonly ring: typeof ringWaiters;
  /** A rung CPU that does not take the word passes the turn on. */
  readonly passesTurn: boolean;
}

const REAL: WaiterParts = { announce: announceWait, ring: ringWaiters, passesTurn: true };

type Wait = readonly [address: number, mask: number, value: number, not: number];

/** One CPU's thread: what it waits for decides whether it has a reason to wake up. */
class WaitingThread extends ModelThread implements WaiterOps {
  constructor(
    private readonly owner: PlainCpu,
    private readonly at: Addresses,
    /** What the running wait is for. */
    private readonly waits: Wait = [0, 0, 0, 0],
  ) {
    super(owner, at.flag);
  }

  store(address: number, value: number): Op {
    return this.owner.writeOnce(address, value);
  }
  ringCpu(cpu: number): Protocol<void> {
    return ringBell(this, { sleep: this.at[`sleep${cpu}`], awake: this.at.awake });
  }
  override *hasReason(): Protocol<number> {
    const [address, mask, value, not] = this.waits;
    const current = yield* this.owner.readOnce(address);
    return holds(current, mask, value, not) ? 1 : 0;
  }
  /**
   * As `ThreadRunner.wait`, called again until the wait is over; answers whether the turn is to be passed on.
   */
  *wait(
    parts: WaiterParts,
    words: WaiterWords,
    address: number,
    mask: number,
    value: number,
    not: number,
  ): Protocol<boolean> {
    const { id } = this.owner;
    const thread = new WaitingThread(this.owner, this.at, [address, mask, value, not]);
    yield* parts.announce(thread, words, id, address, mask, value, not);
    yield* sleepOnBell(thread, { sleep: this.at[`sleep${id}`], awake: this.at.awake });
    yield* withdrawWait(thread, words, id, address);
    const reason = yield* thread.hasReason();
    return reason === 1 && isTurn(mask, value, not);
  }
}

/** One word for all: words of the same hash share their waiters' set. */
function wordsOf(at: Addresses, cpus: number): WaiterWords {
  const records = Array.from({ length: cpus }, (_, id) => ({
    waits: at[`waits${id}`],
    address: at[`address${id}`],
    mask: at[`mask${id}`],
    value: at[`value${id}`],
    not: at[`not${id}`],
  }));
  return { records, counts: at.count, sets: at.set, setWords: 1, hashMask: 0 };
}

/** What a CPU does, with its thread. */
type Role = (thread: WaitingThread, cpu: PlainCpu, at: Addresses, acts: Acts) => Protocol<void>;

/** How roles wait and change words. */
class Acts {
  constructor(
    private readonly parts: WaiterParts,
    private readonly words: WaiterWords,
  ) {}

  /** Until (word & mask) === value; the turn, if there is one to pass on, is passed on behind a barrier. */
  *until(thread: WaitingThread, cpu: PlainCpu, address: number, mask: number, value: number): Protocol<void> {
    let owes = false;
    for (;;) {
      const seen = yield* cpu.readOnce(address);
      if ((seen & mask) === value) break;
      owes = yield* thread.wait(this.parts, this.words, address, mask, value, 0);
    }
    if (!owes || !this.parts.passesTurn) return;
    yield* cpu.smpMb();
    yield* this.ringFor(thread, cpu, address);
  }
  /** A plain store, as `ThreadRunner.released` rings for it. */
  *set(thread: WaitingThread, cpu: PlainCpu, address: number, value: number): Protocol<void> {
    yield* cpu.writeOnce(address, value);
    yield* cpu.smpMb();
    yield* this.ringFor(thread, cpu, address);
  }
  *lock(thread: WaitingThread, cpu: PlainCpu, address: number): Protocol<void> {
    for (;;) {
      const owner = yield* cpu.cmpxchg(address, 0, cpu.id + 1);
      if (owner === 0) return;
      yield* thread.wait(this.parts, this.words, address, -1, 0, 0);
    }
  }
  *ringFor(thread: WaitingThread, cpu: PlainCpu, address: number): Protocol<void> {
    const any = yield* cpu.readOnce(this.words.counts);
    if (any === 0) return;
    const current = yield* cpu.readOnce(address);
    yield* this.parts.ring(thread, this.words, cpu.id, address, current);
  }
}

export const WAITS_FOR_FLAG: Role = function* (thread, cpu, at, acts) {
  yield* acts.until(thread, cpu, at.flag, 1, 1);
};

/** CPUs contend for a lock, under which each counts up. */
export const CONTEND: Role = function* (thread, cpu, at, acts) {
  yield* acts.lock(thread, cpu, at.lock);
  const counted = yield* cpu.readOnce(at.counted);
  yield* cpu.writeOnce(at.counted, counted + 1);
  yield* acts.set(thread, cpu, at.lock, 0);
};

/** Waits for the lock to be free without taking it: the next one's turn comes after it. */
export const LOOKS_AT_LOCK: Role = function* (thread, cpu, at, acts) {
  yield* acts.until(thread, cpu, at.lock, -1, 0);
};

/** Holds the lock from the start, and lets it go. */
export const RELEASES: Role = function* (thread, cpu, at, acts) {
  yield* acts.set(thread, cpu, at.lock, 0);
};

/** Waits for the flag, then for the lock: what it waits for changes under who rings it. */
export const FLAG_THEN_LOCK: Role = function* (thread, cpu, at, acts) {
  yield* acts.until(thread, cpu, at.flag, 1, 1);
  yield* acts.until(thread, cpu, at.lock, -1, 0);
};

/** Sets the flag that two others wait for, then lets the lock go. */
export const SETS_FLAG_THEN_RELEASES: Role = function* (thread, cpu, at, acts) {
  yield* acts.set(thread, cpu, at.flag, 1);
  yield* acts.set(thread, cpu, at.lock, 0);
};

export function waitersProgram(
  name: string,
  roles: readonly Role[],
  lock: number,
  parts: Partial<WaiterParts> = {},
): PlainProgram {
  const ids = roles.map((_, id) => id);
  const named = (prefix: string): Record<string, number> =>
    Object.fromEntries(ids.map((id) => [`${prefix}${id}`, 0]));
  const contenders = roles.filter((role) => role === CONTEND).length;
  return plainProgram({
    name,
    words: {
      ...{ flag: 0, lock, counted: 0, awake: roles.length, count: 0, set: 0 },
      ...{ ...named('waits'), ...named('address'), ...named('mask'), ...named('value'), ...named('not') },
    } as Record<string, number>,
    pairs: Object.fromEntries(ids.map((id) => [`sleep${id}`, [0, 0] as const])),
    cpus: roles.map(
      (role) =>
        function* (cpu: PlainCpu, at: Addresses): Protocol<void> {
          const acts = new Acts({ ...REAL, ...parts }, wordsOf(at, roles.length));
          yield* role(new WaitingThread(cpu, at), cpu, at, acts);
        },
    ),
    final: (read, at) => {
      if (read(at.counted) !== contenders) return `${read(at.counted)} CPUs counted, not ${contenders}`;
      if (read(at.count) !== 0 || read(at.set) !== 0) return 'a CPU is counted as waiting at the end';
      return (
        read(at.awake) === roles.length || `${read(at.awake)} CPUs are counted awake, not ${roles.length}`
      );
    },
  }) as unknown as PlainProgram;
}

// Planted faults.

/**
 * What the CPU waits for is asked after it was rung, when it may be in its next wait: a ring was once lost by
 * it.
 */
export function* ringThenAsk(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
  _current: number,
): Protocol<void> {
  const cpus = words.records.length;
  for (let i = 1; i <= cpus; i++) {
    const waiter = (cpu + i) % cpus;
    const record = words.records[waiter];
    const waitsFor = yield* ops.load(record.address);
    if (waitsFor === address + 1) {
      yield* ops.ringCpu(waiter);
      const mask = yield* ops.load(record.mask);
      const value = yield* ops.load(record.value);
      if (isTurn(mask, value, 0)) return;
    }
  }
}

/** A wait that changed while it was looked at is taken for what it was made of. */
export function* ringWithoutNumber(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
  current: number,
): Protocol<void> {
  const cpus = words.records.length;
  for (let i = 1; i <= cpus; i++) {
    const waiter = (cpu + i) % cpus;
    const record = words.records[waiter];
    const waitsFor = yield* ops.load(record.address);
    if (waitsFor === address + 1) {
      const mask = yield* ops.load(record.mask);
      const value = yield* ops.load(record.value);
      const turn = isTurn(mask, value, 0);
      if (turn || holds(current, mask, value, 0)) yield* ops.ringCpu(waiter);
      if (turn) return;
    }
  }
}

/** Only the first that waits is rung, whatever it waits for. */
export function* ringFirst(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
  current: number,
): Protocol<void> {
  const cpus = words.records.length;
  for (let i = 1; i <= cpus; i++) {
    const waiter = (cpu + i) % cpus;
    const rung = yield* isRung(ops, words, waiter, address, current);
    if (rung !== 0) {
      yield* ops.ringCpu(waiter);
      return;
    }
  }
}

/** The wait is announced by plain stores, which may still be buffered at the last look. */
export function* announceBuffered(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
  mask: number,
  value: number,
  not: number,
): Protocol<void> {
  const own = words.records[cpu];
  yield* ops.store(own.mask, mask);
  yield* ops.store(own.value, value);
  yield* ops.store(own.not, not);
  const set = yield* ops.load(words.sets);
  yield* ops.store(words.sets, set | (1 << cpu));
  const count = yield* ops.load(words.counts);
  yield* ops.store(words.counts, count + 1);
  yield* ops.store(own.address, address + 1);
}

export const oneWaiter = waitersProgram('one waiter', [LOOKS_AT_LOCK, RELEASES], 2);
export const twoContend = waitersProgram('two contend for a lock', [CONTEND, CONTEND], 0);
export const twoLookAtLock = waitersProgram(
  'two wait for a lock',
  [LOOKS_AT_LOCK, LOOKS_AT_LOCK, RELEASES],
  3,
);
