/**
 * `import 'shootdown/vitest'` in a test file or in a set-up file gives vitest's `expect` one matcher more:
 *
 *     await expect(program).toSurvive({ executions: 20_000, strategy: 'pct', seed: 7 });
 *
 * It hunts the program (or variant) in this thread, deterministically, and fails with the timeline of the
 * first violation, a saved finding and a command that replays it. `expect(program).not.toSurvive()` is for
 * programs that are known to be broken.
 */

import { relative } from 'node:path';
import { expect } from 'vitest';
import { isSubject, modulesOf } from '../api/subject.js';
import { readFinding } from '../findings/read.js';
import { saveFinding } from '../findings/store.js';
import { withoutForeignCommands } from '../report/ci-commands.js';
import { InfrastructureError } from '../vocabulary/errors.js';
import type { Finding } from '../vocabulary/finding.js';
import { findingSubject } from '../vocabulary/finding.js';
import {
  REPLAY_VARIABLE,
  replayMessage,
  shortMessage,
  survivalMessage,
  violationMessage,
} from './message.js';
import { type SurviveOptions, type Survivor, survive } from './survive.js';

export type { SurviveOptions, Survivor } from './survive.js';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: has to be as vitest declares it
  interface Matchers<T = any> {
    /**
     * Hunts the program or variant; fails at the first violation, with its timeline. Returns a promise: await
     * it.
     */
    toSurvive(options?: SurviveOptions): Promise<T>;
  }
}

const OUT_DEFAULT = 'findings';

expect.extend({
  async toSurvive(received: unknown, options: SurviveOptions = {}) {
    if (!isSubject(received))
      throw new TypeError('toSurvive judges what plainProgram or defineVariant returns');
    const subject: Survivor = received;
    const modules = modulesOf(subject);
    const asked = process.env[REPLAY_VARIABLE];
    if (asked !== undefined && findingSubject(readFinding(asked)).name === subject.name) {
      const replayed = replayMessage(asked, modules);
      const message = replayed === null ? null : withoutForeignCommands(replayed);
      return {
        pass: message === null,
        message: () => message ?? `${asked}: the violation does not come any more`,
      };
    }
    const limit = limitOf(this.task as LimitedTask | undefined);
    const { verdict, finding, replay } = await survive(subject, options, limit);
    if (finding === null || replay === null) {
      const isShort = options.executions !== undefined && verdict.executions < options.executions;
      const told = isShort ? shortMessage : survivalMessage;
      return {
        // Neither `toSurvive` nor its opposite may pass on less than what was asked for.
        pass: isShort ? this.isNot === true : true,
        message: () =>
          withoutForeignCommands(told(subject.name, verdict.executions, options.executions, limit)),
      };
    }
    // One that is expected is not worth a file.
    if (this.isNot) return { pass: false, message: () => '' };
    const { testPath, currentTestName } = this as {
      readonly testPath?: string;
      readonly currentTestName?: string;
    };
    const place = {
      file: testPath === undefined ? null : relative(process.cwd(), testPath),
      name: testName(currentTestName),
    };
    const text = withoutForeignCommands(
      violationMessage(finding, replay, saved(finding, options.out ?? OUT_DEFAULT), place),
    );
    return { pass: false, message: () => text };
  },
});

/**
 * What of vitest's task says how long the test may take: the runner stops waiting then, and tells nothing.
 */
interface LimitedTask {
  readonly timeout?: number;
  readonly result?: { readonly startTime?: number };
}

/** Of the time that the test has left, this part is hunted in; the rest is for the witness. */
const HUNTED_PART = 0.75;

/** Milliseconds to hunt in, or undefined where the test may take any time. */
function limitOf(task: LimitedTask | undefined): number | undefined {
  const { timeout, result } = task ?? {};
  if (timeout === undefined || !Number.isFinite(timeout) || timeout <= 0) return undefined;
  const elapsed = result?.startTime === undefined ? 0 : Date.now() - result.startTime;
  return Math.max(1, Math.floor((timeout - elapsed) * HUNTED_PART));
}

/** Where the finding was saved, or why it was not. */
function saved(finding: Finding, out: string): string | { readonly unsaved: string } {
  try {
    return saveFinding(finding, out).path;
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    return { unsaved: error.message };
  }
}

/** vitest joins names of suites and test with ` > `, and `-t` takes them with blanks between. */
function testName(name: string | undefined): string | null {
  return name === undefined ? null : name.replaceAll(' > ', ' ');
}
