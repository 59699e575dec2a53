/**
 * The JSON documents of `--json`. Each is the only thing on stdout. A reader should check `format` and `version` and ignore fields that it
 * does not know: within a version fields may be added, never removed or changed. Where a command fails (exit 2 or 3 before there is a
 * result) stdout stays empty and stderr says why. `list` is a plain array, `[{name, summary, ...}]`, because it is one thing only.
 */

import type { CpuState } from '../explain/cpu-state.js';
import type { TraceStep } from '../explain/trace-step.js';
import type { Verdict } from '../explore/api.js';
import type { BaselineEntry } from '../findings/baseline.js';
import type { LockstepResult } from '../lockstep/api.js';
import { restsOn } from '../report/rests-on.js';
import { baselineOf, type ColumnValue, type RowResult, type Study } from '../study/study.js';
import { type Finding, findingSubject, type Violation } from '../vocabulary/finding.js';
import { printableJson } from '../vocabulary/unprintable.js';
import type { ReplayResult } from './engine-api.js';
import type { OutputStream } from './io.js';

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
  readonly baseline?: HuntBaseline;
}

export interface HuntBaseline {
  readonly file: string;
  /** Entries that this hunt could have met and did not. */
  readonly notSeen: readonly BaselineEntry[];
  /** Entries that --update-baseline has added. */
  readonly added: number;
}

/** A verdict, and in words what it rests on. */
export type HuntVerdict = Verdict & { readonly restsOn: readonly string[] };

/** `replay --json`. */
export interface ReplayDocument {
  readonly format: 'shootdown-replay';
  readonly version: 1;
  readonly shootdown: string;
  readonly file: string;
  readonly variant: string;
  readonly scenario: string;
  readonly memory: string;
  /** The same violation at the same step with the same trace hash. */
  readonly reproduced: boolean;
  /** Why not, or null. */
  readonly reason: string | null;
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

export function huntDocument(
  shootdown: string,
  verdicts: readonly Verdict[],
  notes: readonly string[],
  interrupted: boolean,
  baseline: HuntBaseline | null = null,
): HuntDocument {
  const withGrounds = verdicts.map((verdict) => ({ ...verdict, restsOn: restsOn(verdict, notes) }));
  const compared = baseline === null ? {} : { baseline };
  return { format: 'shootdown-hunt', version: 1, shootdown, interrupted, verdicts: withGrounds, ...compared };
}

/** `study --json`: `verdicts` as `hunt --json` has them, and the measured columns of every row. */
export interface StudyDocument {
  readonly format: 'shootdown-study';
  readonly version: 1;
  readonly shootdown: string;
  readonly study: string;
  /** Ended by Ctrl-C; rows that had not begun are missing. */
  readonly interrupted: boolean;
  /** One per row that was hunted, in the order of the rows. */
  readonly verdicts: readonly HuntVerdict[];
  readonly rows: readonly StudyDocumentRow[];
  /** The answer in words, a paragraph each. */
  readonly answer: readonly string[];
}

export interface StudyDocumentRow {
  readonly group: string;
  readonly variant: string;
  readonly label: string;
  /** The variant whose row this one is compared with, or null. */
  readonly baseline: string | null;
  /** Why the row makes no sense and was not run, or null. */
  readonly senseless: string | null;
  /** By the column's key. */
  readonly columns: Readonly<Record<string, ColumnValue>>;
}

export function studyDocument(
  shootdown: string,
  study: Study,
  results: readonly RowResult[],
  notes: readonly string[],
  interrupted: boolean,
): StudyDocument {
  const rows = results.map((result): StudyDocumentRow => {
    const { group, variant, label, baseline, senseless = null } = result.row;
    const columns = Object.fromEntries(study.columns.map((column) => [column.key, column.value(result, baselineOf(result, results))]));
    return { group, variant, label, baseline, senseless, columns };
  });
  const verdicts = results.flatMap(({ verdict }) => (verdict === null ? [] : [{ ...verdict, restsOn: restsOn(verdict, notes) }]));
  const answer = study.answer(results);
  return { format: 'shootdown-study', version: 1, shootdown, study: study.name, interrupted, verdicts, rows, answer };
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
    version: 1,
    shootdown,
    file,
    variant: findingSubject(finding).name,
    scenario: findingSubject(finding).scenario,
    memory: finding.memory,
    reproduced: result.reproduced,
    reason: result.reason,
    violation: result.violation?.class ?? null,
    message: result.violation?.message ?? null,
    cpu: result.violation?.cpu ?? null,
    step: result.violation?.step ?? null,
    traceHash: result.traceHash,
    onThreads,
  };
}

/** `show --json`: an execution step by step. */
export interface ShowDocument {
  readonly format: 'shootdown-show';
  readonly version: 1;
  readonly shootdown: string;
  readonly file: string;
  readonly variant: string;
  readonly scenario: string;
  readonly memory: string;
  readonly cpus: number;
  readonly reproduced: boolean;
  /** Why not, or null. */
  readonly reason: string | null;
  /** What the replay met, or null. */
  readonly violation: Violation | null;
  /** How each CPU stood before the first step. */
  readonly start: readonly CpuState[];
  /** See TraceStep and CpuState for the fields; a step has the states of the CPUs that it changed. */
  readonly steps: readonly TraceStep[];
}

export function showDocument(shootdown: string, file: string, finding: Finding, result: ReplayResult): ShowDocument {
  const { name, scenario, cpus } = findingSubject(finding);
  const about = { file, variant: name, scenario, memory: finding.memory, cpus };
  const { reproduced, reason, violation, start, trace } = result;
  return { format: 'shootdown-show', version: 1, shootdown, ...about, reproduced, reason, violation, start, steps: trace };
}

export function printJson(stream: OutputStream, document: unknown): void {
  stream.write(`${printableJson(JSON.stringify(document, null, 2))}\n`);
}
