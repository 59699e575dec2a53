/**
 * The JSON documents of `--json`. Each is the only thing on stdout. A reader should check `format` and
 * `version` and ignore fields that it does not know: within a version fields may be added, never removed or
 * changed. Where a command fails (exit 2 or 3 before there is a result) stdout stays empty and stderr says
 * why. `list` is a plain array, `[{name, summary, ...}]`, because it is one thing only.
 */

import type { CpuState } from '../explain/cpu-state.js';
import type { ReplayedOrderings } from '../explain/told-ordering.js';
import type { TraceStep } from '../explain/trace-step.js';
import type { Verdict } from '../explore/api.js';
import type { LockstepResult } from '../lockstep/api.js';
import type { Difference } from '../replay/differences.js';
import type { Replay } from '../replay/replay-finding.js';
import type { StressResult } from '../stress/api.js';
import type { SelfTest } from '../stress/self-test.js';
import { type Finding, findingSubject, type Violation, type ViolationClass } from '../vocabulary/finding.js';
import { placeWords } from '../vocabulary/told.js';
import { printableJson } from '../vocabulary/unprintable.js';
import type { Expected, HuntBaseline, HuntMerged, HuntReport } from './reporters/hunt-report.js';
import { restsOn } from './rests-on.js';
import { knownScenario } from './witness-words.js';

/** `hunt --json`. */
export interface HuntDocument {
  readonly format: 'shootdown-hunt';
  readonly version: 1;
  /** Version of shootdown. */
  readonly shootdown: string;
  /** Ended by Ctrl-C; variants that had not begun are missing. */
  readonly interrupted: boolean;
  /** One per variant, in the order in which they were given. See Verdict for the fields. */
  readonly verdicts: readonly HuntVerdict[];
  /** With --baseline: what was compared with it. */
  readonly baseline?: Omit<HuntBaseline, 'isUpdated'>;
  /** Of `merge`: how many blobs, which shards are missing, every bug that was met. */
  readonly merged?: Omit<HuntMerged, 'blob'>;
}

/** A verdict, and in words what it rests on. */
export type HuntVerdict = Verdict & {
  readonly restsOn: readonly string[];
  /** Of `run`: what the project expects, and whether it came. */
  readonly expected?: Expected;
};

/** A finding, seen again. */
export interface ReplayResult extends Omit<Replay, 'former' | 'circumstance' | 'namedCause' | 'told'> {
  /** What led to the violation: absent or `schedule` where the execution is the recorded one. */
  readonly reproducedBy?: 'schedule' | 'orderings' | null;
  /** Of a finding that has orderings. */
  readonly orderings?: ReplayedOrderings;
}

/** A finding that was executed again. */
interface ReplayedDocument {
  readonly version: 1;
  readonly shootdown: string;
  readonly file: string;
  readonly variant: string;
  /** Null where only the file calls it by a name. */
  readonly scenario: string | null;
  readonly memory: string;
  /** The same violation at the same step with the same trace hash; or, by orderings, the same violation. */
  readonly reproduced: boolean;
  /** What led to it; `orderings` where the code has changed and the schedule does not fit. */
  readonly reproducedBy: 'schedule' | 'orderings' | null;
  /** Why not by the schedule, or null. */
  readonly reason: string | null;
  /** The finding's orderings as the replay saw them; null: it has none. */
  readonly orderings: ReplayedOrderings | null;
  /** Where the file says something else than the replay shows. */
  readonly differences: readonly Difference[];
}

/** `replay --json`. */
export interface ReplayDocument extends ReplayedDocument {
  readonly format: 'shootdown-replay';
  /** Class of the violation that the replay met, or null; then its sentence, CPU and step. */
  readonly violation: string | null;
  readonly message: string | null;
  readonly cpu: number | null;
  readonly step: number | null;
  readonly traceHash: string;
  /** With --on-threads: how the lockstep run on threads compared; else null. */
  readonly onThreads: LockstepResult | null;
}

/** `trace info --json`; the other fields are those of TraceInfo. */
export interface TraceInfoDocument {
  readonly format: 'shootdown-trace-info';
  readonly version: 1;
  readonly shootdown: string;
}

export function traceInfoDocument(shootdown: string, info: object): TraceInfoDocument {
  return { format: 'shootdown-trace-info', version: 1, shootdown, ...info };
}

export function huntDocument(report: HuntReport): HuntDocument {
  const { version, results, notes, interrupted, baseline } = report;
  const verdicts = results.map(({ verdict, expected }) => ({
    ...withGrounds(verdict, notes),
    ...(expected === undefined ? {} : { expected }),
  }));
  const compared = baseline === null ? {} : { baseline: withoutIsUpdated(baseline) };
  const merged = report.merged === undefined ? {} : { merged: withoutBlob(report.merged) };
  return {
    ...{ format: 'shootdown-hunt', version: 1, shootdown: version, interrupted, verdicts },
    ...compared,
    ...merged,
  };
}

