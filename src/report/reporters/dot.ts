/**
 * `--reporter dot`: a sign for each subject, and what came of it in a line or a sentence. What verdicts rest
 * on is left to others, but for the word that none is a sample.
 */

import { changedNothing } from '../effect-words.js';
import { visible } from '../escape.js';
import { expectedWords, isAwaited, isFailure } from '../expected-words.js';
import { metKnown } from '../hunt-words.js';
import { areSamples, SAMPLE } from '../result-words.js';
import { TABLE_WIDTH } from '../table.js';
import { count, wrap } from '../text-columns.js';
import { verdictWords } from '../verdict-table.js';
import { commandLines, sentenceLines } from '../witness-words.js';
import type { HuntReport, HuntResult } from './hunt-report.js';
import type { Reporter, ReportTarget } from './reporter.js';

export const dotReporter: Reporter = {
  name: 'dot',
  kind: 'lines',
  isForPeople: true,
  open: (to) => ({ end: (report) => printDots(to, report) }),
};

/** `x` a failure, `k` what is known or awaited, `.` none met, `-` nothing to be said. */
function signOf(result: HuntResult): string {
  const { verdict } = result;
  if (isFailure(result)) return 'x';
  if (isAwaited(result)) return 'k';
  const isNothing = verdict.executions === 0 && result.decided === undefined;
  if (isNothing || verdict.interrupted || changedNothing(verdict)) return '-';
  return metKnown(verdict).length > 0 ? 'k' : '.';
}

function lineOf({ verdict, decided }: HuntResult): string {
  return decided?.whole ?? `${verdict.variant}: ${verdictWords(verdict)}`;
}

function printDots(to: ReportTarget, { results, notReached }: HuntReport): void {
  const verdicts = results.map(({ verdict }) => verdict);
  const signs = [...results.map(signOf), ...notReached.map(() => '-')];
  for (let at = 0; at < signs.length; at += TABLE_WIDTH) to.print(signs.slice(at, at + TABLE_WIDTH).join(''));
  const violated = verdicts.filter(({ violation }) => violation !== null).length;
  const executions = verdicts.reduce((sum, verdict) => sum + verdict.executions, 0);
  const sampled = areSamples(results) ? `, in ${count(executions, 'execution')}; none is ${SAMPLE}` : '';
  const missed = results.filter((one) => isFailure(one) && one.verdict.violation === null).length;
  const otherwise = missed === 0 ? '' : `, ${missed} otherwise than expected`;
  const said = `${violated} of ${count(signs.length, 'subject')} with a violation${otherwise}${sampled}`;
  for (const line of wrap(said, TABLE_WIDTH)) to.print(line);
  for (const result of results.filter(({ verdict }) => verdict.violation === null))
    to.print(`${signOf(result)} ${visible(lineOf(result))}`);
  for (const result of results.filter(isFailure)) {
    const words = expectedWords(result);
    if (words !== null) to.print(`x ${visible(words)}`);
  }
  for (const name of notReached) to.print(`- ${visible(name)}: not reached`);
  for (const { verdict, witness } of results) {
    if (witness === null) continue;
    const commands = verdict.finding === null ? [] : commandLines(verdict.finding, witness.finding);
    for (const line of ['', ...sentenceLines(witness.finding, to.colors), ...commands]) to.print(line);
  }
}
