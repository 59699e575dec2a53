import type { Shard } from '../explore/shard.js';
import type { Subject } from '../programs/subject.js';
import type { LatentClass, MemoryModel, ViolationClass } from '../vocabulary/violation.js';
import type { KeptNews } from './checkpoint/search-keeper.js';
import type { SplitDone } from './shards/split.js';

/** What a verification is asked and what it answers. */

export interface VerifyRequest {
  /** A program of the loaded modules, or a kernel in a scenario. */
  readonly subject: Subject;
  readonly memory: MemoryModel;
  /** What the search may take for its tables, in bytes. */
  readonly memoryLimit: number;
  /**
   * How often a CPU may be taken off in favour of another while it could go on; absent: all executions, and
   * where those are too many a bound that deepens.
   */
  readonly switchesMax?: number;
  /**
   * One search of all executions, which ends after so many states: then the answer does not depend on how
   * fast it is.
   */
  readonly statesMax?: number;
  /** Executes local steps at once (kernel/local-steps.ts). Default: each step is one of its own. */
  readonly isReduced?: boolean;
  /**
   * Explores all executions of one shard's part alone, without a bound that deepens. Not with steps at once:
   * what those are is found out on the way, so that shards would not share the same states out.
   */
  readonly shard?: Shard;
  /** Wall time; absent: no limit. */
  readonly budgetMs?: number;
  /** Aborting ends it early; what is known by then is answered. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Keeps the search in a file; absent: nowhere. */
  readonly kept?: KeptRequest;
}

export interface KeptRequest {
  readonly file: string;
  /** How often it is written. */
  readonly everyMs: number;
  /** Goes on with the search that the file has, if there is one. */
  readonly isResumed: boolean;
  readonly onNews: (news: KeptNews) => void;
}

/** Whose part was explored. */
export interface VerifyShard extends Shard {
  /** Where the parts begin; null: there were too few states to share out, and the verdict is of all. */
  readonly split: SplitDone | null;
  /** Whether every state that its part leads to was looked at, within the bound on switches. */
  readonly complete: boolean;
  /** Whether that bound left executions out. */
  readonly isCut: boolean;
}

/** What a verdict was put together from. */
export interface VerifyMerged {
  /** How many shards share the exploration, and those that are missing. */
  readonly of: number;
  readonly missing: readonly number[];
}

export interface VerifyBounds {
  /** How often a CPU was taken off in favour of another while it could go on; null: without a bound. */
  readonly switches: number | null;
  readonly storeBufferDepth: number;
  /**
   * Speculative walks and preemptions of virtual CPUs that the environment may begin; 0 for plain programs.
   */
  readonly walks: number;
  readonly preemptions: number;
}

export interface VerifyProgress {
  readonly states: number;
  /** Of them expanded. */
  readonly expanded: number;
  readonly depth: number;
  /** The bound on switches of what is searched now; null: none. */
  readonly switches: number | null;
  /** Of that search. */
  readonly elapsedMs: number;
}

/** `verify --json` has these. */
export interface VerifyVerdict {
  /** The program's name, or the variant's. */
  readonly variant: string;
  readonly program: boolean;
  /** "plain program", or the scenario's name. */
  readonly scenario: string;
  readonly memory: MemoryModel;
  /**
   * Whether every state that any execution reaches was looked at; false too where a violation ended it, and
   * where `bounds.switches` left executions out.
   */
  readonly complete: boolean;
  /** Whether every execution within `bounds.switches` was looked at, and there are others. */
  readonly completeWithinSwitches: boolean;
  /**
   * Every execution of up to so many steps was looked at (within `bounds.switches`, where that was asked
   * for).
   */
  readonly withinSteps: number;
  /** Why not more was looked at: `memory`, `time`, `states` or `interrupted`; else null. */
  readonly ended: 'memory' | 'time' | 'states' | 'interrupted' | null;
  readonly violation: ViolationClass | null;
  readonly message: string | null;
  /** Of a violation: no execution needs fewer steps, within `bounds.switches`. */
  readonly isShortest: boolean;
  /** Latent violations that some execution meets, each class once. */
  readonly latent: readonly { readonly class: LatentClass; readonly message: string }[];
  readonly states: number;
  /** States whose every step was taken. */
  readonly expanded: number;
  readonly transitions: number;
  /** Steps to the states farthest from the start; of a violation its number of steps. */
  readonly depth: number;
  readonly seconds: number;
  /** Of the search's tables. */
  readonly peakMemoryBytes: number;
  /** What limits "all executions". */
  readonly bounds: VerifyBounds;
  /** Names of reductions that were on. */
  readonly reductions: readonly string[];
  /** Path of the finding file, once saved. */
  readonly finding: string | null;
  /** Of one shard: `complete` and `completeWithinSwitches` are false where there are others' parts. */
  readonly shard?: VerifyShard;
  /** Of several: states and transitions count as often as shards have looked at them. */
  readonly merged?: VerifyMerged;
}
