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

  /** This CPU waits until (word & mask) === value. Visible when it returns: whoever changes the word after that finds it. */
  add(address: number, mask: number, value: number): void {
    const { words } = this;
    const own = C.cpuBlock(this.id);
    words[own + C.WAIT_MASK] = mask;
    words[own + C.WAIT_VALUE] = value;
    words[own + C.WAITS]++;
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

  /**
   * Rings those that wait for the word; of those that wait for it to be 0 (a lock to be free) only the next one, round robin: it takes the
   * lock, or finds it taken by somebody whose unlock rings again.
   */
  ring(address: number, ring: (cpu: number) => void): void {
    const { words, cpus, id } = this;
    const sleepers = sleepersOf(address);
    const first = C.nextCpu(words, sleepers, cpus, (id + 1) % cpus);
    for (let cpu = first; cpu >= 0; ) {
      const own = C.cpuBlock(cpu);
      if (Atomics.load(words, own + C.WAIT_ADDRESS) === address + 1) {
        ring(cpu);
        if (words[own + C.WAIT_MASK] === -1 && words[own + C.WAIT_VALUE] === 0) return;
      }
      const next = C.nextCpu(words, sleepers, cpus, (cpu + 1) % cpus);
      // Once round; a sleeper that came or went meanwhile looks for itself.
      const done = (cpu - id - 1 + cpus) % cpus;
      if (next < 0 || (next - id - 1 + cpus) % cpus <= done) return;
      cpu = next;
    }
  }
}

/** Counts the waiters whose words have the address's hash. */
function bucketOf(address: number): number {
  return C.WAITERS + (address & (C.WAITER_BUCKETS - 1));
}

function sleepersOf(address: number): number {
  return C.WAITER_CPUS + (address & (C.WAITER_BUCKETS - 1)) * C.SET_WORDS;
}
