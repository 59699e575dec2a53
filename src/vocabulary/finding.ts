import type { Scenario } from './scenario.js';
import type { MemoryModel, Violation } from './violation.js';

/**
 * A finding: one witness, as a small versioned JSON file. It carries everything that a replay needs (the
 * scenario whole, the schedule whole) and nothing that depends on the machine that found it, so the same hunt
 * writes the same bytes everywhere.
 */

export {
  HARM_CLASSES,
  type HarmClass,
  LATENT_CLASSES,
  type LatentClass,
  type MemoryModel,
  type Violation,
  type ViolationClass,
} from './violation.js';

export const FINDING_FORMAT = 'shootdown-finding';
export const FINDING_VERSION = 1;
/** What a plain program has in the place of a scenario's name. */
export const PLAIN_PROGRAM = 'plain program';

/** A user's module that a finding was made with: where it lay, and what was in it. */
export interface ModuleRef {
  /** Path relative to the directory in which the hunt was started, with forward slashes. */
  readonly file: string;
  /** SHA-256, in hex, over the module and every file that it reaches; see `modules/inputs.ts`. */
  readonly sha256: string;
  /** How many files that are. Absent in older findings, whose hash left files of packages out. */
  readonly inputs?: number;
  /** `name 1.2.3` of every package among them. */
  readonly packages?: readonly string[];
}

/** A file of a kernel's source tree: where it lies under the tree, and what was in it. */
export interface SourceFileRef {
  readonly file: string;
  readonly sha256: string;
}

/** A kernel's C files that a finding was made with: which they were, never their text. */
export interface KernelSourceRef {
  /** The tree, relative to the directory in which the hunt was started. */
  readonly tree: string;
  /** The variant's name. */
  readonly variant: string;
  /** The variant that all but the C code is of. */
  readonly base: string;
  /** Options of the kernel's configuration that were on, without CONFIG_. */
  readonly config: readonly string[];
  /** How much of the compiler's optimiser ran; absent: none. */
  readonly optimisation?: 0 | 2;
  readonly files: readonly SourceFileRef[];
  /** The user's own header that was compiled with them. */
  readonly shim?: SourceFileRef;
}

/**
 * A step of a finding's execution, named by what stays the same when others move first: the agent, what it
 * does to what, and the how manieth time that is.
 */
export interface NamedStep {
  /** Its index; as many as there are steps: it had not been when the execution ended. */
  readonly step: number;
  /** As the schedule writes it; `1b` is also a store that left CPU 1's buffer in a step of the CPU. */
  readonly agent: string;
  /** The CPU's operation (`xchg`), or `drain`; absent for steps of others. */
  readonly operation?: string;
  /** The operation's first operand, where that is a word its name. */
  readonly word?: string;
  readonly operand?: number;
  /** From 1: how often the agent has done that by then. */
  readonly nth: number;
}

/** One step comes before another. */
export interface FindingOrdering {
  readonly before: NamedStep;
  readonly after: NamedStep;
}

/** Steps that an execution with orderings may have. */
export const ORDERED_STEPS_MAX = 20_000;

interface Witness {
  readonly format: typeof FINDING_FORMAT;
  readonly version: typeof FINDING_VERSION;
  /** Version of shootdown that wrote the file; a replay under another version may differ and says so. */
  readonly shootdown: string;
  readonly memory: MemoryModel;
  readonly strategy: string;
  readonly seed: number;
  /** Index of the execution within (seed, scenario); execution i is a pure function of (version, seed, i). */
  readonly execution: number;
  /**
   * The decisions in order, run-length coded: `0*12` CPU 0 twelve times, `1b` CPU 1's store buffer, `1i` its
   * interrupt line, `1w` its page walker, `1h` its host bringing it back, `1r` its host serving a request,
   * `1p` its host preempting it, `=3` the answer 3 to a recorded `choose(n)`.
   */
  readonly schedule: readonly string[];
  readonly steps: number;
  readonly violation: Violation;
  readonly latent: readonly Violation[];
  /** Eight hex digits over every step's agent, operation, address and value. */
  readonly traceHash: string;
  /** Orderings that suffice for the violation, as far as was tried; absent: none were looked for. */
  readonly orderings?: readonly FindingOrdering[];
}

/** A witness against a variant in a scenario. */
export interface KernelFinding extends Witness {
  readonly variant: string;
  readonly scenario: Scenario;
  /** Where the variant comes from, if it is a user's own. */
  readonly modules?: readonly ModuleRef[];
  /** The same, if it is of a kernel's C text. */
  readonly kernelSource?: KernelSourceRef;
}

/** A witness against a plain program of a user's module. */
export interface ProgramFinding extends Witness {
  readonly program: string;
  readonly cpus: number;
  readonly modules: readonly ModuleRef[];
}

export type Finding = KernelFinding | ProgramFinding;

/** Whether a finding is of a plain program. */
export function isProgramFinding(finding: Finding): finding is ProgramFinding {
  return 'program' in finding;
}

/** What a finding is of, for people: the variant or program, where it was met, and how many CPUs that has. */
export function findingSubject(finding: Finding): {
  readonly name: string;
  readonly scenario: string;
  readonly cpus: number;
} {
  if (isProgramFinding(finding))
    return { name: finding.program, scenario: PLAIN_PROGRAM, cpus: finding.cpus };
  return { name: finding.variant, scenario: finding.scenario.name, cpus: finding.scenario.cpus };
}
