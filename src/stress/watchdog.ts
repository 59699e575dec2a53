import { GETS_ON } from '../programs/watch.js';
import type { Hang } from './api.js';
import type { PostMortem } from './post-mortem.js';

/** Nobody has moved for this long: it may be the beginning of a hang. */
const STALL_MS = 250;

/**
 * Tells a machine that stands still from one that is slow. Two ways to stand still: nobody finishes a script
 * step any more; or one CPU waits for one word all the time, whose condition does not come to hold. Both
 * limits grow with the CPUs that a core has to serve: a healthy one of 256 on two cores may be off the
 * processor for seconds.
 */
export class Watchdog {
  private readonly steps: number[];
  private readonly since: number[];
  private readonly address: number[];
  private lastProgress: number;
  private readonly allLimitMs: number;
  private readonly oneLimitMs: number;

  constructor(
    /** Per CPU: whether it has a script. */
    private readonly busy: readonly boolean[],
    private readonly postMortem: PostMortem,
    cores: number,
    now: number,
    /** Milliseconds without any progress that a machine with a core for each CPU may take. */
    baseMs = 3000,
  ) {
    const crowd = Math.max(1, busy.length / cores);
    this.allLimitMs = baseMs + 50 * crowd;
    this.oneLimitMs = 4 * baseMs + 400 * crowd;
    this.steps = busy.map(() => -1);
    this.since = busy.map(() => now);
    this.address = busy.map(() => -1);
    this.lastProgress = now;
  }

  get cpus(): number {
    return this.busy.length;
  }

  /**
   * Whether nothing has moved for long enough that a run which ends here could end in the middle of a hang. A
   * short run has to be watched on until something moves, or until it is one: to call it all right would be
   * wrong.
   */
  isStalled(now: number, forMs: number): boolean {
    return now - this.lastProgress >= Math.min(STALL_MS, forMs / 2);
  }

  /** To be called every fraction of a second; null while all is well. */
  look(now: number): Hang | null {
    const { postMortem, busy } = this;
    const stuck: number[] = [];
    for (let cpu = 0; cpu < busy.length; cpu++) {
      if (!busy[cpu]) continue;
      const steps = postMortem.steps(cpu);
      const address = postMortem.waitAddress(cpu);
      if (steps !== this.steps[cpu]) this.lastProgress = now;
      const isWaiting = !postMortem.isAtBarrier(cpu) && postMortem.waitsInVain(cpu) !== GETS_ON;
      if (steps !== this.steps[cpu] || address !== this.address[cpu] || !isWaiting) this.since[cpu] = now;
      else if (now - this.since[cpu] > this.oneLimitMs) stuck.push(cpu);
      this.steps[cpu] = steps;
      this.address[cpu] = address;
    }
    if (now - this.lastProgress > this.allLimitMs) {
      const seconds = ((now - this.lastProgress) / 1000).toFixed(1);
      return postMortem.hang(`no CPU has finished a script step for ${seconds} s`, [...busy.keys()]);
    }
    if (stuck.length === 0) return null;
    const seconds = ((now - this.since[stuck[0]]) / 1000).toFixed(1);
    return postMortem.hang(`CPU${stuck[0]} has waited for one word for ${seconds} s`, stuck);
  }
}
