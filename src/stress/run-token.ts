import {
  addCpu,
  cpuBlock,
  FREE_TOKENS,
  nextCpu,
  READY_CPUS,
  RUN,
  RUN_BLOCKED,
  RUN_READY,
  RUN_RUNNING,
  removeCpu,
  STOP,
  URGENT_CPUS,
} from './control.js';

/**
 * Run tokens: as many CPUs run as the host has cores. With more busy threads than cores the host's time slices of milliseconds decide when
 * an IPI is served; a token that goes round every few hundred boundaries makes that microseconds.
 *
 * A CPU is blocked (asleep in a wait), ready (wants a token) or running (holds one). Invariant: free tokens and ready CPUs do not last
 * side by side, since whoever creates either looks for the other after it.
 */

/** Longest sleep before a thread looks around by itself, in milliseconds. */
const SLEEP_MS = 100;

export class RunToken {
  constructor(
    private readonly words: Int32Array,
    private readonly cpus: number,
    private readonly cpu: number,
  ) {}

  private run(cpu: number): number {
    return cpuBlock(cpu) + RUN;
  }

  /**
   * At the start of a run: waits for a token. An interrupt may have come before this thread did: then it is ready already, or has a token, which
   * must not be forgotten.
   */
  enter(): void {
    if (Atomics.compareExchange(this.words, this.run(this.cpu), RUN_BLOCKED, RUN_READY) === RUN_BLOCKED) {
      addCpu(this.words, READY_CPUS, this.cpu);
      this.spend();
    }
    this.waitForToken();
  }

  /** The state first, then the sets: whoever finds the CPU in them may grant, and takes it out before it does. */
  private becomeReady(): void {
    Atomics.store(this.words, this.run(this.cpu), RUN_READY);
    addCpu(this.words, READY_CPUS, this.cpu);
  }

  /**
   * Passes the token on if another CPU wants it, those with something to attend to first; returns when this CPU has one again. `urgent`:
   * only to one that has something to attend to.
   */
  pass(urgent: boolean): void {
    const { words, cpus, cpu } = this;
    const wanted = nextCpu(words, URGENT_CPUS, cpus, (cpu + 1) % cpus);
    if (wanted < 0 && (urgent || nextCpu(words, READY_CPUS, cpus, (cpu + 1) % cpus) < 0)) return;
    // Ready before the token is gone: from then on others may hand it back.
    this.becomeReady();
    if (!this.grantNext()) this.giveBack();
    this.waitForToken();
  }

  /** Gives the token up until somebody rings; `hasReason` is asked after the CPU is known to be blocked. */
  block(hasReason: () => boolean): void {
    const own = this.run(this.cpu);
    Atomics.store(this.words, own, RUN_BLOCKED);
    if (hasReason()) {
      if (Atomics.compareExchange(this.words, own, RUN_BLOCKED, RUN_RUNNING) === RUN_BLOCKED) return;
      // Rung meanwhile: the token is still in hand; a second one, if a ringer had one to spare, goes back.
      if (Atomics.compareExchange(this.words, own, RUN_READY, RUN_RUNNING) !== RUN_READY) this.giveBack();
      return;
    }
    this.giveBack();
    this.waitForToken();
  }

  /** Makes a blocked CPU ready. */
  ring(target: number): void {
    const { words } = this;
    const state = Atomics.compareExchange(words, this.run(target), RUN_BLOCKED, RUN_READY);
    if (state === RUN_RUNNING) return;
    addCpu(words, URGENT_CPUS, target);
    if (state !== RUN_BLOCKED) return;
    addCpu(words, READY_CPUS, target);
    this.spend();
  }

  private waitForToken(): void {
    const own = this.run(this.cpu);
    for (;;) {
      const state = Atomics.load(this.words, own);
      if (state === RUN_RUNNING || Atomics.load(this.words, STOP) !== 0) return;
      const outcome = Atomics.wait(this.words, own, state, SLEEP_MS);
      // A wait that ends by something that nobody rings for is looked at again.
      if (outcome === 'timed-out' && state === RUN_BLOCKED) this.ring(this.cpu);
    }
  }

  private giveBack(): void {
    Atomics.add(this.words, FREE_TOKENS, 1);
    this.spend();
  }

  /** Hands free tokens to ready CPUs while there are both. */
  private spend(): void {
    for (;;) {
      const free = Atomics.load(this.words, FREE_TOKENS);
      if (free <= 0 || nextCpu(this.words, READY_CPUS, this.cpus, 0) < 0) return;
      if (Atomics.compareExchange(this.words, FREE_TOKENS, free, free - 1) !== free) continue;
      if (!this.grantNext()) Atomics.add(this.words, FREE_TOKENS, 1);
    }
  }

  /** Hands a token to the next ready CPU after this one, one with something to attend to before others; whether there was one. */
  private grantNext(): boolean {
    const { words, cpus } = this;
    const from = (this.cpu + 1) % cpus;
    for (;;) {
      const urgent = nextCpu(words, URGENT_CPUS, cpus, from);
      const next = urgent >= 0 ? urgent : nextCpu(words, READY_CPUS, cpus, from);
      if (next < 0) return false;
      removeCpu(words, URGENT_CPUS, next);
      removeCpu(words, READY_CPUS, next);
      // Not ready: it runs by itself again, and the sets were late.
      if (Atomics.compareExchange(words, this.run(next), RUN_READY, RUN_RUNNING) !== RUN_READY) continue;
      if (next !== this.cpu) Atomics.notify(words, this.run(next));
      return true;
    }
  }
}
