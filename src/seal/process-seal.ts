import { syncBuiltinESMExports } from 'node:module';
import { constants } from 'node:os';
import type { Told } from '../vocabulary/told.js';

/**
 * Users' modules run in the process of the command. A module that ended it would take the verdict along: what
 * looks like success would be none. So while a module may run, the functions of the process that end it, move
 * it or load code that nobody has read throw, and what they throw is a mistake of the module, with its line.
 */

const ENDS = 'would end the process before it has said its verdict';
const MOVES = 'would move the process away from the files that it was given';
const LOADS = 'would run code that nobody has read';

const SEALED: Readonly<Record<string, string>> = {
  exit: ENDS,
  reallyExit: ENDS,
  abort: ENDS,
  kill: ENDS,
  _kill: ENDS,
  chdir: MOVES,
  dlopen: LOADS,
  binding: LOADS,
  _linkedBinding: LOADS,
  getBuiltinModule: LOADS,
};

type Properties = Record<string, unknown>;

type Untyped = (...args: readonly unknown[]) => unknown;

/** As Node made them, before any module has run. */
const made = { ...(process as unknown as Readonly<Record<string, Untyped>>) };

/** What a module called and must not; the line is where it did. */
export class SealError extends Error {
  override readonly name = 'SealError';

  constructor(message: string) {
    const told: Told = { told: 'definition', program: null };
    super(message, { cause: told });
  }
}

/** Seals this thread's process. Answers a function that opens it again. */
export function sealProcess(): () => void {
  const own = process as unknown as Properties;
  const before: Properties = {};
  for (const [name, why] of Object.entries(SEALED)) {
    if (typeof own[name] !== 'function') continue;
    before[name] = own[name];
    own[name] = sealedFunction(name, why);
  }
  // Of a CommonJS worker it has a `require`.
  if ('mainModule' in own) before.mainModule = own.mainModule;
  own.mainModule = undefined;
  // `import { exit } from 'node:process'` has its own copies of them.
  syncBuiltinESMExports();
  return () => {
    if (!('mainModule' in before)) delete own.mainModule;
    Object.assign(own, before);
    syncBuiltinESMExports();
  };
}

function sealedFunction(name: string, why: string): Untyped {
  return (...args) => {
    // Signal 0 asks whether a process is there and does nothing to it.
    if (/^_?kill$/.test(name) && args[1] === 0) return made[name].call(process, ...args);
    throw new SealError(`process.${name}() ${why}; a module has no use for it, leave it out`);
  };
}

/** Sends a signal whatever is sealed. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  made._kill(pid, constants.signals[signal]);
}

/** Runs `work`, which does not wait for anything, with the process sealed. */
export function whileSealed<T>(work: () => T): T {
  const open = sealProcess();
  try {
    return work();
  } finally {
    open();
  }
}

/** Ends the process at once, after its exit handlers, whatever is sealed. */
export function endSealed(code: number): never {
  try {
    process.emit('exit', code);
  } catch {
    // A handler of a module's: nothing that it throws is of interest any more.
  }
  made.reallyExit.call(process, code);
  throw new Error('the process goes on after its end');
}
