import type { Program } from '../machine/program.js';
import type { Scenario } from '../vocabulary/scenario.js';
import type { LatentClass, MemoryModel, ViolationClass } from '../vocabulary/violation.js';
import type { CpuBehind } from './behind.js';
import type { ReplacedCalls } from './replaced-calls.js';

/** What a stress run is asked to do, and what it answers. */

export interface StressRequest extends StressPlan {
  /** Name of the variant (see `list variants`). */
  readonly variant: string;
  /** The scenario; beyond its CPUs it is replicated (see replicate.ts). */
  readonly scenario: Scenario;
  /** Simulated CPUs: one worker thread each. */
  readonly cpus: number;
}

/** A plain program of a user's module, on as many threads as it has CPUs. */
export interface ProgramStressRequest extends StressPlan {
  readonly program: string;
}

export interface StressPlan {
  /** Length of the run in milliseconds, from the moment all CPUs are up. */
  readonly forMs: number;
  readonly seed: number;
  /** `sc` makes every store a full barrier, to tell an ordering bug from a logic bug. */
  readonly memory: MemoryModel;
  /** How CPUs share the cores; `auto` measures first. */
  readonly waiting: 'auto' | 'doorbell' | 'token';
  /** Mean boundaries between two perturbations; 0: none. */
  readonly perturbEvery: number;
  /** Plain accesses showed an outcome that x86 forbids: use `Atomics` for stores too. */
  readonly atomicStores?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StressProgress) => void;
  /** Called when all CPUs are up: for tests that break a run. */
  readonly onStart?: (running: RunningMachine) => void;
}

/** A machine that runs, from outside. */
export interface RunningMachine {
  readonly mem: Int32Array;
  readonly program: Program;
  /** Ends the thread of a CPU, as a crash would. */
  kill(cpu: number): void;
}

export interface StressProgress {
  readonly elapsedMs: number;
  /** Script steps finished by all CPUs. */
  readonly steps: number;
  readonly cpus: number;
}

export interface StressViolation {
  readonly class: ViolationClass;
  readonly cpu: number;
  readonly message: string;
}

export interface StressLatent {
  readonly class: LatentClass;
  readonly cpu: number;
  readonly message: string;
  readonly times: number;
}

/** A machine that stands still, as the watchdog found it. */
export interface Hang {
  readonly message: string;
  /** One entry per CPU that waits, or that is shown because nothing moves. */
  readonly cpus: readonly CpuState[];
  /** Lock words that are taken. */
  readonly locks: readonly string[];
}

export interface CpuState {
  readonly cpu: number;
  /** Name and value of the word that it waits for, or null. */
  readonly waitsFor: string | null;
  readonly interrupts: boolean;
  /** Bits of requests that it has not attended to. */
  readonly pending: readonly string[];
  /** Script steps finished. */
  readonly steps: number;
  /** What it executed last, newest last. */
  readonly lastEvents: readonly string[];
}

export interface StressResult {
  /** The variant; of a plain program's run, the program's name. */
  readonly variant: string;
  /** Of a plain program: how often all of its scripts ran, from the initial memory to the assertion. */
  readonly rounds?: number;
  readonly scenario: string;
  /**
   * Where several scenarios or programs ran in turn: the one that `violations`, `hang` and `dead` are of, if
   * there is anything in them.
   */
  readonly failedIn?: string;
  readonly cpus: number;
  readonly cores: number;
  /** Wall seconds from the moment all CPUs were up. */
  readonly seconds: number;
  readonly startSeconds: number;
  readonly shootdowns: number;
  /** Requests of `flush_tlb_func` served by an interrupt. */
  readonly ipis: number;
  readonly flushes: { readonly full: number; readonly partial: number; readonly atSwitch: number };
  readonly counters: Readonly<Record<string, number>>;
  /** What a user's variant replaces, and how often it ran on all CPUs. */
  readonly replaced: readonly ReplacedCalls[];
  /** None of it ever ran, and the variant changes nothing else: this is a run of its base. */
  readonly changedNothing: boolean;
  /** CPUs that finished at least one script step, or served a request where their script is empty. */
  readonly progressed: number;
  /** How often a CPU went to sleep in a wait. */
  readonly sleeps: number;
  /** Waits that ended only because their time was up: what they waited for had come, and nobody had rung. */
  readonly unrung: number;
  /** Script steps of the least and the most busy CPU. */
  readonly stepsMin: number;
  readonly stepsMax: number;
  /** CPUs far behind the others; no violation. */
  readonly behind: readonly CpuBehind[];
  readonly violations: readonly StressViolation[];
  readonly latent: readonly StressLatent[];
  readonly hang: Hang | null;
  /** Threads that died, each in a sentence. */
  readonly dead: readonly string[];
  readonly waiting: 'doorbell' | 'token';
  /** Why that way of waiting. */
  readonly waitingReason: string;
  readonly memory: MemoryModel;
  readonly seed: number;
  readonly interrupted: boolean;
}
