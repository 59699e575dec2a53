import { beforeAll, describe, expect, it } from 'vitest';
import { partOf } from '../at-length.js';
import { type Attempt, attempt } from './attempt.js';
import { powerCuts } from './cut-command.js';
import { type FileCall, type Hand, systemError } from './faulty-fs.js';
import { SUBJECTS } from './subjects.js';

/**
 * The n-th file operation of each command that reads or writes files fails: what was there stays, what was
 * found is kept, nothing is half, and the exit code says it. Then the power goes after each. Of each command
 * a third of the operations fails, another one of the next, since most have those in common; all at length.
 * `hunt` with a baseline: every-call.test.ts and power-cut.test.ts.
 */

const STEP = 3;

const CODES = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES', 'EPERM', 'EDQUOT'];
/** From others on it is as from the next of these. */
const WRITING: ReadonlySet<string> = new Set(['open', 'write', 'link', 'rename', 'mkdir']);
const shown = ({ op, path }: FileCall): string => `${op} ${path.replace(/.*shootdown-faults-\w+/, '')}`;

describe.each(SUBJECTS)('$name', (subject) => {
  const turn = SUBJECTS.indexOf(subject);
  let whole: Attempt;
  const wrongsOf = async (hand: Hand): Promise<Attempt> => attempt(subject, hand, whole.findings);
  beforeAll(async () => {
    // What is made once is made in the first.
    await attempt(subject, { before: () => null }, null);
    whole = await attempt(subject, { before: () => null }, null);
  }, 240_000);

  it('does it all where nothing fails, and again', async () => {
    const again = await wrongsOf({ before: () => null });
    expect([whole, again].map(({ run, wrongs }) => [run.exitCode, run.stderr, wrongs])).toEqual([
      [subject.exitCode, '', []],
      [subject.exitCode, '', []],
    ]);
    expect(whole.findings).toHaveLength(subject.findings);
    expect(again.calls.map(({ op }) => op)).toEqual(whole.calls.map(({ op }) => op));
    // The layer is in the way of what is read and written.
    expect(whole.calls.length).toBeGreaterThan(1);
  });

  it('loses nothing when any one call fails', { timeout: 480_000 }, async () => {
    const seen: string[] = [];
    // Up to the n-th call each run is as the one in which nothing fails.
    for (const [i, { n }] of partOf(whole.calls, STEP, turn).entries()) {
      const failure = CODES[(i + turn) % CODES.length];
      const { calls, wrongs } = await wrongsOf({
        before: (call) => (call.n === n ? systemError(failure, call) : null),
      });
      seen.push(...wrongs.map((wrong) => `${n} ${failure} ${shown(calls[n - 1])}: ${wrong}`));
    }
    expect(seen).toEqual([]);
  });

  it('loses nothing when every call from one on fails', { timeout: 480_000 }, async () => {
    const seen: string[] = [];
    const writing = whole.calls.filter(({ op }) => WRITING.has(op));
    for (const { n } of partOf(writing, STEP, turn)) {
      const { wrongs } = await wrongsOf({
        before: (call) => (call.n >= n ? systemError('ENOSPC', call) : null),
      });
      seen.push(...wrongs.map((wrong) => `from ${n} ${shown(whole.calls[n - 1])}: ${wrong}`));
    }
    expect(seen).toEqual([]);
  });

  it('writes on after a write that took less than it was given', async () => {
    const { run, wrongs } = await wrongsOf({ before: ({ op }) => (op === 'write' ? 20_000 : null) });
    expect([run.exitCode, wrongs]).toEqual([subject.exitCode, []]);
  });

  it('takes nothing in a power cut that it told, and leaves nothing half', { timeout: 240_000 }, async () => {
    const { run, wrongs, states } = await powerCuts(subject);
    expect([run.exitCode, wrongs]).toEqual([subject.exitCode, []]);
    if (subject.written !== undefined) expect(states).toBeGreaterThan(50);
  });
});
