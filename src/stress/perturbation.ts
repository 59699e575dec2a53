import { Random } from '../explore/random.js';
import type { Cpu } from '../machine/stripped/cpu.js';
import * as C from './control.js';

/** How a run is perturbed. */
export interface PerturbationSettings {
  readonly seed: number;
  /** Mean boundaries between two perturbations; 0: none. */
  readonly perturbEvery: number;
  /** Pages that speculative walks go for; 0: no walks. */
  readonly walkPages: number;
  /** CPUs are virtual: their host preempts them now and then. */
  readonly virtual: boolean;
}

/**
 * Of 64 perturbations those before this one walk, those from PREEMPT_FROM on preempt a virtual CPU, those
 * before DOZE_FROM pause.
 */
const WALK_BEFORE = 28;
const PREEMPT_FROM = 50;
const DOZE_FROM = 62;
/** Busy iterations of the longest pause; about 4 microseconds. */
const PAUSE_MAX = 4096;

/**
 * What happens to one CPU at boundaries without anybody's doing: walks, pauses, preemption. All from the
 * CPU's own generator.
 */
export class Perturbation {
  private readonly random = new Random();
  private readonly beat: number;
  private readonly period: number;

  constructor(
    private readonly words: Int32Array,
    id: number,
    private readonly settings: PerturbationSettings,
    /** The core may be given away: CPUs do not share the cores by tokens. */
    private readonly dozes: boolean,
  ) {
    this.beat = C.cpuBlock(id) + C.BEAT;
    this.random.seed(settings.seed, 0x57e55, id);
    this.period = settings.perturbEvery === 0 ? 1 << 16 : Math.min(settings.perturbEvery, 1 << 19);
  }

  /** Perturbs the CPU once; answers after how many boundaries the next time comes. */
  perturb(cpu: Cpu): number {
    if (this.settings.perturbEvery > 0) this.once(cpu);
    return 1 + this.random.below(2 * this.period);
  }

  private once(cpu: Cpu): void {
    const { random } = this;
    const { walkPages, virtual } = this.settings;
    const what = random.below(64);
    // A walk that has begun goes on, a level at a time, like the hardware's.
    if (what < WALK_BEFORE && walkPages > 0) cpu.speculate(random.below(walkPages));
    else if (what < DOZE_FROM && what >= PREEMPT_FROM && virtual) cpu.preempt();
    else if (what < DOZE_FROM) this.spin(random.below(1 << (2 + random.below(Math.log2(PAUSE_MAX) - 1))));
    else if (what === 63 && this.dozes) this.doze();
  }

  choose(n: number): number {
    return this.random.below(n);
  }

  /** Keeps the core busy for a moment. */
  pause(): void {
    this.spin(this.random.below(PAUSE_MAX));
  }

  private spin(iterations: number): void {
    let x = 1;
    for (let i = 0; i < iterations; i++) x = (Math.imul(x, 48271) + i) | 0;
    // A result that is used cannot be optimised away.
    this.words[this.beat] += x & 0;
  }

  /** Gives the core away: the host preempts a virtual CPU. */
  doze(): void {
    Atomics.wait(
      this.words,
      this.beat,
      Atomics.load(this.words, this.beat),
      0.02 + this.random.below(16) / 100,
    );
  }
}
