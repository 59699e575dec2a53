import { Random } from '../explore/random.js';
import type { Cpu } from '../machine/stripped/cpu.js';
import { ATTEND_IPI, type ControlWords, type Host } from '../machine/stripped/host.js';
import type { Locked } from '../machine/stripped/locked.js';
import * as C from './control.js';
import { type Bell, type BellOps, ringBell, sleepOnBell } from './doorbell.js';
import { blockForRing, enterTokens, passToken, ringForToken, type TokenOps, type TokenWords } from './run-token.js';

/** How a run is perturbed and how its CPUs share the cores; the same for every thread of a run. */
export interface HostSettings {
  readonly cpus: number;
  readonly cores: number;
  readonly waiting: 'doorbell' | 'token';
  readonly seed: number;
  /** Mean boundaries between two perturbations; 0: none. */
  readonly perturbEvery: number;
  /** Pages that speculative walks go for; 0: no walks. */
  readonly walkPages: number;
  /** CPUs are virtual: their host preempts them now and then. */
  readonly virtual: boolean;
}

/** Boundaries of a CPU's first turn with a run token. */
const QUANTUM_BOUNDARIES = 100;
/** How long a CPU keeps its token while others want it: a few times what passing it on costs. The boundaries follow from it, for code that is not compiled yet takes a hundred times as long. */
const QUANTUM_MS = 0.03;
/** Boundaries that a handler takes. */
const URGENT_BOUNDARIES = 48;
/** Turns in one of a CPU that has waited since its last: it is in the middle of a system call, others may wait for it, and it soon waits again. */
const INTERACTIVE_TURNS = 16;
/** Looks at memory before a CPU sleeps: at most longer than the host takes to wake a sleeper, or two CPUs send each other to sleep for ever. */
const SPINS_MAX = 5000;
const SPINS_MIN = 50;
/** The same with more CPUs than cores, where the core is soon wanted by another. */
const SPINS_CROWDED = 100;
const PROBE_EVERY = 64;
/** Longest sleep, in milliseconds: a plain WRITE_ONCE that ends a wait rings nobody, and is seen then. */
const SLEEP_MS = 20;
/** The same without a token: whoever gives one rings. */
const TOKEN_SLEEP_MS = 100;
const OWED_MAX = 8;
/** The global is a getter, which a turn of microseconds feels. */
const clock = performance;
/** Of 64 perturbations those from this one to 61 preempt a virtual CPU. */
const PREEMPT_FROM = 50;
/** Busy iterations of the longest pause; about 4 microseconds. */
const PAUSE_MAX = 4096;

/**
 * The host of one simulated CPU on its thread: waiting, ringing, perturbation. Everything random comes from the CPU's own generator.
 *
 * A store that ends a wait must be seen to be out of the store buffer before its waiters are looked for, or waiter and waker miss each
 * other; a barrier behind every unlock would hide the races that unlocks have. So a release rings at once whom it sees waiting, and owes a
 * second look, paid after the CPU's next locked operation, tick or wait.
 */
export class ThreadHost implements Host, BellOps, TokenOps {
  readonly trace = null;
  private cpu: Cpu | null = null;
  private readonly own: number;
  private readonly attention: number;
  private readonly random = new Random();
  private readonly owed = new Int32Array(OWED_MAX);
  private owing = 0;
  private readonly bells: readonly Bell[];
  /** Where tokens are, if the CPUs share the cores by them. */
  private readonly tokens: TokenWords | null;
  private readonly period: number;
  /** Boundaries handed out by the last tick, until the next perturbation, and of a turn with the token. */
  private fuel = 0;
  private untilPerturbed = 0;
  private quantum = QUANTUM_BOUNDARIES;
  /** When the turn began. */
  private resumed = 0;
  /** The CPU got its token to serve an interrupt. */
  private urgent = false;
  /** The CPU has waited since its last turn began. */
  private waited = false;
  private readonly spinsMax: number;
  private spins: number;
  private spinFailures = 0;
  /** What the running wait is for. */
  private waitAddress = 0;
  private waitMask = 0;
  private waitValue = 0;

  private readonly words: Int32Array;
  /** Locked operations on `words`. */
  private readonly control: Locked;

  constructor(
    { words, locked, attention }: ControlWords,
    private readonly mem: Int32Array,
    /** The same on `mem`. */
    private readonly memLocked: Locked,
    private readonly id: number,
    /** The CPU's interrupt flag in `mem`. */
    private readonly interruptFlag: number,
    private readonly settings: HostSettings,
  ) {
    this.words = words;
    this.control = locked;
    this.own = C.cpuBlock(id);
    this.attention = attention(id);
    this.random.seed(settings.seed, 0x57e55, id);
    this.bells = Array.from({ length: settings.cpus }, (_, cpu) => ({ sleep: C.cpuBlock(cpu) + C.SLEEP, awake: C.AWAKE }));
    this.tokens = settings.waiting === 'token' ? C.tokenWords(settings.cpus) : null;
    this.spinsMax = settings.cpus > settings.cores ? SPINS_CROWDED : SPINS_MAX;
    this.spins = this.spinsMax;
    this.period = settings.perturbEvery === 0 ? 1 << 16 : Math.min(settings.perturbEvery, 1 << 19);
  }

