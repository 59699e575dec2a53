/** What a report of a hunt is made from, whatever its format. */

import type { TraceStep } from '../../explain/trace-step.js';
import type { Verdict } from '../../explore/api.js';
import type { BaselineScope } from '../../explore/known.js';
import type { Shard } from '../../explore/shard.js';
import type { BaselineEntry } from '../../findings/baseline.js';
import type { Blob } from '../../findings/blob.js';
import type { Replay } from '../../replay/replay-finding.js';
import type { Finding, MemoryModel, ViolationClass } from '../../vocabulary/finding.js';
import type { LabelledLine } from '../witness-words.js';

/** What is the same for the whole hunt. */
export interface HuntSettings {
  readonly seed: number;
  readonly memory: MemoryModel;
  /** None: nothing was sampled, and the seed is nobody's. */
  readonly strategies: readonly string[];
  readonly shard: Shard | undefined;
}

/** What will be hunted, and how hard. */
export interface HuntPlan extends HuntSettings {
  /** Where scenarios come from that are not the catalogue's. */
  readonly description: readonly LabelledLine[];
  /** Names of variants and programs. */
  readonly subjects: readonly string[];
  /** Number of scenarios, and the names that verdicts may have as theirs. */
  readonly scenarios: number;
  readonly places: readonly string[];
  /** Worker threads; undefined where others did the work. */
  readonly jobs: number | undefined;
  readonly budgetMs: number | undefined;
  readonly executions: number | undefined;
  /** A baseline says what is known. */
  readonly hasKnown: boolean;
}

/** One subject of the hunt, and its witness, replayed. */
export interface HuntResult {
  readonly verdict: Verdict;
  readonly witness: Witness | null;
  /** What a configuration says of it; absent where none does. */
  readonly expected?: Expected;
  /** What the verdict rests on, a line each, where that is no hunt; absent: what hunts rest on. */
  readonly grounds?: readonly string[];
  /** What came of it, where that is no sample of executions; absent: of a hunt. */
  readonly decided?: Decided;
}

/** What a verification has come to. */
export interface Decided {
  /** `none in any execution`. */
  readonly short: string;
  /** The same with what of, and of how much. */
  readonly whole: string;
  /** By name, how much was looked at. */
  readonly numbers: Readonly<Record<string, string | number>>;
}

/** What a project of a configuration expects of a subject, and whether it came so. */
export interface Expected {
  readonly project: string;
  /** `clean`, `violation:stale-use`, `known:b38`. */
  readonly text: string;
  readonly isMet: boolean;
  /** Violations that were gone past, since what the variant was made from has them too. */
  readonly ofBase?: readonly OfBase[];
}

/** A violation that is no news of a change. */
export interface OfBase {
  /** The base. */
  readonly variant: string;
  readonly scenario: string;
  readonly class: ViolationClass;
  readonly cause: string;
}

export interface Witness {
  readonly finding: Finding;
  /** Every step; empty where it was not executed again. */
  readonly trace: readonly TraceStep[];
  /** See explain/cause.ts; null where it is not known. */
  readonly cause: string | null;
  /** The command that shows it again, or null where the finding could not be saved. */
  readonly replay: string | null;
  /** What a page draws it from; absent where it was not executed again. */
  readonly execution?: Execution;
}

/** An execution with all that is known of each step. */
export type Execution = Pick<Replay, 'trace' | 'start' | 'memory' | 'links'>;

export interface HuntReport extends HuntSettings {
  /** Version of shootdown. */
  readonly version: string;
  /** What it is a report of, as a command without its limits: `study lazy`. Absent: `hunt`. */
  readonly command?: string;
  /** A variant that changed nothing is taken as one that was asked for. */
  readonly allowNoEffect?: boolean;
  readonly results: readonly HuntResult[];
  /** Subjects whose turn did not come before an interruption. */
  readonly notReached: readonly string[];
  /** Ended by Ctrl-C. */
  readonly interrupted: boolean;
  /** What the import of a recording left out, a sentence each. */
  readonly notes: readonly string[];
  /** What was compared with a baseline, or null. */
  readonly baseline: HuntBaseline | null;
  /** What shards did, put together. */
  readonly merged?: HuntMerged;
}

/** What is to be said of a hunt that was put together from blobs. */
export interface HuntMerged {
  /** How many files. */
  readonly files: number;
  /** All parts, for another merge. */
  readonly blob: Blob;
  /** Shards of which no blob was given, by subject. */
  readonly missing: readonly { readonly subject: string; readonly shards: readonly number[] }[];
  /** Every bug that was met once, with its best witness. */
  readonly findings: readonly MergedFinding[];
}

export interface MergedFinding {
  readonly variant: string;
  readonly class: ViolationClass;
  readonly scenario: string;
  readonly cause: string | null;
  readonly steps: number;
  readonly shards: readonly number[];
  /** Path of the finding file, or null where it could not be saved. */
  readonly finding: string | null;
}

export interface HuntBaseline {
  readonly file: string;
  /** Whether entries hold in their own scenario, or wherever their named cause is met. */
  readonly by: BaselineScope;
  /** Whether --update-baseline was given. */
  readonly isUpdated: boolean;
  /** Entries that this hunt could have met and did not. */
  readonly notSeen: readonly BaselineEntry[];
  /** Of entries that hold by cause: those that have none, and hold in their own scenario only. */
  readonly causeless: readonly BaselineEntry[];
  /** Entries that --update-baseline has added. */
  readonly added: number;
}
