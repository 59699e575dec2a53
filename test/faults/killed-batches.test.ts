import { expect, it } from 'vitest';
import { READING } from './cut-command.js';
import { type FileCall, systemError } from './faulty-fs.js';
import { filesBelow, inRoom, isTemporary, isWhole } from './room.js';
import { BATCHES } from './run-subjects.js';

/**
 * `run --mode batch` is ended at any file operation, as by `kill -9`: nothing after it comes to the disk. The
 * next run goes on from what is there, and comes to what one that was left alone does.
 */

interface Resumed {
  readonly exitCode: number;
  readonly stdout: string;
  /** The operations that the run that was ended wanted to make. */
  readonly calls: readonly FileCall[];
  /** What is not as it should be afterwards. */
  readonly wrongs: readonly string[];
}

const resumed = (killedAt: number): Promise<Resumed> =>
  inRoom(BATCHES, async ({ run, root, given }) => {
    const calls: FileCall[] = [];
    await run({
      before: (call) => {
        calls.push(call);
        return call.n >= killedAt ? systemError('EIO', call) : null;
      },
    });
    const { exitCode, stdout } = await run({ before: () => null });
    const files = filesBelow(root);
    const wrongs = [...files].flatMap(([path, text]) =>
      isTemporary(path) || isWhole(path, text) ? [] : [`${path} is half`],
    );
    for (const [path, text] of given) if (files.get(path) !== text) wrongs.push(`${path} has changed`);
    const findings = [...files.keys()].filter((path) => path.startsWith(`${root}/out/6.14--`));
    if (!findings.some((path) => stdout.includes(path))) wrongs.push('no finding is named');
    const batches = [...files.keys()].filter((path) => /\/00000\d\.json$/.test(path) && !given.has(path));
    if (batches.length !== 2) wrongs.push(`${batches.length} batches are kept`);
    if (!stdout.includes('2 pairs of accesses reached, 1 of them first in the last batch; 2 schedules kept'))
      wrongs.push('what was reached is lost, or counted twice');
    return { exitCode, stdout, calls, wrongs };
  });

it('goes on after the last batch that was kept, wherever it was killed', async () => {
  const total = ({ stdout }: Resumed): string => /^6\.14 .*$/m.exec(stdout)?.[0] ?? stdout;
  const alone = await resumed(Number.POSITIVE_INFINITY);
  expect(alone).toMatchObject({ exitCode: 1, wrongs: [] });
  // All was done: the second run hunts nothing more.
  expect(total(alone)).toMatch(/^6\.14 +stale-use +two-mm-switch +20 /);
  for (const { n, op } of alone.calls) {
    // An end before a call that changes nothing is one before the next that does.
    if (READING.has(op)) continue;
    const run = await resumed(n);
    expect({ n, ...run, calls: [], stdout: '' }).toEqual({ ...alone, n, calls: [], stdout: '' });
    expect(total(run)).toMatch(/^6\.14 +stale-use +two-mm-switch +20 /);
  }
});
