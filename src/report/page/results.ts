/** A hunt's report as the data of a page. */

import { basename } from 'node:path';
import type { TraceStep } from '../../explain/trace-step.js';
import type { Verdict } from '../../explore/api.js';
import { serializeFinding } from '../../findings/serialize.js';
import { type Finding, findingSubject } from '../../vocabulary/finding.js';
import { baseWords, changedNothing, noEffectWords } from '../effect-words.js';
import { expectedWords, isAwaited, isFailure, ofBaseWords } from '../expected-words.js';
import { coverageWords, knownWords, metKnown, shardWords } from '../hunt-words.js';
import { perfettoTrace } from '../perfetto/perfetto-trace.js';
import type { Execution, HuntReport, HuntResult } from '../reporters/hunt-report.js';
import { allRestOn } from '../rests-on.js';
import { count } from '../text-columns.js';
import { verdictWords } from '../verdict-table.js';
import type { LabelledLine } from '../witness-words.js';
import { byHandOf } from './by-hand.js';
import {
  type DecidingStep,
  type PageDocument,
  RESULTS_FORMAT,
  RESULTS_VERSION,
  type ResultRow,
  type ResultsDocument,
  type RowStatus,
  type WitnessDocument,
} from './document.js';
import { sourceExcerpts } from './source-excerpts.js';

/** A witness with all that a page shows of it. */
export interface ShownWitness {
  readonly finding: Finding;
  readonly cause: string | null;
  readonly replay: string | null;
  /** Name of its file, or null. */
  readonly file: string | null;
  /** Absent where it was not executed again. */
  readonly execution?: Execution;
}

