import type { Op, Protocol } from '../machine/protocol.js';
import type { Locked } from '../machine/stripped/locked.js';
import type { BellOps } from '../programs/doorbell.js';
import { RUN_BLOCKED, type TokenOps } from '../programs/run-token.js';
import type { WaiterOps } from '../programs/waiters.js';
import * as C from './control.js';

/**
 * Longest sleep on a bell: the first store to a word that nobody waited for before may ring nobody, and is
 * seen then.
 */
const SLEEP_MS = 20;
/** The same without a token: whoever gives one rings. */
const TOKEN_SLEEP_MS = 100;

/** An operation that has acted: in this build it is its own answer. */
type Answer = Op & Protocol<number> & Protocol<void>;

function answer(value: number): Answer {
  return value as unknown as Answer;
}

/**
 * The operations of doorbell, run token and waiters on a thread, acting at once: in this build those
 * protocols are plain functions. Their types are the explorer's.
 */
export class BellOperations implements BellOps, TokenOps, WaiterOps {
  constructor(
    private readonly words: Int32Array,
    /** Locked operations on `words`. */
    private readonly locked: Locked,
    private readonly reason: () => boolean,
    /** Counts waits that nobody ended by ringing. */
    private readonly unrung: number,
    private readonly ringOne: (cpu: number) => void,
  ) {}

  load(address: number): Answer {
    return answer(this.locked.load(address));
  }
  exchange(address: number, value: number): Answer {
    return answer(this.locked.exchange(address, value));
  }
  compareExchange(address: number, expected: number, value: number): Answer {
    return answer(this.locked.compareExchange(address, expected, value));
  }
  add(address: number, addend: number): Answer {
    return answer(this.locked.add(address, addend));
  }
  or(address: number, bits: number): Answer {
    return answer(this.locked.or(address, bits));
  }
  and(address: number, bits: number): Answer {
    return answer(this.locked.and(address, bits));
  }
  store(address: number, value: number): Answer {
    this.words[address] = value;
    return answer(0);
  }
  ringCpu(cpu: number): Answer {
    this.ringOne(cpu);
    return answer(0);
  }
  isOver(): Answer {
    return answer(this.locked.load(C.STOP));
  }
  hasReason(): Answer {
    return answer(this.reason() ? 1 : 0);
  }
  sleepWhile(address: number): Answer {
    const woken = Atomics.wait(this.words, address, 1, SLEEP_MS);
    if (woken === 'timed-out' && this.reason()) this.words[this.unrung]++;
    return answer(0);
  }
  sleepWhileEqual(address: number, value: number): Answer {
    const late = Atomics.wait(this.words, address, value, TOKEN_SLEEP_MS) === 'timed-out';
    if (late && value === RUN_BLOCKED && this.reason()) this.words[this.unrung]++;
    return answer(late ? 1 : 0);
  }
  wake(address: number): Answer {
    return answer(Atomics.notify(this.words, address));
  }
}
