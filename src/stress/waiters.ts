import * as C from './control.js';

/**
 * Who waits for which word: CPUs by the hash of the word's address. Asked after every store that could end a wait, so the usual answer,
 * nobody, takes one load.
 */
export class Waiters {
  constructor(
    private readonly words: Int32Array,
    private readonly cpus: number,
    private readonly id: number,
  ) {}

  /**
   * This CPU waits until (word & mask) === value, or with `not` until it is another. Visible when it returns: whoever changes the word after
   * that finds it.
   */
  add(address: number, mask: number, value: number, not: boolean): void {
    const { words } = this;
    const own = C.cpuBlock(this.id);
    // The number first: who reads it twice around the rest knows that the rest belongs together.
    Atomics.store(words, own + C.WAITS, words[own + C.WAITS] + 1);
    words[own + C.WAIT_MASK] = mask;
    words[own + C.WAIT_VALUE] = value;
    words[own + C.WAIT_NOT] = not ? 1 : 0;
    if (!this.everAny(address)) Atomics.or(words, waitedWordOf(address), 1 << (address & 31));
    Atomics.store(words, own + C.WAIT_ADDRESS, address + 1);
    Atomics.add(words, bucketOf(address), 1);
    C.addCpu(words, sleepersOf(address), this.id);
  }

  remove(address: number): void {
    C.removeCpu(this.words, sleepersOf(address), this.id);
    Atomics.sub(this.words, bucketOf(address), 1);
    Atomics.store(this.words, C.cpuBlock(this.id) + C.WAIT_ADDRESS, 0);
  }

  /** Whether somebody may wait for the word. */
  any(address: number): boolean {
    return this.words[bucketOf(address)] !== 0;
  }

  /** Whether somebody may ever have waited for the word in this run: most words are never waited for, and a store asks no more of them. */
  everAny(address: number): boolean {
    return ((this.words[waitedWordOf(address)] >>> (address & 31)) & 1) !== 0;
  }

  /**
   * Rings those that wait for what the word is now. Of those that wait for it to be 0 only the next one, round robin: most wait for a lock,
   * and one can have it. Who has been rung and does not take the word rings the next (see `isTurn`).
   */
  ring(address: number, current: number, ring: (cpu: number) => void): void {
    const { words, cpus, id } = this;
    const sleepers = sleepersOf(address);
    const first = C.nextCpu(words, sleepers, cpus, (id + 1) % cpus);
    for (let cpu = first; cpu >= 0; ) {
      const rung = this.isRung(cpu, address, current);
      if (rung !== NOT_RUNG) ring(cpu);
      // Asked before it was rung: by now it may be in its next wait, for something else.
      if (rung === TURN) return;
      const next = C.nextCpu(words, sleepers, cpus, (cpu + 1) % cpus);
      // Once round; a sleeper that came or went meanwhile looks for itself.
      const done = (cpu - id - 1 + cpus) % cpus;
      if (next < 0 || (next - id - 1 + cpus) % cpus <= done) return;
      cpu = next;
    }
  }

  /**
   * Whether the CPU waits for this value of the word, and whether others then wait for their turn. A wait that began meanwhile is another:
   * it looks for itself.
   */
  private isRung(cpu: number, address: number, current: number): number {
    const { words } = this;
    const own = C.cpuBlock(cpu);
    const waits = Atomics.load(words, own + C.WAITS);
    if (Atomics.load(words, own + C.WAIT_ADDRESS) !== address + 1 || !C.waitHolds(words, cpu, current)) return NOT_RUNG;
    const turn = isTurn(words[own + C.WAIT_MASK], words[own + C.WAIT_VALUE], words[own + C.WAIT_NOT] !== 0);
    if (Atomics.load(words, own + C.WAITS) !== waits) return NOT_RUNG;
    return turn ? TURN : RUNG;
  }
}

const NOT_RUNG = 0;
const RUNG = 1;
const TURN = 2;

/** Whether those who wait for this come one at a time: a wait for the whole word to be 0. */
export function isTurn(mask: number, value: number, not: boolean): boolean {
  return mask === -1 && value === 0 && !not;
}

/** Counts the waiters whose words have the address's hash. */
function bucketOf(address: number): number {
  return C.WAITERS + (address & (C.WAITER_BUCKETS - 1));
}

function sleepersOf(address: number): number {
  return C.WAITER_CPUS + (address & (C.WAITER_BUCKETS - 1)) * C.SET_WORDS;
}

function waitedWordOf(address: number): number {
  return C.WAITED + ((address >> 5) & (C.WAITED_WORDS - 1));
}
