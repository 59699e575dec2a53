import type { LatentCount, Verdict } from '../explore/api.js';

import type { CounterName } from '../oracles/counters.js';
import type { ReplayResult } from '../report/json-documents.js';
import type { Finding, ViolationClass } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import type { RateOf } from './difference.js';
import type { Proved, ProvedRow } from './exhaustive/proved-row.js';
import type { PairedCounts } from './paired-counts.js';

import type { RoundsTally } from './rounds.js';

/**
 * A study: a question that is answered by a table of runs. It is data: rows (variants), scenarios, what is
 * run for a row, columns, and what is said below the table. Adding one is adding one small file and one line
 * in study/index.ts.
 */
export interface Study {
  readonly name: string;
  /** The question, in one line. */
  readonly summary: string;
  /** What a row is, as the title of its column. */
  readonly rowTitle: string;
  /** Headings of the groups of rows, in the order of printing. */
  readonly groups: readonly StudyGroup[];
  /** In the order of printing; those of a group stand together, its baseline first. */
  readonly rows: readonly StudyRow[];
  /** What is run where no scenario is named. */
  readonly scenarios: readonly Scenario[];
  /** What is run for a row, in this order. */
  readonly probes: readonly ProbeName[];
  readonly columns: readonly Column[];
  /** Each scenario is shown by itself: the rows stand in a group for each. */
  readonly isPerScenario?: true;
  readonly plan: StudyPlan;
  /** Whether the rows' witnesses are explained below the table, with a timeline. */
  readonly explainsWitnesses: boolean;
  /** The answer in words, made of the rows alone; a paragraph each. */
  answer(results: readonly RowResult[]): string[];
  /** How its rows are decided by all executions, where they are. */
  readonly exhaustive?: ExhaustivePlan;
}

/** Every row in every one of these scenarios, unless others are asked for. */
export interface ExhaustivePlan {
  readonly scenarios: readonly Scenario[];
  /** What it comes to in words, a paragraph each. */
  answer(rows: readonly ProvedRow[]): string[];
}

export interface StudyGroup {
  readonly name: string;
  readonly heading: string;
}

/** How much is run where the user says nothing. */
export interface StudyPlan {
  /** Executions of a row's hunt, and how many of them are done however slow the machine is. */
  readonly executions: number;
  readonly executionsMin: number;
  /**
   * Pairs of executions that a row's counts come from; of a row with a witness, whose costs decide nothing,
   * fewer.
   */
  readonly counted: number;
  readonly countedUnsafe: number;
  /**
   * By group whose rows differ from its baseline by far more than their intervals: fewer, where all rows are
   * run, so that there is time for the pairs of the others.
   */
  readonly countedIn?: Readonly<Record<string, number>>;
  /** Executions per scenario on the host that loses flush requests. */
  readonly onBrokenHost: number;
  /** Wall time in milliseconds after which the rows that are left hunt no further than they must. */
  readonly budgetMs: number;
  /** What of a row is proved; absent: nothing. */
  readonly proof?: ProofPlan;
}

/** All executions of a row in small scenarios. */
export interface ProofPlan {
  /** In which the package may say what has been decided before; absent: it says nothing. */
  readonly shipped?: readonly Scenario[];
  /** In which rows are proved anew that it says nothing of, once all are sampled; none: they are not. */
  readonly scenarios: readonly Scenario[];
  /** A search that has more states than that ends. */
  readonly statesMax: number;
  /** Wall time in milliseconds from the beginning of all, after which nothing more is proved. */
  readonly untilMs: number;
}

export interface StudyRow {
  readonly group: string;
  /** Variant name, as `hunt --variant` takes it. */
  readonly variant: string;
  /** What the row is called within its group. */
  readonly label: string;
  /** Of a user's variant: what it says of itself. */
  readonly summary?: string;
  /** Variant of the row of the same group that counts are compared with; null for that row itself. */
  readonly baseline: string | null;
  /** Why the row makes no sense, and is not run. */
  readonly senseless?: string;
  /** Scenarios of this row alone, in the place of the study's. */
  readonly scenarios?: readonly Scenario[];
}

export type ProbeName = 'hunt' | 'counts' | 'broken-host' | 'rounds';

export type Counts = Readonly<Record<CounterName, number>>;

/** What is known of a row; null where it was not asked, or the row makes no sense. */
export interface RowResult {
  readonly row: StudyRow;
  readonly verdict: Verdict | null;
  readonly finding: Finding | null;
  /** The witness, seen again. */
  readonly replay: ReplayResult | null;
  /** The class of a witness that is known of, whatever this run met; null where none is. */
  readonly known: ViolationClass | null;
  /** Counters of the counting run: the same executions in every row. */
  readonly counts: Counts | null;
  /** The same, pair by pair with the baseline's; null for a baseline. */
  readonly pairs: PairedCounts | null;
  /** How many intervals the table shows, which are to hold together. */
  readonly comparisons: number;
  /** The same on the host that loses flush requests. */
  readonly brokenHost: Counts | null;
  readonly rounds: RoundsTally | null;
  /** What all executions of a few small scenarios show; null where that was not asked, or cannot be. */
  readonly proof: Proved | null;
}

export type ColumnValue =
  | number
  | string
  | null
  | { readonly [key: string]: ColumnValue }
  | readonly LatentCount[];

/** Whether rows are compared in a column, with an interval. */
const isCompared = ({ compared }: Column): boolean => compared !== undefined;

/** A column: what it says of a row, for people and for programs. */
export interface Column {
  /** Key in the JSON document. */
  readonly key: string;
  /** One or two lines. */
  readonly title: readonly [string] | readonly [string, string];
  readonly align?: 'left' | 'right';
  /** Only in the JSON document. */
  readonly jsonOnly?: boolean;
  /** Left out where the terminal has fewer columns than that. */
  readonly from?: number;
  /** What is compared with the baseline. */
  readonly compared?: RateOf;
  /** What the column says, for the legend above the table. */
  readonly legend?: string;
  /** Characters that its usual cell needs. */
  readonly width: number;
  /** `baseline`: the result of the row's baseline, or null for a baseline itself. */
  value(result: RowResult, baseline: RowResult | null): ColumnValue;
  text(result: RowResult, baseline: RowResult | null): string;
}

/** How many differences the rows show in pairs; those apart hold together as many. */
export function comparisonsOf({ columns, probes }: Study, rows: readonly StudyRow[]): number {
  if (!probes.includes('counts')) return 1;
  const compared = rows.filter(({ baseline, senseless }) => baseline !== null && senseless === undefined);
  return Math.max(1, compared.length * columns.filter(isCompared).length);
}

/** The result that a row's counts are compared with; null for a baseline, or where it is not known. */
export function baselineOf({ row }: RowResult, results: readonly RowResult[]): RowResult | null {
  if (row.baseline === null) return null;
  return results.find((known) => known.row.group === row.group && known.row.variant === row.baseline) ?? null;
}
