/**
 * GitHub Actions: an annotation for each violation, a notice for each subject without one, and a summary of
 * the job in Markdown.
 */

import { randomBytes } from 'node:crypto';
import { findingSubject } from '../../vocabulary/finding.js';
import { baseWords, noEffectWords } from '../effect-words.js';
import { expectedWords, isFailure } from '../expected-words.js';
import { commandOf, knownWords, metKnown, scopeOf, shardWords } from '../hunt-words.js';
import { placeOf } from '../places.js';
import { areSamples, latentWords, resultWords, SAMPLE, witnessWords } from '../result-words.js';
import { groupDigits, shorten } from '../text-columns.js';
import { renderTimeline } from '../timeline.js';
import type { HuntReport, HuntResult, Witness } from './hunt-report.js';
import { markdownCode, markdownTable, markdownText } from './markdown.js';
import type { Reporter } from './reporter.js';
import { annotation, withoutCommands } from './workflow-command.js';

/** GitHub shows this many annotations of a level and step, and drops the others silently. */
const ANNOTATIONS_MAX = 10;
const MESSAGE_MAX = 2_000;
/** GitHub takes a summary of 1 MiB, and drops a larger one whole. */
const SUMMARY_BYTES_MAX = 900_000;
const SUMMARY_ROWS_MAX = 500;

export const githubActionsReporter: Reporter = {
  name: 'github-actions',
  kind: 'lines',
  open(to) {
    // What stands on stdout before our commands must not be taken for some.
    const { begin, end } = withoutCommands(randomBytes(16).toString('hex'));
    return {
      begin: () => to.isShared && to.command(begin),
      end(report) {
        if (to.isShared) to.command(end);
        for (const command of githubAnnotations(report)) to.command(command);
        const summary = to.env.GITHUB_STEP_SUMMARY ?? '';
        if (summary !== '')
          to.append(
            'the job summary',
            summary,
            'unset GITHUB_STEP_SUMMARY or make it writable',
            githubSummary(report),
          );
      },
    };
  },
};

/** The workflow commands, a line each. */
export function githubAnnotations(report: HuntReport): string[] {
  const failed = report.results.filter(isFailure);
  const others = report.results.filter((result) => !isFailure(result));
  const notReached = report.notReached.map((variant) =>
    annotation('notice', null, `${variant}: not hunted`, ['interrupted before its turn']),
  );
  return [
    ...limited(failed.map(failureAnnotation), (left) =>
      annotation('error', null, 'shootdown', [`${left} more variants with a violation`]),
    ),
    ...limited([...others.map(noticeOf), ...notReached], (left) =>
      annotation('notice', null, 'shootdown', [`${left} more variants`]),
    ),
  ];
}

function limited(commands: readonly string[], rest: (left: number) => string): string[] {
  if (commands.length <= ANNOTATIONS_MAX) return [...commands];
  return [...commands.slice(0, ANNOTATIONS_MAX - 1), rest(commands.length - ANNOTATIONS_MAX + 1)];
}

function failureAnnotation(result: HuntResult): string {
  const { verdict, witness } = result;
  const words = expectedWords(result);
  if (verdict.violation === null) return annotation('error', null, verdict.variant, [words ?? '']);
  const title = `${verdict.variant}: ${verdict.violation} in ${verdict.scenario}`;
  const lines = [
    shorten(verdict.message ?? '', MESSAGE_MAX),
    ...(words === null ? [] : [words]),
    ...asides(verdict),
  ];
  if (witness !== null) {
    lines.push(witnessWords(witness.finding));
    if (witness.replay !== null) lines.push(witness.replay);
  }
  return annotation('error', placeOf(witness?.trace ?? []), title, lines);
}

/** Whose the violation is. */
function asides(verdict: HuntResult['verdict']): string[] {
  return [baseWords(verdict), noEffectWords(verdict)].flatMap((words) => words ?? []);
}

