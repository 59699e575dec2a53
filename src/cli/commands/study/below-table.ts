/**
 * What stands below a study's table: why rules fail, one witness drawn, the answer in words, and what it
 * rests on.
 */

import { visible } from '../../../report/escape.js';
import type { MergedFinding } from '../../../report/reporters/hunt-report.js';
import { reachOf } from '../../../report/rests-on.js';
import { count, groupDigits, wrap } from '../../../report/text-columns.js';
import { proofsOf } from '../../../study/exhaustive/proof-words.js';
import type { ShippedProofs } from '../../../study/shipped/shipped-proofs.js';
import type { RowResult, Study } from '../../../study/study.js';
import type { Finding } from '../../../vocabulary/finding.js';
import { type CliContext, outColors } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';
import { printLine } from '../../io.js';
import { printCommands, printIndented, printSentence, printTimeline } from '../../print-witness.js';
import { printKept } from './kept-findings.js';

type Witnessed = RowResult & { readonly finding: Finding; readonly replay: ReplayResult };

/** What a table rests on beside its rows. */
export interface Grounds {
  readonly shipped: ShippedProofs | null;
  /** What the import of a recording left out. */
  readonly notes: readonly string[];
  /** Of a merge: all that rows ran with. Absent: the verdicts' one. */
  readonly seeds?: readonly number[];
  /** Of a merge: bugs beside each row's first. */
  readonly others?: readonly MergedFinding[];
}

export function printStudyEnd(
  context: CliContext,
  study: Study,
  results: readonly RowResult[],
  grounds: Grounds,
  width: number,
): void {
  const { io } = context;
  const witnessed = results.filter(
    (result): result is Witnessed => result.finding !== null && result.replay !== null,
  );
  const told = new Set<string>();
  if (study.explainsWitnesses && witnessed.length > 0) {
    const reasons = reasonsOf(witnessed);
    printLine(io.stdout, '\nwhy');
    printIndented(context, reasons.map(reasonWords), width);
    const shortest = printShortest(context, witnessed, width);
    for (const { verdict } of [shortest, ...reasons.map(({ best }) => best)])
      if (verdict?.finding != null) told.add(verdict.finding);
  }
  printKept(context, results, told, grounds.others);
  printGrounds(context, study, results, grounds, width);
  printAnswer(context, study, results, width);
}

/** Stands last: what whoever reads no more than the end of it should know. */
function printAnswer(context: CliContext, study: Study, results: readonly RowResult[], width: number): void {
  printParagraphs(context, study.answer(results), width);
}

/** The answer in words, its first paragraph emphasised. */
export function printParagraphs(context: CliContext, answer: readonly string[], width: number): void {
  if (answer.length === 0) return;
  printLine(context.io.stdout, '\nanswer');
  const colors = outColors(context);
  for (const [at, paragraph] of answer.entries()) {
    for (const [index, line] of wrap(visible(paragraph), width - 4).entries())
      printLine(context.io.stdout, (index === 0 ? '  ' : '    ') + (at === 0 ? colors.bold(line) : line));
  }
}

function printGrounds(
  context: CliContext,
  { probes, plan }: Study,
  results: readonly RowResult[],
  { shipped, notes, seeds }: Grounds,
  width: number,
): void {
  const verdicts = results.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]));
  if (verdicts.length === 0) return;
  printLine(context.io.stdout, '\nrests on');
  const executions = verdicts.reduce((sum, verdict) => sum + verdict.executions, 0);
  const steps = verdicts.reduce((sum, verdict) => sum + verdict.steps, 0);
  const [{ memory, seed }] = verdicts;
  const drawn = seeds === undefined || seeds.length < 2 ? `seed ${seed}` : `seeds ${seeds.join(', ')}`;
  const proofs = results.flatMap(({ proof }) => proof ?? []);
  printIndented(
    context,
    [
      `executions: ${count(executions, 'execution')} (${groupDigits(steps)} steps) of hunts, sampled ` +
        `with ${drawn}; where none is found, a sample and not a proof`,
      ...(probes.includes('counts') ? countedWords(results) : []),
      ...(plan.proof === undefined ? [] : proofsOf(plan.proof, shipped, proofs)),
      ...reachOf({ memory }, notes),
    ],
    width,
  );
}

/** How many pairs the differences come from. */
function countedWords(results: readonly RowResult[]): string[] {
  const counted = results.flatMap(({ pairs, comparisons }) =>
    pairs === null ? [] : [{ pairs: pairs.pairs, comparisons }],
  );
  if (counted.length === 0) return [];
  const [least, most] = [
    Math.min(...counted.map(({ pairs }) => pairs)),
    Math.max(...counted.map(({ pairs }) => pairs)),
  ];
  const pairs = least === most ? groupDigits(most) : `${groupDigits(least)} to ${groupDigits(most)}`;
  return [
    `differences: over ${pairs} pairs of executions a row, in which the rule follows the first row's ` +
      'execution step by step; what only the rule executes takes no time of its own. Apart: each ' +
      'by itself as ' +
      `it is hunted, every instruction a turn. ${count(counted[0].comparisons, 'interval')} of ` +
      'each, together ' +
      `95 % (Student's t, Bonferroni)`,
  ];
}

/** Why a rule fails, from the shortest of its witnesses of a class, and the groups in which it does. */
interface Reason {
  best: Witnessed;
  readonly where: string[];
}

function reasonsOf(witnessed: readonly Witnessed[]): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const result of witnessed) {
    const key = `${result.row.label} ${result.finding.violation.class}`;
    const known = reasons.get(key);
    if (known === undefined) reasons.set(key, { best: result, where: [result.row.group] });
    else {
      known.where.push(result.row.group);
      if (result.finding.steps < known.best.finding.steps) known.best = result;
    }
  }
  return [...reasons.values()];
}

function reasonWords({ best: { row, finding, verdict }, where }: Reason): string {
  const why = `${row.label} (${finding.violation.class} on ${where.join(', ')})`;
  return `${why}: ${finding.violation.message}${keptIn(verdict?.finding)}`;
}

const keptIn = (file: string | null | undefined): string => (file == null ? '' : ` [${file}]`);

/**
 * The timeline that is shortest to read: of a use of something stale if there is one, since a deadlock has no
 * step that decides. Answers whose it is.
 */
function printShortest(context: CliContext, witnessed: readonly Witnessed[], width: number): Witnessed {
  const used = witnessed.filter(({ finding }) => finding.violation.class === 'stale-use');
  const candidates = used.length > 0 ? used : witnessed;
  const shortest = candidates.reduce((best, result) =>
    result.finding.steps < best.finding.steps ? result : best,
  );
  printLine(context.io.stdout, `\n${visible(shortest.row.variant)}, the shortest witness`);
  printTimeline(context, shortest.finding, shortest.replay, false, { width });
  printLine(context.io.stdout, '');
  printSentence(context, shortest.finding, width);
  const file = shortest.verdict?.finding;
  if (file != null) printCommands(context, file, shortest.finding);
  return shortest;
}