/** A page, and the findings that lie beside it. */
export interface ReportPage {
  readonly document: PageDocument;
  /** By path in the report directory. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

export type ReportHead = Pick<
  ResultsDocument,
  'shootdown' | 'command' | 'settings' | 'interrupted' | 'headline'
>;

/** Rows name witnesses by their index. */
export function reportPage(
  head: ReportHead,
  rows: readonly ResultRow[],
  witnesses: readonly ShownWitness[],
  grounds: ResultsDocument['grounds'],
): ReportPage {
  const files = new Map<string, string | Uint8Array>();
  const told = witnesses.map((witness): WitnessDocument => {
    const path = witness.file === null ? null : `findings/${basename(witness.file)}`;
    if (path !== null) files.set(path, serializeFinding(witness.finding));
    return witnessDocument(witness, path, saveTrace(witness, files));
  });
  const executions = witnesses.map(executionOf);
  const results: ResultsDocument = {
    ...{ format: RESULTS_FORMAT, version: RESULTS_VERSION, ...head },
    ...{ rows, witnesses: told, grounds },
  };
  const sources = sourceExcerpts(executions.flatMap((execution) => execution?.trace ?? []));
  const byHand = witnesses.map((witness, index) =>
    executions[index] === null ? null : byHandOf(witness.finding),
  );
  return { document: { results, executions, sources, byHand }, files };
}

export function huntPage(report: HuntReport, command = 'hunt'): ReportPage {
  const { version, results, notReached, interrupted, notes } = report;
  const witnesses: ShownWitness[] = [];
  const rows = results.map((result): ResultRow => {
    const { verdict, witness } = result;
    if (witness !== null) witnesses.push({ ...witness, file: verdict.finding });
    return expectedRow(result, verdictRow(verdict, witness === null ? null : witnesses.length - 1));
  });
  const head = { shootdown: version, command, settings: settingsOf(report), interrupted };
  const missed = notReached.map((subject) => notReachedRow(subject, report.memory));
  const grounds = allRestOn(
    results.map(({ verdict }) => verdict),
    notes,
  );
  return reportPage(head, [...rows, ...missed], witnesses, grounds);
}

function settingsOf({ seed, memory, strategies, shard, results }: HuntReport): LabelledLine[] {
  const executions = results.reduce((sum, { verdict }) => sum + verdict.executions, 0);
  const shared = shardWords(shard);
  return [
    { label: 'memory model', text: memory },
    { label: 'strategies', text: strategies.join(', ') },
    { label: 'seed', text: String(seed) },
    { label: 'executed', text: count(executions, 'execution') },
    ...(shared === null ? [] : [{ label: 'shard', text: shared }]),
  ];
}

/** `witness`: its index, or null. */
export function verdictRow(verdict: Verdict, witness: number | null): ResultRow {
  const { variant, scenario, memory, violation, message, executions, steps, seconds, strategy } = verdict;
  return {
    ...{ subject: variant, scenario, memory, status: statusOf(verdict), verdict: verdictWords(verdict) },
    ...{ violation, message, remarks: remarksOf(verdict) },
    ...{ executions, states: null, steps, seconds, strategy, witness },
  };
}

/** A row by what was expected: what was to come is known, what did not come leaves it open. */
function expectedRow(result: HuntResult, row: ResultRow): ResultRow {
  const { expected } = result;
  if (expected === undefined) return row;
  const words = [expectedWords(result) ?? [], ofBaseWords(expected)].flat();
  const isMissing = isFailure(result) && row.status !== 'violation';
  const status = isAwaited(result) ? 'known' : isMissing ? 'open' : row.status;
  return { ...row, status, remarks: [...words, ...row.remarks] };
}

function statusOf(verdict: Verdict): RowStatus {
  if (verdict.violation !== null) return 'violation';
  if (verdict.executions === 0 || verdict.interrupted || changedNothing(verdict)) return 'open';
  return metKnown(verdict).length > 0 ? 'known' : 'none';
}

function remarksOf(verdict: Verdict): string[] {
  return [
    ...[noEffectWords(verdict), baseWords(verdict), coverageWords(verdict)].flatMap((words) => words ?? []),
    ...(verdict.interrupted ? ['interrupted'] : []),
    ...metKnown(verdict).map(knownWords),
    ...verdict.latent.map(
      ({ class: name, executions, message }) =>
        `latent ${name} in ${count(executions, 'execution')}: ${message}`,
    ),
  ];
}

function notReachedRow(subject: string, memory: string): ResultRow {
  return {
    ...{ subject, scenario: '', memory, status: 'open', verdict: 'not reached', violation: null },
    ...{ message: null, remarks: ['interrupted before its turn'], executions: null, states: null },
    ...{ steps: null, seconds: null, strategy: null, witness: null },
  };
}

function witnessDocument(
  { finding, cause, replay, execution }: ShownWitness,
  path: string | null,
  perfetto: string | null,
): WitnessDocument {
  const { name: subject, scenario, cpus } = findingSubject(finding);
  const { memory, violation, steps, strategy, seed, execution: index } = finding;
  return {
    ...{ subject, scenario, memory, violation: violation.class, message: violation.message, cause, cpus },
    ...{ steps, strategy, seed, execution: index, finding: path, perfetto, replay },
    deciding: (execution?.trace ?? []).flatMap(decidingStep),
  };
}

function decidingStep({ step, cpu, text, deciding }: TraceStep): DecidingStep[] {
  return deciding === null ? [] : [{ step, cpu, text, why: deciding }];
}

/** Its trace for Perfetto, under a name that no other witness has; null without an execution. */
function saveTrace(witness: ShownWitness, files: Map<string, string | Uint8Array>): string | null {
  const execution = executionOf(witness);
  if (execution === null) return null;
  const { name, scenario } = findingSubject(witness.finding);
  const base = witness.file === null ? 'finding' : basename(witness.file, '.json');
  let path = `perfetto/${base}.pftrace`;
  for (let n = 2; files.has(path); n++) path = `perfetto/${base}-${n}.pftrace`;
  files.set(path, perfettoTrace(`${name} in ${scenario}`, execution));
  return path;
}

function executionOf({ execution }: ShownWitness): Execution | null {
  return execution === undefined || execution.trace.length === 0 ? null : onlyExecution(execution);
}

/** A replay has more, which the page has no use for. */
function onlyExecution({ trace, start, memory, links }: Execution): Execution {
  return { trace, start, memory, links };
}
