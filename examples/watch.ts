import { type Op, type PlainCpu, type PlainProgram, type Protocol, plainProgram } from 'shootdown';
import { announceWait, type WaiterOps, type WaiterWords, withdrawWait } from '../src/programs/waiters.js';
import { GETS_ON, type WatchOps, waitsInVain } from '../src/programs/watch.js';
import { ModelThread } from './model-thread.js';

/**
 * The watchdog of a stress run as a plain program: a CPU that waits for one word and then for another, one
 * that sets them, and the watchdog, which looks. The explorer hunts it for a CPU that is said to wait in vain
 * for a word that had come before the look began; and a CPU whose word never comes has to be seen.
 *
 * `waitsInVain`, `announceWait` and `withdrawWait` are the very text that stress runs execute.
 */

type Addresses = Readonly<Record<string, number>>;

export interface WatchShape {
  /** The second word never comes. */
  readonly hangs?: boolean;
  readonly looks?: number;
  /** The text, or a planted fault. */
  readonly look?: typeof waitsInVain;
}

class WaitingCpu extends ModelThread implements WaiterOps, WatchOps {
  constructor(
    private readonly owner: PlainCpu,
    at: Addresses,
  ) {
    super(owner, at.first);
  }
  loadMemory(address: number): Op {
    return this.owner.readOnce(address);
  }
  store(address: number, value: number): Op {
    return this.owner.writeOnce(address, value);
  }
  *ringCpu(): Protocol<void> {}
}

function wordsOf(at: Addresses): WaiterWords {
  const record = { waits: at.waits, address: at.address, mask: at.mask, value: at.value, not: at.not };
  return { records: [record], counts: at.count, sets: at.set, setWords: 1, hashMask: 0 };
}

/** What each word is when it has come. */
const FIRST = 1;
const SECOND = 2;

export function watchProgram(name: string, shape: WatchShape = {}): PlainProgram {
  const { hangs = false, looks = 2, look = waitsInVain } = shape;
  return plainProgram({
    name,
    words: {
      ...{ waits: 0, address: 0, mask: 0, value: 0, not: 0, count: 0, set: 0 },
      ...{ first: 0, second: 0, seen: 0 },
    } as Record<string, number>,
    cpus: [
      function* (cpu: PlainCpu, at: Addresses): Protocol<void> {
        const ops = new WaitingCpu(cpu, at);
        const words = wordsOf(at);
        yield* announceWait(ops, words, 0, at.first, -1, FIRST, 0);
        yield* cpu.condLoadAcquire(at.first, -1, FIRST);
        yield* withdrawWait(ops, words, 0, at.first);
        yield* announceWait(ops, words, 0, at.second, -1, SECOND, 0);
        if (hangs) return;
        yield* cpu.condLoadAcquire(at.second, -1, SECOND);
        yield* withdrawWait(ops, words, 0, at.second);
      },
      function* (cpu: PlainCpu, at: Addresses): Protocol<void> {
        yield* cpu.xchg(at.first, FIRST);
        if (!hangs) yield* cpu.xchg(at.second, SECOND);
      },
      function* (cpu: PlainCpu, at: Addresses): Protocol<void> {
        const ops = new WaitingCpu(cpu, at);
        // It is about the hang: before that nothing is in vain for long.
        if (hangs) yield* cpu.condLoadAcquire(at.address, -1, at.second + 1);
        for (let i = 0; i < looks; i++) {
          const first = yield* cpu.readOnce(at.first);
          const second = yield* cpu.readOnce(at.second);
          const word = yield* look(ops, wordsOf(at).records[0]);
          yield* cpu.assert(
            !(word === at.first && first === FIRST) && !(word === at.second && second === SECOND),
            'it is said to wait for a word that had come',
          );
          if (word !== GETS_ON) yield* cpu.xchg(at.seen, 1);
        }
      },
    ],
    final: (read, at) => !hangs || read(at.seen) === 1 || 'the hang is not seen',
  }) as unknown as PlainProgram;
}

/** Planted: parts of two waits are taken for one. */
export function* lookWithoutNumber(ops: WatchOps, record: WaiterWords['records'][number]): Protocol<number> {
  const waitsFor = yield* ops.load(record.address);
  if (waitsFor === 0) return GETS_ON;
  const current = yield* ops.loadMemory(waitsFor - 1);
  const value = yield* ops.load(record.value);
  return current === value ? GETS_ON : waitsFor - 1;
}

export const watch = watchProgram('watchdog');
export const watchedHang = watchProgram('watchdog of a hang', { hangs: true, looks: 1 });
export const torn = watchProgram('planted: a watchdog that mixes two waits', { look: lookWithoutNumber });
