import { relative } from 'node:path';
import type { Modules } from '../bundle/modules.js';
import { readFinding } from '../findings/read.js';
import { saveFinding } from '../findings/store.js';
import { withoutForeignCommands } from '../report/ci-commands.js';
import { InfrastructureError } from '../vocabulary/errors.js';
import { type Finding, findingSubject } from '../vocabulary/finding.js';
import { REPLAY_VARIABLE, replayMessage, type TestPlace } from './message.js';

/** What the matchers have of the test in which they are called. */

/** Of vitest's state of a matcher what is read. */
export interface MatcherState {
  readonly isNot?: boolean;
  readonly task?: unknown;
  readonly testPath?: string;
  readonly currentTestName?: string;
}

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * What of vitest's task says how long the test may take: the runner stops waiting then, and tells nothing.
 */
interface LimitedTask {
  readonly timeout?: number;
  readonly result?: { readonly startTime?: number };
}

/** Of the time that the test has left, this part is searched in; the rest is for the witness. */
const SEARCHED_PART = 0.75;

/** Milliseconds to search in, or undefined where the test may take any time. */
export function limitOf({ task }: MatcherState): number | undefined {
  const { timeout, result } = (task as LimitedTask | undefined) ?? {};
  if (timeout === undefined || !Number.isFinite(timeout) || timeout <= 0) return undefined;
  const elapsed = result?.startTime === undefined ? 0 : Date.now() - result.startTime;
  return Math.max(1, Math.floor((timeout - elapsed) * SEARCHED_PART));
}

export function placeOf({ testPath, currentTestName }: MatcherState): TestPlace {
  return {
    file: testPath === undefined ? null : relative(process.cwd(), testPath),
    // vitest joins names of suites and test with ` > `, and `-t` takes them with blanks between.
    name: currentTestName === undefined ? null : currentTestName.replaceAll(' > ', ' '),
  };
}

/** The answer where a finding of the subject is to be replayed in the place of a search; else null. */
export function replayed(name: string, modules: Modules): MatcherResult | null {
  const asked = process.env[REPLAY_VARIABLE];
  if (asked === undefined || findingSubject(readFinding(asked)).name !== name) return null;
  const told = replayMessage(asked, modules);
  const message = told === null ? null : withoutForeignCommands(told);
  return {
    pass: message === null,
    message: () => message ?? `${asked}: the violation does not come any more`,
  };
}

/** Where the finding was saved, or why it was not. */
export function saved(finding: Finding, out: string): string | { readonly unsaved: string } {
  try {
    return saveFinding(finding, out).path;
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    return { unsaved: error.message };
  }
}