function withoutIsUpdated({ isUpdated: _, ...baseline }: HuntBaseline): Omit<HuntBaseline, 'isUpdated'> {
  return baseline;
}

function withoutBlob({ files, missing, findings }: HuntMerged): Omit<HuntMerged, 'blob'> {
  return { files, missing, findings };
}

function withGrounds(verdict: Verdict, notes: readonly string[]): HuntVerdict {
  return { ...verdict, restsOn: restsOn(verdict, notes) };
}

/** `study --json`: `verdicts` as `hunt --json` has them, and the measured columns of every row. */
export interface StudyDocument<Value> {
  readonly format: 'shootdown-study';
  readonly version: 1;
  readonly shootdown: string;
  readonly study: string;
  /** Ended by Ctrl-C; rows that had not begun are missing. */
  readonly interrupted: boolean;
  /** One per row that was hunted, in the order of the rows. */
  readonly verdicts: readonly HuntVerdict[];
  readonly rows: readonly StudyDocumentRow<Value>[];
  /** The answer in words, a paragraph each. */
  readonly answer: readonly string[];
  /** Of `merge`. */
  readonly merged?: {
    readonly files: number;
    readonly seeds: readonly number[];
    /** Rows that no blob has come to. */
    readonly missing: readonly Pick<StudyDocumentRow<Value>, 'group' | 'variant'>[];
    /** Every bug that was met once, with its best witness. */
    readonly findings: HuntMerged['findings'];
  };
}

export interface StudyDocumentRow<Value> {
  readonly group: string;
  readonly variant: string;
  readonly label: string;
  /** The variant whose row this one is compared with, or null. */
  readonly baseline: string | null;
  /** Why the row makes no sense and was not run, or null. */
  readonly senseless: string | null;
  /**
   * As a verdict has it: the name of the open finding that the row met where it met nothing else, or null.
   */
  readonly known: string | null;
  /** The class of a witness that travels with the package, whatever this run met, or null. */
  readonly knownWitness: ViolationClass | null;
  /**
   * Whether the row ever executed anything otherwise than the one that it is compared with; null where it is
   * compared with none.
   */
  readonly effect: RowEffect | null;
  /** The variant's own counters, summed over the executions of the row's hunt. */
  readonly counters: Readonly<Record<string, number>>;
  /** What all executions of a few small scenarios show; null where that was not asked. */
  readonly proof: RowProof | null;
  /** By the column's key. */
  readonly columns: Readonly<Record<string, Value>>;
}

export interface RowProof {
  /** The shortest of those that are not known of the kernel beneath. */
  readonly witness: {
    readonly class: ViolationClass;
    readonly steps: number;
    readonly scenario: string;
  } | null;
  /** Scenarios of which no execution goes wrong, and the states of those. */
  readonly proved: readonly string[];
  readonly states: number;
  /** Scenarios with more executions than were looked at: all of up to so many steps were. */
  readonly undecided: readonly { readonly scenario: string; readonly withinSteps: number }[];
  /** Whether the package has brought it; else this run has decided it. */
  readonly isShipped: boolean;
}

export interface RowEffect {
  /** Pairs of executions, and those in which anything was executed otherwise. */
  readonly pairs: number;
  readonly otherwise: number;
  readonly changedNothing: boolean;
}

/** What a study has come to. */
export interface StudyReport<Value>
  extends Pick<StudyDocument<Value>, 'study' | 'interrupted' | 'rows' | 'answer'> {
  readonly verdicts: readonly Verdict[];
  /** What the import of a recording left out. */
  readonly notes: readonly string[];
}

export function studyDocument<Value>(
  shootdown: string,
  { study, interrupted, verdicts, notes, rows, answer }: StudyReport<Value>,
): StudyDocument<Value> {
  const grounded = verdicts.map((verdict) => withGrounds(verdict, notes));
  return {
    format: 'shootdown-study',
    version: 1,
    shootdown,
    study,
    interrupted,
    verdicts: grounded,
    rows,
    answer,
  };
}

function replayed(
  shootdown: string,
  file: string,
  finding: Finding,
  { reproduced, reproducedBy, reason, differences, orderings }: ReplayResult,
): ReplayedDocument {
  const [variant, scenario] = [findingSubject(finding).name, knownScenario(finding)];
  const { memory } = finding;
  const by = reproducedBy ?? (reproduced ? 'schedule' : null);
  return {
    ...{ version: 1, shootdown, file, variant, scenario, memory },
    ...{ reproduced, reproducedBy: by, reason, differences, orderings: orderings ?? null },
  };
}

