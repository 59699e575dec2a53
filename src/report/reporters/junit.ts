/**
 * JUnit's XML, as CI systems read it: one suite, a test case for each subject of the hunt.
 *
 * A case's class name is `VARIANT/SCOPE`, the scope being what was hunted in and not where something was
 * found, so that a case keeps its history when it begins to fail; nor does its name have a seed. None in N
 * executions passes, and its output says how far that reaches: Jenkins' schema knows properties of a suite
 * alone (jenkinsci/xunit-plugin, junit-10.xsd), and counts skipped cases nowhere but there.
 */

import type { Verdict } from '../../explore/api.js';
import { findingSubject } from '../../vocabulary/finding.js';
import { baseWords, changedNothing, noEffectWords } from '../effect-words.js';
import { visible } from '../escape.js';
import { expectedWords, isFailure, ofBaseWords } from '../expected-words.js';
import { commandOf, knownWords, metKnown, scopeOf, shardWords } from '../hunt-words.js';
import { restsOn } from '../rests-on.js';
import { latentWords, witnessWords } from '../result-words.js';
import { count } from '../text-columns.js';
import { renderTimeline } from '../timeline.js';
import type { HuntReport, HuntResult, Witness } from './hunt-report.js';
import type { Reporter } from './reporter.js';
import { attributes, cdata } from './xml.js';

export const junitReporter: Reporter = {
  name: 'junit',
  kind: 'document',
  open: (to) => ({ end: (report) => to.print(junitReport(report)) }),
};

export function junitReport(report: HuntReport): string {
  const { results, notReached } = report;
  const failures = results.filter(isFailure).length;
  const errors = results.filter((result) => isError(result, report)).length;
  const time = seconds(results.reduce((sum, { verdict }) => sum + verdict.seconds, 0));
  const counts = {
    tests: results.length + notReached.length,
    failures,
    errors,
    time,
  };
  const unreached = { name: caseName(report), time: seconds(0) };
  const suite = { name: visible(`shootdown ${commandOf(report)}`), ...counts };
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'shootdown', ...counts })}>`,
    `  <testsuite${attributes({ ...suite, skipped: notReached.length })}>`,
    ...properties({
      shootdown: report.version,
      ...(report.strategies.length === 0
        ? { memory: report.memory }
        : { seed: report.seed, memory: report.memory, strategies: report.strategies.join('+') }),
      ...(report.shard === undefined ? {} : { shard: `${report.shard.index}/${report.shard.of}` }),
    }),
    ...results.flatMap((result) => testcase(result, report)),
    ...notReached.flatMap((variant) => [
      `    <testcase${attributes({ classname: visible(variant), ...unreached })}>`,
      `      <skipped${attributes({ message: 'interrupted before its turn' })}/>`,
      '    </testcase>',
    ]),
    '  </testsuite>',
    '</testsuites>',
  ];
  return lines.join('\n');
}

/** Without what the suite is called by: `study`. */
function caseName(report: HuntReport): string {
  return commandOf(report).split(' ')[0];
}

/** Nothing was found, and that says nothing of what was to be hunted. */
function isError(result: HuntResult, report: HuntReport): boolean {
  const { verdict } = result;
  return (
    verdict.violation === null && !isFailure(result) && (verdict.interrupted || isRefused(verdict, report))
  );
}

function isRefused(verdict: Verdict, { allowNoEffect }: HuntReport): boolean {
  return !allowNoEffect && verdict.shard === undefined && changedNothing(verdict);
}

function testcase(result: HuntResult, report: HuntReport): string[] {
  const { verdict, expected, decided, grounds = restsOn(verdict) } = result;
  const known = metKnown(verdict);
  const numbers = decided?.numbers ?? {
    executions: verdict.executions,
    steps: verdict.steps,
    seed: verdict.seed,
    memory: verdict.memory,
    strategy: verdict.strategy,
    ...(verdict.shard === undefined ? {} : { shard: `${verdict.shard.index}/${verdict.shard.of}` }),
    ...(known.length === 0 ? {} : { known: known.length }),
  };
  const out = [
    ...Object.entries(numbers).map(([name, value]) => `${name}: ${visible(String(value))}`),
    ...(decided === undefined ? [] : [visible(decided.whole)]),
    ...[expectedWords(result) ?? [], expected === undefined ? [] : ofBaseWords(expected)].flat().map(visible),
    ...grounds,
    ...known.map((met) => visible(knownWords(met))),
    ...verdict.latent.map((latent) => `${latentWords(result, latent)}: ${visible(latent.message)}`),
  ];
  return [
    `    <testcase${attributes({
      classname: `${visible(verdict.variant)}/${visible(scopeOf(verdict))}`,
      name: [
        ...[caseName(report), verdict.memory, shardWords(verdict.shard) ?? []],
        expected === undefined ? [] : `project ${expected.project}`,
      ]
        .flat()
        .join(', '),
      time: seconds(verdict.seconds),
    })}>`,
    ...outcome(result, report),
    `      <system-out>${cdata(out.join('\n'))}</system-out>`,
    '    </testcase>',
  ];
}

function outcome(result: HuntResult, report: HuntReport): string[] {
  const { verdict, witness } = result;
  const { violation, message, scenario, interrupted, executions } = verdict;
  if (!isFailure(result) && !isError(result, report)) return [];
  if (violation === null) {
    const missed = visible(expectedWords(result) ?? '');
    if (isFailure(result)) return [`      <failure${attributes({ type: 'expectation', message: missed })}/>`];
    if (!interrupted)
      return [
        `      <error${attributes({ type: 'no-effect', message: visible(noEffectWords(verdict) ?? '') })}/>`,
      ];
    const words =
      result.decided?.whole ?? `interrupted after ${count(executions, 'execution')}, in which none was found`;
    return [`      <error${attributes({ type: 'interrupted', message: visible(words) })}/>`];
  }
  const title = `${violation} in ${visible(scenario)}: ${visible(message ?? '')}`;
  const text = cdata(witnessText([title, ...asides(verdict)], witness));
  return [`      <failure${attributes({ type: violation, message: title })}>${text}</failure>`];
}

/** Whose the violation is. */
function asides(verdict: Verdict): string[] {
  return [baseWords(verdict), noEffectWords(verdict)].flatMap((words) =>
    words === null ? [] : [visible(words)],
  );
}

function witnessText(title: readonly string[], witness: Witness | null): string {
  if (witness === null) return title.join('\n');
  const { finding, trace, replay } = witness;
  const where = witnessWords(finding);
  const timeline = renderTimeline(trace, { cpus: findingSubject(finding).cpus, aroundDeciding: true });
  return [...title, where, ...(replay === null ? [] : [replay]), '', timeline].join('\n');
}

function properties(values: Readonly<Record<string, string | number>>): string[] {
  const each = Object.entries(values).map(
    ([name, value]) => `      <property${attributes({ name, value: visible(String(value)) })}/>`,
  );
  return ['    <properties>', ...each, '    </properties>'];
}

function seconds(value: number): string {
  return value.toFixed(3);
}
