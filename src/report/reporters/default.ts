/**
 * The report for people: a table that grows, below it each witness in a sentence, the first with its
 * timeline, and what verdicts rest on.
 */

import { findingSubject } from '../../vocabulary/finding.js';
import { baselineLines } from '../baseline-words.js';
import { openFindingLines, shardWords } from '../hunt-words.js';
import { mergedLines } from '../merged-words.js';
import { allRestOn } from '../rests-on.js';
import { count } from '../text-columns.js';
import { renderTimeline } from '../timeline.js';
import { VerdictTable } from '../verdict-table.js';
import { commandLines, indentedLines, labelledLines, sentenceLines } from '../witness-words.js';
import type { HuntPlan, HuntReport, HuntResult } from './hunt-report.js';
import type { Reporter, ReportTarget } from './reporter.js';

export const defaultReporter: Reporter = {
  name: 'default',
  kind: 'lines',
  open(to) {
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
      end: (report) => printEnd(to, report),
    };
  },
};

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

function printEnd(to: ReportTarget, { results, notes, baseline, merged }: HuntReport): void {
  const first = results.find(({ witness }) => witness !== null);
  for (const result of results) for (const line of witnessLines(to, result, result === first)) to.print(line);
  if (merged !== undefined) for (const line of mergedLines(merged)) to.print(line);
  const verdicts = results.map(({ verdict }) => verdict);
  for (const { title, lines } of allRestOn(verdicts, notes)) {
    to.print(`\n${title}`);
    for (const line of indentedLines(lines)) to.print(line);
  }
  for (const line of openFindingLines(verdicts)) to.print(line);
  if (baseline !== null) for (const line of ['', ...baselineLines(baseline, verdicts)]) to.print(line);
}

function witnessLines(
  { colors, lineText }: ReportTarget,
  { verdict, witness }: HuntResult,
  isDrawn: boolean,
): string[] {
  if (witness === null) return [];
  const { finding, trace } = witness;
  const { cpus } = findingSubject(finding);
  const timeline =
    isDrawn && trace.length > 0
      ? [renderTimeline(trace, { cpus, aroundDeciding: true, colors, lineText }), '']
      : [];
  const commands = verdict.finding === null ? [] : commandLines(verdict.finding, finding);
  return ['', ...timeline, ...sentenceLines(finding, colors), ...commands];
}
