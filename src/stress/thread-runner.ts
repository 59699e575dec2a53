import type { Cpu } from '../machine/stripped/cpu.js';
import type { Locked } from '../machine/stripped/locked.js';
import { ATTEND_IPI, type ControlWords, type Runner } from '../machine/stripped/runner.js';
import { type Bell, ringBell, sleepOnBell } from '../programs/doorbell.js';
import {
  blockForRing,
  enterTokens,
  passToken,
  ringForToken,
  type TokenWords,
} from '../programs/run-token.js';
import { isTurn } from '../programs/waiters.js';
import { BellOperations } from './bell-operations.js';
import * as C from './control.js';
import { Perturbation, type PerturbationSettings } from './perturbation.js';
import { Waiters } from './thread-waiters.js';
import { Turns } from './turns.js';

/** How a run is perturbed and how its CPUs share the cores; the same for every thread of a run. */
export interface RunnerSettings extends PerturbationSettings {
  readonly cpus: number;
  readonly cores: number;
  readonly waiting: 'doorbell' | 'token';
}

/**
 * Looks at memory before a CPU sleeps: at most longer than the system takes to wake a sleeper, or two CPUs
 * send each other to sleep for ever.
 */
const SPINS_MAX = 5000;
const SPINS_MIN = 50;
/** The same with more CPUs than cores, where the core is soon wanted by another. */
const SPINS_CROWDED = 100;
const PROBE_EVERY = 64;
const OWED_MAX = 8;
/** The global is a getter. */
const clock = performance;

/**
 * The runner of one simulated CPU on its thread: it lets the CPU run, wait and be rung.
 *
 * A store that ends a wait must be seen to be out of the store buffer before its waiters are looked for, or
 * waiter and waker miss each other; a barrier behind every store would hide the races that stores have. So a
 * store rings at once whom it sees waiting, and owes a second look, paid after the CPU's next locked
 * operation, tick or wait.
 */
export class ThreadRunner implements Runner {
  readonly trace = null;
  private cpu: Cpu | null = null;
  private readonly own: number;
  private readonly attention: number;
  private readonly words: Int32Array;
  /** Locked operations on `words`. */
  private readonly control: Locked;
  private readonly ops: BellOperations;
  private readonly bells: readonly Bell[];
  /** Where tokens are, if the CPUs share the cores by them. */
  private readonly tokens: TokenWords | null;
  private readonly turns = new Turns();
  private readonly perturbation: Perturbation;
  private readonly waiters: Waiters;
  private readonly owed = new Int32Array(OWED_MAX);
  private owing = 0;
  /** Boundaries handed out by the last tick, and until the next perturbation. */
  private fuel = 0;
  private untilPerturbed = 0;
  private readonly spinsMax: number;
  private spins: number;
  private spinFailures = 0;
  /** What the running wait is for. */
  private waitAddress = 0;
  private waitMask = 0;
  private waitValue = 0;
  private waitNot = false;

  constructor(
    { words, locked, attention }: ControlWords,
    private readonly mem: Int32Array,
    /** Locked operations on `mem`. */
    private readonly memLocked: Locked,
    private readonly id: number,
    /** The CPU's interrupt flag in `mem`. */
    private readonly interruptFlag: number,
    private readonly settings: RunnerSettings,
  ) {
    this.words = words;
    this.control = locked;
    this.own = C.cpuBlock(id);
    this.attention = attention(id);
    this.ops = new BellOperations(
      words,
      locked,
      () => this.reason(),
      this.own + C.UNRUNG,
      (cpu) => this.ring(id, cpu),
    );
    this.bells = Array.from({ length: settings.cpus }, (_, cpu) => ({
      sleep: C.cpuBlock(cpu) + C.SLEEP,
      awake: C.AWAKE,
    }));
    this.tokens = settings.waiting === 'token' ? C.tokenWords(settings.cpus) : null;
    this.perturbation = new Perturbation(words, id, settings, this.tokens === null);
    this.waiters = new Waiters(words, settings.cpus, id, this.ops);
    this.spinsMax = settings.cpus > settings.cores ? SPINS_CROWDED : SPINS_MAX;
    this.spins = this.spinsMax;
  }

  attach(cpu: Cpu): void {
    this.cpu = cpu;
    this.owing = 0;
    if (this.tokens !== null) enterTokens(this.ops, this.tokens, this.id);
  }

  tick(): number {
    this.words[this.own + C.BEAT]++;
    if (this.owing > 0) this.payAfterBarrier();
    this.untilPerturbed -= this.fuel;
    const turn = this.tokens === null ? Number.MAX_SAFE_INTEGER : this.nextTurn(this.tokens);
    if (this.untilPerturbed <= 0) this.untilPerturbed = this.perturbation.perturb(this.cpu as Cpu);
    this.fuel = Math.min(turn, this.untilPerturbed);
    return this.fuel;
  }

  /** Passes the token on; answers how many boundaries this CPU may run now. */
  private nextTurn(tokens: TokenWords): number {
    const { turns } = this;
    const boundaries = turns.afterWait();
    if (boundaries > 0) return boundaries;
    passToken(this.ops, tokens, this.id, turns.urgent);
    return turns.begin(this.control.load(this.attention) !== 0);
  }