  attach(cpu: Cpu): void {
    this.cpu = cpu;
    this.owing = 0;
    // In this build the token's functions, and the doorbell's, are plain.
    if (this.tokens !== null) enterTokens(this, this.tokens, this.id);
  }

  tick(): number {
    this.words[this.own + C.BEAT]++;
    if (this.owing > 0) this.payAfterBarrier();
    this.untilPerturbed -= this.fuel;
    const turn = this.tokens === null ? Number.MAX_SAFE_INTEGER : this.tokenTick(this.tokens);
    if (this.untilPerturbed <= 0) {
      this.perturb();
      this.untilPerturbed = 1 + this.random.below(2 * this.period);
    }
    this.fuel = Math.min(turn, this.untilPerturbed);
    return this.fuel;
  }

  /** Passes the token on; answers how many boundaries this CPU may run now. */
  private tokenTick(tokens: TokenWords): number {
    if (this.waited) {
      // It gave its token up by itself: it may run to its next wait.
      this.waited = false;
      this.urgent = false;
      this.resumed = 0;
      return this.quantum * INTERACTIVE_TURNS;
    }
    if (!this.urgent && this.resumed > 0) {
      const used = clock.now() - this.resumed;
      this.quantum = Math.max(8, Math.min(4000, Math.round((this.quantum * QUANTUM_MS) / used)));
    }
    passToken(this, tokens, this.id, this.urgent);
    // Got the token for an interrupt: that is soon served, and the next CPU that has one pending should not wait for this one's turn.
    this.urgent = this.control.load(this.attention) !== 0;
    if (this.urgent) return URGENT_BOUNDARIES;
    this.resumed = clock.now();
    return this.quantum;
  }

  private perturb(): void {
    const { perturbEvery, walkPages } = this.settings;
    if (perturbEvery === 0) return;
    const { random } = this;
    const what = random.below(64);
    // A walk that has begun goes on, a level at a time, like the hardware's.
    if (what < 28 && walkPages > 0) (this.cpu as Cpu).speculate(random.below(walkPages));
    else if (what < 62 && what >= PREEMPT_FROM && this.settings.virtual) (this.cpu as Cpu).preempt();
    else if (what < 62) this.spin(random.below(1 << (2 + random.below(Math.log2(PAUSE_MAX) - 1))));
    else if (what === 63 && this.tokens === null) this.doze();
  }

  /** Keeps the core busy. */
  private spin(iterations: number): void {
    let x = 1;
    for (let i = 0; i < iterations; i++) x = (Math.imul(x, 48271) + i) | 0;
    // A result that is used cannot be optimised away.
    this.words[this.own + C.BEAT] += x & 0;
  }

  /** Gives the core away: the host preempts a virtual CPU. */
  private doze(): void {
    Atomics.wait(this.words, this.own + C.BEAT, Atomics.load(this.words, this.own + C.BEAT), 0.02 + this.random.below(16) / 100);
  }

  /** Half of the times the core is given away for a while, half of the times others run beside this CPU for a moment. */
  out(): void {
    if (this.random.below(2) === 0) this.spin(this.random.below(PAUSE_MAX));
    else if (this.tokens !== null) passToken(this, this.tokens, this.id, false);
    else this.doze();
  }

  served(): boolean {
    return this.urgent;
  }

  pause(): void {
    this.doze();
    if (this.tokens !== null) passToken(this, this.tokens, this.id, false);
  }

  choose(_cpu: number, n: number): number {
    return this.random.below(n);
  }

  // Waiting.

  wait(_cpu: number, address: number, mask: number, value: number): void {
    const { words, own } = this;
    if (this.owing > 0) this.payAfterBarrier();
    words[own + C.BEAT]++;
    this.waitAddress = address;
    this.waitMask = mask;
    this.waitValue = value;
    if (this.tokens === null && this.spinFor(address, mask, value)) return;
    words[own + C.WAIT_MASK] = mask;
    words[own + C.WAIT_VALUE] = value;
    words[own + C.WAITS]++;
    Atomics.store(words, own + C.WAIT_ADDRESS, address + 1);
    const bucket = C.WAITERS + (address & (C.WAITER_BUCKETS - 1));
    Atomics.add(words, bucket, 1);
    const sleepers = C.WAITER_CPUS + (address & (C.WAITER_BUCKETS - 1)) * C.SET_WORDS;
    C.addCpu(words, sleepers, this.id);
    if (this.tokens !== null) {
      blockForRing(this, this.tokens, this.id);
      this.waited = true;
    } else sleepOnBell(this, this.bells[this.id]);
    C.removeCpu(words, sleepers, this.id);
    Atomics.sub(words, bucket, 1);
    Atomics.store(words, own + C.WAIT_ADDRESS, 0);
  }

