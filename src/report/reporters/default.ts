/**
 * The report for people: a table that grows, below it each witness in a sentence, the first with its
 * timeline, and what verdicts rest on.
 */

import { findingSubject } from '../../vocabulary/finding.js';
import { baselineLines } from '../baseline-words.js';
import { visible } from '../escape.js';
import { expectedWords, isAwaited, isFailure, ofBaseWords } from '../expected-words.js';
import { openFindingLines, shardWords } from '../hunt-words.js';
import { mergedLines } from '../merged-words.js';
import { allRestOn } from '../rests-on.js';
import { TABLE_WIDTH } from '../table.js';
import { count, wrap } from '../text-columns.js';
import { renderTimeline } from '../timeline.js';
import { VerdictTable } from '../verdict-table.js';
import { commandLines, indentedLines, labelledLines, sentenceLines } from '../witness-words.js';
import type { HuntPlan, HuntReport, HuntResult } from './hunt-report.js';
import type { OpenReport, Reporter, ReportTarget } from './reporter.js';

/** How much of witnesses is drawn: around what decides of the first one, or every step of each. */
type Drawing = 'first' | 'all';

export const defaultReporter = tableReporter('default', 'first');

/** Reports with the table of verdicts. */
export function tableReporter(name: string, drawing: Drawing): Reporter {
  return { name, kind: 'lines', isForPeople: true, open: (to) => openTable(to, drawing) };
}

function openTable(to: ReportTarget, drawing: Drawing): OpenReport {
  let table: VerdictTable | null = null;
  return {
    begin(plan) {
      table = new VerdictTable(
        { variants: plan.subjects, scenarios: plan.places, hasKnown: plan.hasKnown },
        to.colors,
      );
      for (const line of [...labelledLines(plan.description), settingsLine(plan), table.header()])
        to.print(line);
    },
    verdict(verdict) {
      if (table !== null) to.print(table.row(verdict));
    },
    end: (report) => printEnd(to, report, drawing),
  };
}

function settingsLine({
  strategies,
  seed,
  memory,
  shard,
  jobs,
  scenarios,
  budgetMs,
  executions,
}: HuntPlan): string {
  const limits = [
    budgetMs === undefined ? [] : `${budgetMs / 1_000} s`,
    executions === undefined ? [] : count(executions, 'execution'),
  ].flat();
  return [
    scenarios === 0 ? [] : count(scenarios, 'scenario'),
    [
      ...[strategies.join('+'), `seed ${seed}`, memory],
      ...[shardWords(shard) ?? [], jobs === undefined ? [] : count(jobs, 'job')],
    ]
      .flat()
      .join(', '),
    limits.length === 0
      ? []
      : `at most ${limits.join(' or ')} per ${scenarios === 0 ? 'program' : 'variant'}`,
  ]
    .flat()
    .join('; ');
}

function printEnd(
  to: ReportTarget,
  { results, notes, baseline, merged }: HuntReport,
  drawing: Drawing,
): void {
  const first = results.find((result) => result.witness !== null && !isAwaited(result));
  for (const result of results) {
    const drawn = drawing === 'all' ? 'whole' : result === first ? 'deciding' : 'not';
    for (const line of witnessLines(to, result, drawn)) to.print(line);
  }
  if (merged !== undefined) for (const line of mergedLines(merged)) to.print(line);
  const verdicts = results.map(({ verdict }) => verdict);
  for (const { title, lines } of allRestOn(verdicts, notes)) {
    to.print(`\n${title}`);
    for (const line of indentedLines(lines)) to.print(line);
  }
  for (const line of openFindingLines(verdicts)) to.print(line);
  for (const line of expectedLines(to, results)) to.print(line);
  if (baseline !== null) for (const line of ['', ...baselineLines(baseline, verdicts)]) to.print(line);
}

/** What projects expected, and whether it came: last, since it is what decides. */
function expectedLines({ colors }: ReportTarget, results: readonly HuntResult[]): string[] {
  const lines = results.flatMap((result) => {
    const words = expectedWords(result);
    if (words === null || result.expected === undefined) return [];
    const text = wrap(visible(words), TABLE_WIDTH).join('\n  ');
    const aside = indentedLines(ofBaseWords(result.expected).map(visible));
    return [isFailure(result) ? colors.red(text) : colors.green(text), ...aside];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

const DRAWINGS = { whole: { detailed: true }, deciding: { aroundDeciding: true } } as const;

/** A witness, drawn as far as is said, in a sentence. */
export function witnessLines(
  { colors, lineText }: ReportTarget,
  { verdict, witness }: HuntResult,
  drawn: 'whole' | 'deciding' | 'not',
): string[] {
  if (witness === null) return [];
  const { finding, trace } = witness;
  const { cpus } = findingSubject(finding);
  const timeline =
    drawn === 'not' || trace.length === 0
      ? []
      : [renderTimeline(trace, { cpus, ...DRAWINGS[drawn], colors, lineText }), ''];
  const commands = verdict.finding === null ? [] : commandLines(verdict.finding, finding);
  return ['', ...timeline, ...sentenceLines(finding, colors), ...commands];
}
