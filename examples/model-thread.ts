import type { Op, PlainCpu, Protocol } from 'shootdown';

/**
 * The thread of a simulated CPU as a plain program sees it: what the stress engine's doorbell and run tokens
 * need of the world. Its futex lies in a pair {word, somebody sleeps}: check and sleep are one step, a wake
 * ends the sleep, and a sleep never ends by itself.
 */
export class ModelThread {
  constructor(
    private readonly cpu: PlainCpu,
    /** Word that is not 0 while there is something for this CPU to do. */
    private readonly pending: number,
  ) {}

  load(address: number): Op {
    return this.cpu.readOnce(address);
  }
  exchange(address: number, value: number): Op {
    return this.cpu.xchg(address, value);
  }
  compareExchange(address: number, expected: number, value: number): Op {
    return this.cpu.cmpxchg(address, expected, value);
  }
  add(address: number, addend: number): Op {
    return this.cpu.fetchAdd(address, addend);
  }
  or(address: number, bits: number): Op {
    return this.cpu.fetchOr(address, bits);
  }
  and(address: number, bits: number): Op {
    return this.cpu.fetchAnd(address, bits);
  }
  hasReason(): Op {
    return this.cpu.readOnce(this.pending);
  }
  *isOver(): Op {
    return 0;
  }
  *sleepWhile(address: number): Protocol<number> {
    return yield* this.sleepWhileEqual(address, 1);
  }
  *sleepWhileEqual(address: number, value: number): Protocol<number> {
    const slept = yield* this.cpu.cmpxchgPair(address, value, 0, value, 1);
    if (slept === 1) yield* this.cpu.condLoadAcquire(address + 1, -1, 0);
    return 0;
  }
  *wake(address: number): Protocol<number> {
    return yield* this.cpu.xchg(address + 1, 0);
  }
}
