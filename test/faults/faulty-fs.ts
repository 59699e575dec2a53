import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

/**
 * Node's file operations, with a hand in them: every call below some directories is counted and told, and may
 * be made to fail. Calls elsewhere (modules that are loaded, the test's own) go through untouched.
 */

/** A call below the directories watched, in the order in which calls came. */
export interface FileCall {
  /** From 1. */
  readonly n: number;
  /** Without `Sync`: open, write, fsync, ... */
  readonly op: string;
  /** The file; of a call with a descriptor what that was opened for. */
  readonly path: string;
  readonly args: readonly unknown[];
}

export interface Hand {
  /** Before the call: an error to throw in its place, a shorter length that a write is cut to, or null. */
  before(call: FileCall): Error | number | null;
  /** After a call that went well. */
  after?(call: FileCall, result: unknown): void;
}

const WITH_PATH = [
  ...['access', 'open', 'stat', 'lstat', 'realpath', 'readdir', 'readFile', 'writeFile', 'appendFile'],
  ...['mkdir', 'mkdtemp', 'rmdir', 'rm', 'link', 'rename', 'unlink', 'utimes', 'truncate'],
];
const WITH_DESCRIPTOR = ['write', 'read', 'fsync', 'fdatasync', 'fstat', 'ftruncate', 'futimes', 'close'];

type Function = (...args: unknown[]) => unknown;
const library = fs as unknown as Record<string, Function>;
const promises = fs.promises as unknown as Record<string, Function>;

/** A write's arguments, for fewer bytes. */
function shortened([descriptor, data, offset]: readonly unknown[], length: number): unknown[] {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(String(data));
  const from = typeof offset === 'number' ? offset : 0;
  return [descriptor, bytes, from, Math.min(length, bytes.length - from)];
}

/** A system error as Node makes it. */
export function systemError(code: string, call: FileCall): Error {
  return Object.assign(new Error(`${code}: planted, ${call.op} '${call.path}'`), {
    code,
    syscall: call.op,
    path: call.path,
    errno: -5,
  });
}

/** Runs `work` with the hand in every file operation below `roots`. Not for two at once. */
export async function withHand<T>(roots: readonly string[], hand: Hand, work: () => Promise<T>): Promise<T> {
  const originals = new Map<string, Function>();
  const originalPromises = new Map<string, Function>();
  const descriptors = new Map<unknown, string>();
  const isOurs = (path: unknown): path is string =>
    typeof path === 'string' &&
    roots.some((root) => resolve(path) === root || resolve(path).startsWith(root + sep));
  let n = 0;

  /** The call's path, or null for one that is none of ours. */
  const pathOf = (op: string, args: readonly unknown[]): string | null => {
    if (WITH_DESCRIPTOR.includes(op)) return descriptors.get(args[0]) ?? null;
    return isOurs(args[0]) ? resolve(args[0]) : null;
  };
  const done = (call: FileCall, result: unknown): void => {
    if (call.op === 'open') descriptors.set(result, call.path);
    if (call.op === 'close') descriptors.delete(call.args[0]);
    hand.after?.(call, result);
  };
  /** What the hand makes of a call: its arguments, or a failure. */
  const begin = (
    op: string,
    path: string,
    args: unknown[],
  ): { call: FileCall; args: unknown[]; failure: Error | null } => {
    const call = { n: ++n, op, path, args };
    const verdict = hand.before(call);
    if (typeof verdict === 'number') return { call, args: shortened(args, verdict), failure: null };
    return { call, args, failure: verdict };
  };

  const sync = (op: string, original: Function): Function =>
    function (this: unknown, ...given: unknown[]) {
      const path = pathOf(op, given);
      if (path === null) return original.apply(this, given);
      const { call, args, failure } = begin(op, path, given);
      // A close that fails has closed all the same.
      if (failure !== null && op === 'close') original.apply(this, args);
      if (failure !== null) throw failure;
      const result = original.apply(this, args);
      done(call, result);
      return result;
    };
  const callback = (op: string, original: Function): Function =>
    function (this: unknown, ...given: unknown[]) {
      const path = pathOf(op, given);
      const answer = given.at(-1);
      if (path === null || typeof answer !== 'function') return original.apply(this, given);
      const { call, args, failure } = begin(op, path, given);
      if (failure !== null) return void queueMicrotask(() => answer(failure));
      const answered = (error: unknown, result: unknown): void => {
        if (error === null || error === undefined) done(call, result);
        answer(error, result);
      };
      return original.apply(this, [...args.slice(0, -1), answered]);
    };
  const promised = (op: string, original: Function): Function =>
    async function (this: unknown, ...given: unknown[]) {
      const path = pathOf(op, given);
      if (path === null) return await original.apply(this, given);
      const { call, args, failure } = begin(op, path, given);
      if (failure !== null) throw failure;
      const result = await original.apply(this, args);
      done(call, result);
      return result;
    };
  const put = (name: string, make: (original: Function) => Function): void => {
    const original = library[name];
    if (typeof original !== 'function') return;
    originals.set(name, original);
    // `realpathSync.native` and the like stay.
    library[name] = Object.assign(make(original), original);
  };

  for (const op of [...WITH_PATH, ...WITH_DESCRIPTOR]) {
    put(`${op}Sync`, (original) => sync(op, original));
    put(op, (original) => callback(op, original));
    if (typeof promises[op] !== 'function' || WITH_DESCRIPTOR.includes(op)) continue;
    originalPromises.set(op, promises[op]);
    promises[op] = promised(op, promises[op]);
  }
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    for (const [name, original] of originals) library[name] = original;
    for (const [name, original] of originalPromises) promises[name] = original;
    syncBuiltinESMExports();
  }
}
