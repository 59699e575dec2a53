import { beforeAll, describe, expect, it } from 'vitest';
import { partOf } from '../at-length.js';
import { Place } from './command.js';
import { type FileCall, type Hand, systemError } from './faulty-fs.js';

/**
 * The n-th file operation of a hunt fails: what was there stays, what was found is kept, and the exit code
 * says it. Every second one, the others of the next hunt; every one at length.
 */

const STEP = 2;

const settings = [
  [true, false],
  [false, false],
  [true, true],
  [false, true],
] as const;
const CODES = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES', 'EPERM', 'EDQUOT'];
const shown = ({ op, path }: FileCall): string => `${op} ${path.replace(/.*shootdown-faults-\w+/, '')}`;

/** Runs the hunt with one hand; what is wrong then, and the calls that came. */
async function wrongsOf(
  fresh: boolean,
  updated: boolean,
  hand: Hand,
): Promise<{ wrongs: string[]; exitCode: number; calls: FileCall[] }> {
  const place = new Place(fresh, updated);
  const calls: FileCall[] = [];
  let removing = false;
  try {
    const run = await place.run({
      before: (call) => {
        calls.push(call);
        const verdict = hand.before(call);
        if (verdict !== null && ['unlink', 'rmdir', 'rename'].includes(call.op)) removing = true;
        return verdict;
      },
    });
    const litter = removing ? [] : place.litter().map((name) => `${name} is left behind`);
    return { wrongs: [...place.wrongs(run), ...litter], exitCode: run.exitCode, calls };
  } finally {
    place.remove();
  }
}

describe.each(settings)('a hunt (fresh directory: %s, baseline updated: %s)', (fresh, updated) => {
  const turn = fresh ? 0 : 1;
  let whole: readonly FileCall[];
  beforeAll(async () => {
    whole = (await wrongsOf(fresh, updated, { before: () => null })).calls;
  });

  it('does it all where nothing fails', async () => {
    const { wrongs, exitCode, calls } = await wrongsOf(fresh, updated, { before: () => null });
    expect(wrongs).toEqual([]);
    expect(exitCode).toBe(updated ? 0 : 1);
    // The layer is in the way of what is written.
    const ops = calls.map(({ op }) => op);
    for (const op of ['open', 'write', 'fsync', 'close', 'link', 'rename', 'unlink'])
      expect(ops).toContain(op);
  });

  it('loses nothing when any one call fails', async () => {
    const seen: string[] = [];
    for (const [i, { n }] of partOf(whole, STEP, turn).entries()) {
      const failure = CODES[(i + turn) % CODES.length];
      const { wrongs, calls } = await wrongsOf(fresh, updated, {
        before: (call) => (call.n === n ? systemError(failure, call) : null),
      });
      seen.push(...wrongs.map((wrong) => `${n} ${failure} ${shown(calls[n - 1])}: ${wrong}`));
    }
    expect(seen).toEqual([]);
  });

  it('loses nothing when every call from one on fails', async () => {
    const seen: string[] = [];
    for (const call of partOf(whole, STEP, turn)) {
      const { wrongs } = await wrongsOf(fresh, updated, {
        before: (later) => (later.n >= call.n ? systemError('ENOSPC', later) : null),
      });
      seen.push(...wrongs.map((wrong) => `from ${call.n} ${shown(call)}: ${wrong}`));
    }
    expect(seen).toEqual([]);
  });

  it('writes on after a write that took less than it was given', async () => {
    const { wrongs, exitCode } = await wrongsOf(fresh, updated, {
      before: ({ op }) => (op === 'write' ? 100 : null),
    });
    expect(wrongs).toEqual([]);
    expect(exitCode).toBe(updated ? 0 : 1);
  });

  it('gives up on a disk that takes nothing and does not say why', async () => {
    const { wrongs } = await wrongsOf(fresh, updated, {
      before: ({ op, n }) => (op === 'write' && n > 5 ? 0 : null),
    });
    expect(wrongs).toEqual([]);
  });
});
