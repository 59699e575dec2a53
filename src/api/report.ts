import { withoutForeignCommands } from '../report/ci-commands.js';
import { plain } from '../report/colors.js';
import type { HuntSettings } from '../report/reporters/hunt-report.js';
import { reporters } from '../report/reporters/index.js';
import { InputError } from '../vocabulary/errors.js';
import { VERSION } from '../vocabulary/version.js';
import type { HuntAnswer } from './hunt.js';

/**
 * What a reporter (`default`, `json`, `junit`, `github-actions`) says of hunts that have ended, as text: what
 * `hunt --reporter NAME` prints at its end. `paths`: where findings were saved, by finding id.
 *
 *     writeFileSync('junit.xml', renderReport('junit', [await hunt({ variant: mine })]));
 *
 * Throws InputError for a reporter that there is not.
 */
export function renderReport(name: string, answers: readonly HuntAnswer[]): string {
  const ofText = reporters.filter(({ kind }) => kind !== 'directory');
  const reporter = ofText.find((known) => known.name === name);
  if (reporter === undefined)
    throw new InputError(
      `there is no reporter "${name}" that makes a text`,
      `there are ${ofText.map((known) => known.name).join(', ')}`,
    );
  const lines: string[] = [];
  const open = reporter.open({
    print: (text) => lines.push(withoutForeignCommands(text)),
    command: (line) => lines.push(line),
    colors: plain,
    isShared: false,
    env: {},
    append: () => undefined,
    directory: { save: () => undefined },
  });
  for (const { verdict } of answers) open.verdict?.(verdict);
  open.end({
    ...settingsOf(answers),
    version: VERSION,
    results: answers.map(({ verdict, finding, replay }) => ({
      verdict,
      witness:
        finding === null || replay === null
          ? null
          : {
              finding,
              trace: replay.trace,
              cause: replay.cause,
              replay: verdict.finding === null ? null : `shootdown show ${verdict.finding}`,
            },
    })),
    notReached: [],
    interrupted: answers.some(({ verdict }) => verdict.interrupted),
    notes: [],
    baseline: null,
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** What the hunts have in common. */
function settingsOf(answers: readonly HuntAnswer[]): HuntSettings {
  const [first] = answers;
  return {
    seed: first?.verdict.seed ?? 1,
    memory: first?.verdict.memory ?? 'tso',
    strategies: [...new Set(answers.flatMap(({ verdict }) => verdict.strategy.split('+')))],
    shard: first?.verdict.shard,
  };
}