  /**
   * Half of the times the core is given away for a while, half of the times others run beside this CPU for a
   * moment.
   */
  out(): void {
    if (this.perturbation.choose(2) === 0) this.perturbation.pause();
    else if (this.tokens !== null) passToken(this.ops, this.tokens, this.id, false);
    else this.perturbation.doze();
  }

  served(): boolean {
    return this.turns.urgent;
  }

  pause(): void {
    this.perturbation.doze();
    if (this.tokens !== null) passToken(this.ops, this.tokens, this.id, false);
  }

  poll(): void {
    // Others may wait for what it has stored; and it must not look alive by looking on.
    if (this.owing > 0) this.payAfterBarrier();
    this.pause();
  }

  choose(_cpu: number, n: number): number {
    return this.perturbation.choose(n);
  }

  // Waiting.

  wait(_cpu: number, address: number, mask: number, value: number, not: boolean): void {
    if (this.owing > 0) this.payAfterBarrier();
    this.words[this.own + C.BEAT]++;
    this.waitAddress = address;
    this.waitMask = mask;
    this.waitValue = value;
    this.waitNot = not;
    if (this.tokens === null && this.spinFor()) return;
    const begun = clock.now();
    // Before the last look for a reason, which doorbell and token take.
    this.waiters.add(address, mask, value, not);
    if (this.tokens !== null) {
      blockForRing(this.ops, this.tokens, this.id);
      this.turns.waited();
    } else sleepOnBell(this.ops, this.bells[this.id]);
    this.waiters.remove(address);
    this.words[this.own + C.WAITED_US] += Math.round(1000 * (clock.now() - begun));
    // Rung as the next of several: should it not take the word, but only go on, the others' turn comes with
    // its next locked operation.
    if (isTurn(mask, value, not ? 1 : 0) && this.holds()) this.owe(address);
  }

  /** Whether memory is as the running wait wants it. */
  private holds(): boolean {
    return ((this.memLocked.load(this.waitAddress) & this.waitMask) === this.waitValue) !== this.waitNot;
  }

  /**
   * Looks at memory for a while, if there is a core for each CPU that is awake; whether that ended the wait.
   * Where it does not help, since the system has put both CPUs on one core, or other work on theirs, less and
   * less; now and then a long look tells whether it would again.
   */
  private spinFor(): boolean {
    const { control, settings } = this;
    if (settings.cores < 2 || control.load(C.AWAKE) > settings.cores) return false;
    const probing = this.spinFailures % PROBE_EVERY === PROBE_EVERY - 1;
    const limit = probing ? this.spinsMax : this.spins;
    for (let spins = 0; spins < limit; spins++) {
      if ((this.holds() || control.load(this.attention) !== 0) && this.reason()) {
        if (this.spins < this.spinsMax)
          this.spins = probing ? this.spinsMax : Math.min(this.spinsMax, this.spins * 2);
        this.spinFailures = 0;
        return true;
      }
      if (control.load(C.AWAKE) > settings.cores) return false;
    }
    this.spins = Math.max(SPINS_MIN, this.spins >> 1);
    this.spinFailures++;
    return false;
  }

  /** Whether the CPU has something to do, or what it waits for has come. */
  private reason(): boolean {
    const attention = this.control.load(this.attention);
    if ((attention & ~ATTEND_IPI) !== 0) return true;
    // With interrupts off an IPI is no reason to wake up.
    if (attention !== 0 && this.mem[this.interruptFlag] !== 0) return true;
    return this.holds();
  }

  changed(_cpu: number, address: number): void {
    // Behind a locked operation, so whoever waits has been seen to; a plain load cannot move above it.
    if (this.waiters.any(address)) this.ringWaiters(address);
    if (this.owing > 0) this.pay();
  }

  released(_cpu: number, address: number): void {
    if (this.waiters.any(address)) {
      this.control.or(this.own + C.BEAT, 0);
      this.ringWaiters(address);
      return;
    }
    this.owe(address);
  }

  stored(cpu: number, address: number): void {
    // The first wait for a word may miss a store that is under way, and looks again by itself after a while
    // (see BellOperations).
    if (this.waiters.everAny(address)) this.released(cpu, address);
  }

  private owe(address: number): void {
    if (this.owing === OWED_MAX) this.payAfterBarrier();
    this.owed[this.owing++] = address;
  }

  private payAfterBarrier(): void {
    this.control.or(this.own + C.BEAT, 0);
    this.pay();
  }

  private pay(): void {
    const { owed, owing } = this;
    this.owing = 0;
    for (let i = 0; i < owing; i++) if (this.waiters.any(owed[i])) this.ringWaiters(owed[i]);
  }

  private ringWaiters(address: number): void {
    this.waiters.ring(address, this.memLocked.load(address));
  }

  ring(_cpu: number, target: number): void {
    if (this.tokens !== null) ringForToken(this.ops, this.tokens, this.id, target);
    else ringBell(this.ops, this.bells[target]);
  }
}
