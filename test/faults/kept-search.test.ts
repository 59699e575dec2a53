import { readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../../src/verify/checkpoint/checkpoint-file.js';
import { SearchKeeper } from '../../src/verify/checkpoint/search-keeper.js';
import { InputError } from '../../src/vocabulary/errors.js';
import { Disk } from './disk.js';
import { type FileCall, type Hand, systemError, withHand } from './faulty-fs.js';
import { makeRoot } from './in-memory.js';

/** A search is kept where one was kept before: any file operation fails, or the power goes after any. */

const KEY = { code: 'c', subject: 's', options: {} };
const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EDQUOT'];

async function inDirectory<T>(work: (file: string, directory: string) => T | Promise<T>): Promise<T> {
  const directory = realpathSync(makeRoot());
  try {
    return await work(join(directory, 'one.search'), directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const write = (file: string, states: number): number =>
  writeCheckpoint(file, KEY, (to) => {
    to.value({ states });
    to.words(new Int32Array(5_000).fill(states), 5_000);
  });

/** The bytes of a file that keeps so much. */
const bytesOf = (states: number): Promise<Buffer> =>
  inDirectory((file) => {
    write(file, states);
    return readFileSync(file);
  });

const [OLD, NEW] = [await bytesOf(1), await bytesOf(2)];

/** Writes the new one over the old one; whether that went well, the calls, and what is there then. */
async function over(hand: Hand) {
  return await inDirectory(async (file, directory) => {
    writeFileSync(file, OLD);
    const calls: FileCall[] = [];
    const watched: Hand = {
      before: (call) => {
        calls.push(call);
        return hand.before(call);
      },
      after: hand.after?.bind(hand),
    };
    const wentWell = await withHand([directory], watched, async () => {
      try {
        write(file, 2);
        return true;
      } catch {
        return false;
      }
    });
    return { wentWell, calls, bytes: readFileSync(file), names: readdirSync(directory) };
  });
}

describe('a search that is kept again', () => {
  it('is the old one or the new one, and the new one where that was told, whatever call fails', async () => {
    const { calls, wentWell } = await over({ before: () => null });
    expect(wentWell).toBe(true);
    const ops = calls.map(({ op }) => op);
    for (const op of ['open', 'write', 'fsync', 'close', 'rename']) expect(ops).toContain(op);
    for (const { n } of calls) {
      const failure = CODES[n % CODES.length];
      const run = await over({ before: (call) => (call.n === n ? systemError(failure, call) : null) });
      const what = `${failure} at ${ops[n - 1]}, call ${n}`;
      expect(run.bytes.equals(NEW) || (!run.wentWell && run.bytes.equals(OLD)), what).toBe(true);
      expect(run.names, what).toEqual(['one.search']);
    }
  });

  it('is whole where the disk takes less than it is given', async () => {
    const run = await over({ before: ({ op, args }) => (op === 'write' && args.length > 0 ? 997 : null) });
    expect(run.wentWell).toBe(true);
    expect(run.bytes.equals(NEW)).toBe(true);
  });

  it('is the old one or the new one after a power cut, and the new one once that was told', async () => {
    await inDirectory(async (file, directory) => {
      writeFileSync(file, OLD);
      const disk = new Disk(directory);
      const wrong = new Set<string>();
      const look = (what: string, isTold: boolean): void => {
        for (const remains of disk.remains()) {
          const bytes = remains.get(file);
          if (bytes === undefined || !(bytes.equals(NEW) || (!isTold && bytes.equals(OLD)))) wrong.add(what);
        }
      };
      const hand: Hand = {
        before: () => null,
        after: (call, result) => {
          disk.after(call, result);
          look(`${call.n} ${call.op}`, false);
        },
      };
      await withHand([directory], hand, async () => void write(file, 2));
      look('the end', true);
      expect([...wrong]).toEqual([]);
    });
  });

  it('is never begun anew where it could not be looked at', async () => {
    await inDirectory(async (file, directory) => {
      write(file, 1);
      const keeper = new SearchKeeper({ file, key: KEY, isResumed: true, everyMs: 1_000 }, () => {});
      for (const op of ['stat', 'open', 'fstat', 'read']) {
        const hand: Hand = { before: (call) => (call.op === op ? systemError('EIO', call) : null) };
        await withHand([directory], hand, async () => {
          expect(() => keeper.read(), op).toThrow(InputError);
        });
      }
    });
  });
});