  /**
   * Looks at memory for a while, if there is a core for each CPU that is awake; whether that ended the wait. Where it does not help, since
   * the host has put both CPUs on one core, or other work on theirs, less and less; now and then a long look tells whether it would again.
   */
  private spinFor(address: number, mask: number, value: number): boolean {
    const { control, memLocked, settings } = this;
    if (settings.cores < 2 || control.load(C.AWAKE) > settings.cores) return false;
    const probing = this.spinFailures % PROBE_EVERY === PROBE_EVERY - 1;
    const limit = probing ? this.spinsMax : this.spins;
    for (let spins = 0; spins < limit; spins++) {
      const may = (memLocked.load(address) & mask) === value || control.load(this.attention) !== 0;
      if (may && this.reason()) {
        if (this.spins < this.spinsMax) this.spins = probing ? this.spinsMax : Math.min(this.spinsMax, this.spins * 2);
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
    return (this.memLocked.load(this.waitAddress) & this.waitMask) === this.waitValue;
  }

  changed(_cpu: number, address: number): void {
    // Behind a locked operation, so whoever waits has been seen to; a plain load cannot move above it.
    if (this.words[C.WAITERS + (address & (C.WAITER_BUCKETS - 1))] !== 0) this.ringWaiters(address);
    if (this.owing > 0) this.pay();
  }

  released(_cpu: number, address: number): void {
    if (this.words[C.WAITERS + (address & (C.WAITER_BUCKETS - 1))] !== 0) {
      this.control.or(this.own + C.BEAT, 0);
      this.ringWaiters(address);
      return;
    }
    if (this.owing === OWED_MAX) this.payAfterBarrier();
    this.owed[this.owing++] = address;
  }

  private payAfterBarrier(): void {
    this.control.or(this.own + C.BEAT, 0);
    this.pay();
  }

  private pay(): void {
    const { words, owed, owing } = this;
    this.owing = 0;
    for (let i = 0; i < owing; i++) {
      const address = owed[i];
      if (words[C.WAITERS + (address & (C.WAITER_BUCKETS - 1))] !== 0) this.ringWaiters(address);
    }
  }

  /**
   * Rings those that wait for the word; of those that wait for it to be 0 (a lock to be free) only the next one, round robin: it takes the
   * lock, or finds it taken by somebody whose unlock rings again.
   */
  private ringWaiters(address: number): void {
    const { words } = this;
    const { cpus } = this.settings;
    const sleepers = C.WAITER_CPUS + (address & (C.WAITER_BUCKETS - 1)) * C.SET_WORDS;
    const first = C.nextCpu(words, sleepers, cpus, (this.id + 1) % cpus);
    for (let cpu = first; cpu >= 0; ) {
      const own = C.cpuBlock(cpu);
      if (Atomics.load(words, own + C.WAIT_ADDRESS) === address + 1) {
        this.ring(this.id, cpu);
        if (words[own + C.WAIT_MASK] === -1 && words[own + C.WAIT_VALUE] === 0) return;
      }
      const next = C.nextCpu(words, sleepers, cpus, (cpu + 1) % cpus);
      // Once round; a sleeper that came or went meanwhile looks for itself.
      const done = (cpu - this.id - 1 + cpus) % cpus;
      if (next < 0 || (next - this.id - 1 + cpus) % cpus <= done) return;
      cpu = next;
    }
  }

  ring(_cpu: number, target: number): void {
    if (this.tokens !== null) ringForToken(this, this.tokens, this.id, target);
    else ringBell(this, this.bells[target]);
  }

  // The operations of the doorbell and of the run token, acting at once. Their types are the explorer's.

  load(address: number): never {
    return this.control.load(address) as never;
  }
  exchange(address: number, value: number): never {
    return this.control.exchange(address, value) as never;
  }
  add(address: number, addend: number): never {
    return this.control.add(address, addend) as never;
  }
  compareExchange(address: number, expected: number, value: number): never {
    return this.control.compareExchange(address, expected, value) as never;
  }
  or(address: number, bits: number): never {
    return this.control.or(address, bits) as never;
  }
  and(address: number, bits: number): never {
    return this.control.and(address, bits) as never;
  }
  isOver(): never {
    return this.control.load(C.STOP) as never;
  }
  hasReason(): never {
    return (this.reason() ? 1 : 0) as never;
  }
  sleepWhile(address: number): never {
    Atomics.wait(this.words, address, 1, SLEEP_MS);
    return 0 as never;
  }
  sleepWhileEqual(address: number, value: number): never {
    return (Atomics.wait(this.words, address, value, TOKEN_SLEEP_MS) === 'timed-out' ? 1 : 0) as never;
  }
  wake(address: number): never {
    return Atomics.notify(this.words, address) as never;
  }
}