function noticeOf(result: HuntResult): string {
  const { verdict } = result;
  const title = `${verdict.variant}: ${resultWords(result)}${verdict.interrupted ? ', interrupted' : ''}`;
  const settings = [
    scopeOf(verdict),
    verdict.strategy,
    `seed ${verdict.seed}`,
    verdict.memory,
    shardWords(verdict.shard) ?? [],
  ].flat();
  const latent = verdict.latent.map((one) => latentWords(result, one));
  const noEffect = noEffectWords(verdict);
  return annotation(noEffect === null ? 'notice' : 'warning', null, title, [
    ...(noEffect === null ? [] : [noEffect]),
    ...[expectedWords(result) ?? []].flat(),
    result.decided?.whole ?? `${settings.join(', ')}; ${SAMPLE}`,
    ...metKnown(verdict).map(knownWords),
    ...latent,
  ]);
}

/** The summary of the job, to be appended to the file that $GITHUB_STEP_SUMMARY names. */
export function githubSummary(report: HuntReport): string {
  const shard = shardWords(report.shard);
  const isSampled = areSamples(report.results);
  const settings = [
    report.strategies.length === 0 ? [] : [report.strategies.join('+'), `seed ${report.seed}`],
    report.memory,
    shard ?? [],
    `shootdown ${report.version}`,
  ].flat();
  const rows = report.results.slice(0, SUMMARY_ROWS_MAX).map((result) => {
    const { verdict, witness, decided } = result;
    return [
      verdict.variant,
      `${resultWords(result)}${verdict.interrupted ? ', interrupted' : ''}`,
      verdict.scenario,
      decided === undefined ? groupDigits(verdict.executions) : '-',
      verdict.seconds.toFixed(1),
      verdict.finding ?? (witness === null ? '-' : 'not saved'),
    ].map(markdownText);
  });
  const left = report.results.length - rows.length;
  const blocks = [
    `### shootdown ${markdownText(commandOf(report))}`,
    `${markdownText(settings.join(', '))}.${isSampled ? ` None is ${SAMPLE}.` : ''}`,
    markdownTable(
      ['variant', 'verdict', 'scenario', 'executions', 'seconds', 'finding'],
      [
        ...rows,
        ...report.notReached.map((variant) => [
          markdownText(variant),
          'not hunted: interrupted',
          '-',
          '-',
          '-',
          '-',
        ]),
      ],
    ),
    ...(left > 0 ? [`${groupDigits(left)} more.`] : []),
    ...expectedList(report),
    ...knownList(report),
  ];
  let size = Buffer.byteLength(blocks.join('\n\n'));
  for (const { verdict, witness } of report.results) {
    if (witness === null) continue;
    const block = witnessBlock(verdict, witness);
    size += Buffer.byteLength(block) + 2;
    if (size > SUMMARY_BYTES_MAX) break;
    blocks.push(block);
  }
  return `${blocks.join('\n\n')}\n\n`;
}

function expectedList({ results }: HuntReport): string[] {
  const lines = results
    .flatMap((result) => expectedWords(result) ?? [])
    .map((words) => `- ${markdownText(words)}`);
  return lines.length === 0 ? [] : [lines.slice(0, SUMMARY_ROWS_MAX).join('\n')];
}

function knownList({ results }: HuntReport): string[] {
  const lines = results.flatMap(({ verdict }) =>
    metKnown(verdict).map((met) => `- ${markdownText(`${verdict.variant}: ${knownWords(met)}`)}`),
  );
  return lines.length === 0 ? [] : [lines.slice(0, SUMMARY_ROWS_MAX).join('\n')];
}

/** Closed at first: a click shows the timeline. */
function witnessBlock(verdict: HuntResult['verdict'], { finding, trace, replay }: Witness): string {
  const { variant, violation, scenario, message } = verdict;
  const timeline = renderTimeline(trace, { cpus: findingSubject(finding).cpus, aroundDeciding: true });
  return [
    `<details><summary>${markdownText(`${variant}: ${violation} in ${scenario}`)}</summary>`,
    markdownText(message ?? ''),
    ...asides(verdict).map(markdownText),
    ...(replay === null ? [] : [markdownCode(replay)]),
    markdownCode(timeline),
    '</details>',
  ].join('\n\n');
}
