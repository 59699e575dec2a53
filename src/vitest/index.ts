/**
 * `import 'shootdown/vitest'` in a test file or in a set-up file gives vitest's `expect` two matchers more:
 *
 *     await expect(program).toSurvive({ executions: 20_000, strategy: 'pct', seed: 7 });
 *     await expect(program).toBeVerified();
 *
 * `toSurvive` hunts the program (or variant) in this thread, deterministically; `toBeVerified` looks at all
 * of its executions. Both fail with the timeline of a violation, a saved finding and a command that replays
 * it. `expect(program).not.toSurvive()` is for programs that are known to be broken.
 */

import { expect } from 'vitest';
import { isSubject, modulesOf } from '../api/subject.js';
import { replayFinding } from '../replay/replay-finding.js';
import { withoutForeignCommands } from '../report/ci-commands.js';
import { limitOf, type MatcherResult, type MatcherState, placeOf, replayed, saved } from './in-test.js';
import {
  shortMessage,
  survivalMessage,
  undecidedMessage,
  unverifiedMessage,
  verifiedMessage,
  violationMessage,
} from './message.js';
import { type SurviveOptions, survive } from './survive.js';
import { type VerifiedOptions, verified } from './verified.js';

export type { SurviveOptions, Survivor } from './survive.js';
export type { VerifiedOptions } from './verified.js';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: has to be as vitest declares it
  interface Matchers<T = any> {
    /**
     * Hunts the program or variant; fails at the first violation, with its timeline. Returns a promise: await
     * it.
     */
    toSurvive(options?: SurviveOptions): Promise<T>;
    /**
     * Looks at all executions of the program or variant; fails at a violation, with the timeline of a
     * shortest one, and where they are too many for its memory and the test's time. Returns a promise: await
     * it.
     */
    toBeVerified(options?: VerifiedOptions): Promise<T>;
  }
}

const OUT_DEFAULT = 'findings';

expect.extend({
  toSurvive(received: unknown, options?: SurviveOptions) {
    return toSurvive(this as MatcherState, received, options);
  },
  toBeVerified(received: unknown, options?: VerifiedOptions) {
    return toBeVerified(this as MatcherState, received, options);
  },
});

async function toSurvive(
  state: MatcherState,
  subject: unknown,
  options: SurviveOptions = {},
): Promise<MatcherResult> {
  if (!isSubject(subject)) throw new TypeError('toSurvive judges what plainProgram or defineVariant returns');
  const { name } = subject;
  const again = replayed(name, modulesOf(subject));
  if (again !== null) return again;
  const limit = limitOf(state);
  const { verdict, finding, replay } = await survive(subject, options, limit);
  const { executions } = verdict;
  if (finding === null || replay === null) {
    const isShort = options.executions !== undefined && executions < options.executions;
    const told = isShort ? shortMessage : survivalMessage;
    return {
      // Neither `toSurvive` nor its opposite may pass on less than what was asked for.
      pass: isShort ? state.isNot === true : true,
      message: () => withoutForeignCommands(told(name, executions, options.executions, limit)),
    };
  }
  // One that is expected is not worth a file.
  if (state.isNot === true) return { pass: false, message: () => '' };
  const path = saved(finding, options.out ?? OUT_DEFAULT);
  const text = withoutForeignCommands(violationMessage(finding, replay, path, placeOf(state)));
  return { pass: false, message: () => text };
}

async function toBeVerified(
  state: MatcherState,
  subject: unknown,
  options: VerifiedOptions = {},
): Promise<MatcherResult> {
  if (!isSubject(subject))
    throw new TypeError('toBeVerified judges what plainProgram or defineVariant returns');
  const again = replayed(subject.name, modulesOf(subject));
  if (again !== null) return again;
  const { outcomes, modules } = await verified(subject, options, limitOf(state), state.testPath);
  const { verdict, finding } = outcomes[outcomes.length - 1];
  if (finding !== null) {
    if (state.isNot === true) return { pass: false, message: () => '' };
    const path = saved(finding, options.out ?? OUT_DEFAULT);
    const replay = replayFinding(finding, true, modules);
    const text = withoutForeignCommands(unverifiedMessage(verdict, finding, replay, path, placeOf(state)));
    return { pass: false, message: () => text };
  }
  const isEnough = options.preemptionsOfCpus !== undefined;
  const open = outcomes.filter(
    ({ verdict: { complete, completeWithinSwitches } }) => !complete && !(isEnough && completeWithinSwitches),
  );
  return {
    // Neither `toBeVerified` nor its opposite may pass on what is not decided.
    pass: open.length === 0 ? true : state.isNot === true,
    message: () =>
      withoutForeignCommands(
        open.length === 0 ? verifiedMessage(subject.name) : undecidedMessage(open[0].verdict),
      ),
  };
}
