import type { Locked } from '../machine/stripped/locked.js';
import type { BellOps } from '../programs/doorbell.js';
import { RUN_BLOCKED, type TokenOps } from '../programs/run-token.js';
import * as C from './control.js';

/** Longest sleep on a bell: the first store to a word that nobody waited for before may ring nobody, and is seen then. */
const SLEEP_MS = 20;
/** The same without a token: whoever gives one rings. */
const TOKEN_SLEEP_MS = 100;

/**
 * The operations of doorbell and run token on a thread, acting at once: in this build those protocols are plain functions. Their types are
 * the explorer's.
 */
export class BellOperations implements BellOps, TokenOps {
  constructor(
    private readonly words: Int32Array,
    /** Locked operations on `words`. */
    private readonly locked: Locked,
    private readonly reason: () => boolean,
    /** Counts waits that nobody ended by ringing. */
    private readonly unrung: number,
  ) {}

  load(address: number): never {
    return this.locked.load(address) as never;
  }
  exchange(address: number, value: number): never {
    return this.locked.exchange(address, value) as never;
  }
  compareExchange(address: number, expected: number, value: number): never {
    return this.locked.compareExchange(address, expected, value) as never;
  }
  add(address: number, addend: number): never {
    return this.locked.add(address, addend) as never;
  }
  or(address: number, bits: number): never {
    return this.locked.or(address, bits) as never;
  }
  and(address: number, bits: number): never {
    return this.locked.and(address, bits) as never;
  }
  isOver(): never {
    return this.locked.load(C.STOP) as never;
  }
  hasReason(): never {
    return (this.reason() ? 1 : 0) as never;
  }
  sleepWhile(address: number): never {
    const woken = Atomics.wait(this.words, address, 1, SLEEP_MS);
    if (woken === 'timed-out' && this.reason()) this.words[this.unrung]++;
    return 0 as never;
  }
  sleepWhileEqual(address: number, value: number): never {
    const late = Atomics.wait(this.words, address, value, TOKEN_SLEEP_MS) === 'timed-out';
    if (late && value === RUN_BLOCKED && this.reason()) this.words[this.unrung]++;
    return (late ? 1 : 0) as never;
  }
  wake(address: number): never {
    return Atomics.notify(this.words, address) as never;
  }
}
