import type { Modules } from '../bundle/modules.js';
import { readFinding } from '../findings/read.js';
import { type Replay, replayFinding } from '../replay/replay-finding.js';
import { visible } from '../report/escape.js';
import { shellWord } from '../report/shell-word.js';
import { count } from '../report/text-columns.js';
import { renderTimeline } from '../report/timeline.js';
import type { VerifyVerdict } from '../verify/api.js';
import { verdictLine } from '../verify/words.js';
import { type Finding, findingSubject, isProgramFinding } from '../vocabulary/finding.js';

/** What a failing test prints: what went wrong, the timeline, and how to see it again. */

/** The variable that makes a test replay a finding instead of hunting. */
export const REPLAY_VARIABLE = 'SHOOTDOWN_REPLAY';

export interface TestPlace {
  /** Path of the test file, relative to the working directory. */
  readonly file: string | null;
  /** Full name of the test, or null outside of one. */
  readonly name: string | null;
}

/**
 * The message for a violation. `replay`: the witness, seen again; `path`: where the finding was saved, or why
 * it was not.
 */
export function violationMessage(
  finding: Finding,
  replay: Replay,
  path: string | { readonly unsaved: string },
  place: TestPlace,
): string {
  const { name } = findingSubject(finding);
  const { violation, execution } = finding;
  return witnessMessage(
    `${visible(name)} did not survive: ${violation.class} in execution ${execution}: ` +
      `${visible(violation.message)}`,
    ...([finding, replay, path, place] as const),
  );
}

/** The message for a violation that some execution has; see `violationMessage`. */
export function unverifiedMessage(
  verdict: VerifyVerdict,
  finding: Finding,
  replay: Replay,
  path: string | { readonly unsaved: string },
  place: TestPlace,
): string {
  return witnessMessage(
    `${visible(verdictLine(verdict))}: ${visible(finding.violation.message)}`,
    ...([finding, replay, path, place] as const),
  );
}

function witnessMessage(
  what: string,
  finding: Finding,
  replay: Replay,
  path: string | { readonly unsaved: string },
  place: TestPlace,
): string {
  return [
    what,
    '',
    timeline(finding, replay, true),
    '',
    ...(typeof path === 'string'
      ? replayLines(finding, path, place)
      : [`the finding could not be saved: ${path.unsaved}`]),
  ].join('\n');
}

export function survivalMessage(name: string, executions: number): string {
  return (
    `${visible(name)} was expected not to survive, but no violation was found in ` +
    `${count(executions, 'execution')}`
  );
}

export function verifiedMessage(name: string): string {
  return `${visible(name)} was expected not to be verified, but no execution has a violation`;
}

/** Too many executions to look at all of them. */
export function undecidedMessage(verdict: VerifyVerdict): string {
  const within = 'ask for fewer (preemptionsOfCpus)';
  return (
    `${visible(verdictLine(verdict))}; give the test more time (it(name, test, 60_000)) or memory ` +
    `(memoryLimit), or ${within}`
  );
}

/** The test's time was over before all that was asked for was done. */
export function shortMessage(
  name: string,
  executions: number,
  asked: number | undefined,
  limitMs: number | undefined,
): string {
  return (
    `${visible(name)}: ${count(executions, 'execution')} of ${asked} in the ${limitMs} ms that the test ` +
    'leaves for them, without a violation; give the test more time (it(name, test, 60_000)), or fewer ' +
    'executions'
  );
}

/**
 * The message of a replay, whole; `modules` have its subject; null where the violation does not come any
 * more.
 */
export function replayMessage(path: string, modules: Modules): string | null {
  const finding = readFinding(path);
  const replay = replayFinding(finding, true, modules);
  if (replay.violation === null) return null;
  const said = replay.reproduced ? 'reproduced' : `not reproduced: ${replay.reason}`;
  return [
    `${said}: ${replay.violation.class}: ${visible(replay.violation.message)}`,
    '',
    timeline(finding, replay, false),
  ].join('\n');
}

function timeline(finding: Finding, replay: Replay, aroundDeciding: boolean): string {
  return renderTimeline(replay.trace, { cpus: findingSubject(finding).cpus, aroundDeciding });
}

function replayLines(finding: Finding, path: string, { file, name }: TestPlace): string[] {
  const test = [
    file === null ? '' : ` ${shellWord(file)}`,
    name === null ? '' : ` -t ${shellWord(name)}`,
  ].join('');
  const whole = `replay, step by step:  ${REPLAY_VARIABLE}=${shellWord(path)} npx vitest run${test}`;
  return isProgramFinding(finding)
    ? [whole]
    : [whole, `or, without the test:   npx shootdown show ${shellWord(path)}`];
}
