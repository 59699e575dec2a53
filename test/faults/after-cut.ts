import { Disk } from './disk.js';
import { type FileCall, withHand } from './faulty-fs.js';

/**
 * What may be there, texts by path, after `work` and a power cut; `root`: an empty directory in which it
 * writes. `fail`: told of each call, and of how many of its kind there were for its path, it answers what
 * that fails with.
 */
export async function afterCut(
  root: string,
  work: () => void,
  fail: (call: FileCall, n: number) => Error | null = () => null,
): Promise<ReadonlyMap<string, string>[]> {
  const disk = new Disk(root);
  const times = new Map<string, number>();
  const before = (call: FileCall): Error | null => {
    const key = `${call.op} ${call.path}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    return fail(call, times.get(key) ?? 0);
  };
  const after = (call: FileCall, result: unknown): void => disk.after(call, result);
  await withHand([root], { before, after }, async () => work());
  return [...disk.remains()].map(
    (remains) => new Map([...remains].map(([path, bytes]) => [path, bytes.toString('utf8')])),
  );
}