export function replayDocument(
  shootdown: string,
  file: string,
  finding: Finding,
  result: ReplayResult,
  onThreads: LockstepResult | null = null,
): ReplayDocument {
  return {
    format: 'shootdown-replay',
    ...replayed(shootdown, file, finding, result),
    violation: result.violation?.class ?? null,
    message: result.sentence ?? result.violation?.message ?? null,
    cpu: result.violation?.cpu ?? null,
    step: result.violation?.step ?? null,
    traceHash: result.traceHash,
    onThreads,
  };
}

/** `show --json`: an execution step by step. */
export interface ShowDocument extends ReplayedDocument {
  readonly format: 'shootdown-show';
  readonly cpus: number;
  /** What the replay met, or null. */
  readonly violation: Violation | null;
  /** How each CPU stood before the first step. */
  readonly start: readonly CpuState[];
  /** See TraceStep and CpuState for the fields; a step has the states of the CPUs that it changed. */
  readonly steps: readonly StepJson[];
}

/** A step, with its places as `file:line`. */
type StepJson = Omit<TraceStep, 'site' | 'judgedAt'> & {
  readonly site: string | null;
  readonly judgedAt?: string;
};

function stepJson({ judgedAt, site, ...step }: TraceStep): StepJson {
  return {
    ...step,
    site: site === null ? null : placeWords(site),
    ...(judgedAt === undefined ? {} : { judgedAt: placeWords(judgedAt) }),
  };
}

export function showDocument(
  shootdown: string,
  file: string,
  finding: Finding,
  result: ReplayResult,
): ShowDocument {
  const { violation, start, trace } = result;
  return {
    format: 'shootdown-show',
    ...replayed(shootdown, file, finding, result),
    cpus: findingSubject(finding).cpus,
    violation,
    start,
    steps: trace.map(stepJson),
  };
}

/** `stress --json`: the run's fields, and what it rests on. */
export type StressDocument = StressResult & {
  readonly format: 'shootdown-stress';
  readonly version: 1;
  readonly shootdown: string;
  /** Ended by Ctrl-C. */
  readonly interrupted: boolean;
  readonly selfTest: SelfTest;
  /** What the explorer found of what the threads have shown; null where it did not look. */
  readonly witness: StressWitness | null;
  /** The kernel's open finding that the explorer met in what failed, where it met nothing else; else null. */
  readonly known: string | null;
  /** Of `merge`. */
  readonly merged?: StressMerged;
};

/** What a merge of stress runs says beside their sum. */
export interface StressMerged {
  readonly files: number;
  /** Each computer's run, by seed. */
  readonly runs: readonly (Pick<StressResult, 'seed' | 'seconds' | 'waiting' | 'interrupted'> & {
    readonly selfTest: SelfTest;
  })[];
  /** What ran in each scenario, or of each program. */
  readonly places: readonly StressPlace[];
  /** Every bug that the explorer found for a run. */
  readonly findings: HuntMerged['findings'];
}

export interface StressPlace
  extends Pick<StressResult, 'variant' | 'scenario' | 'cpus' | 'seconds' | 'shootdowns' | 'rounds'> {
  /** Computers' runs that came to it. */
  readonly runs: number;
  readonly violations: number;
  readonly hangs: number;
  /** Threads that died. */
  readonly dead: number;
}

export interface StressWitness {
  /** Path of the finding, or null. */
  readonly finding: string | null;
  readonly class: string | null;
  readonly message: string | null;
  readonly executions: number;
}

export function stressDocument(
  shootdown: string,
  result: StressResult,
  about: Pick<StressDocument, 'interrupted' | 'selfTest' | 'witness' | 'known' | 'merged'>,
): StressDocument {
  return { format: 'shootdown-stress', version: 1, shootdown, ...result, ...about };
}

/** `doctor --json`. */
export type DoctorDocument = SelfTest & {
  readonly format: 'shootdown-doctor';
  readonly version: 1;
  readonly shootdown: string;
};

export function doctorDocument(shootdown: string, test: SelfTest): DoctorDocument {
  return { format: 'shootdown-doctor', version: 1, shootdown, ...test };
}

/** `trace check --json`: of one recording its report's fields, of several their reports. */
export type TraceCheckDocument<Report> = {
  readonly format: 'shootdown-trace-check';
  readonly version: 1;
  readonly shootdown: string;
} & (Report | { readonly recordings: readonly Report[] });

export function traceCheckDocument<Report extends object>(
  shootdown: string,
  reports: readonly Report[],
): TraceCheckDocument<Report> {
  const told = reports.length === 1 ? reports[0] : { recordings: reports };
  return { format: 'shootdown-trace-check', version: 1, shootdown, ...told };
}

/** A document as it is printed: what no terminal should be sent stands as an escape. */
export function jsonText(document: unknown): string {
  return printableJson(JSON.stringify(document, null, 2));
}
