import type { Verdict } from '../../../explore/api.js';
import { changedNothing } from '../../../report/effect-words.js';
import { visible } from '../../../report/escape.js';
import type { CliContext } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_OK } from '../../exit-codes.js';
import { printLine } from '../../io.js';

/** Nothing was found, and some variants say nothing of what was to be hunted. Answers the exit code. */
export function refuseIdle({ io }: CliContext, verdicts: readonly Verdict[]): number {
  const idle = verdicts.filter(changedNothing);
  for (const { variant, effect } of idle) {
    const what = `${variant}: changed nothing of ${effect?.base}`;
    printLine(io.stderr, `shootdown: ${visible(what)}; give --allow-no-effect if that is meant`);
  }
  return idle.length > 0 ? EXIT_FAILURE : EXIT_OK;
}
