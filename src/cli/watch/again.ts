import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { OnRead } from '../../modules/reads.js';
import { atEnd } from '../../seal/at-end.js';

/**
 * This command line once more, in a process of its own: nothing of an earlier run is in it, be it a module's
 * state, a worker or memory that was not given back.
 */

/** Says to a process that it is one of a watch. */
const WATCHED = 'SHOOTDOWN_WATCHED';

/** How long a run that is not wanted any more may take to end before it is killed. */
const PATIENCE_MS = 5_000;

export interface WatchedRun {
  /** Its exit code, as shells tell it. */
  readonly ended: Promise<number>;
  /** Asks it to end as Ctrl-C would: it says what it knows. */
  interrupt(): void;
  /** Ends it; it says nothing more, and what it has found is kept. */
  cut(): void;
}

/** `onRead` is told of the files of the run's modules. */
export function again(onRead: OnRead): WatchedRun {
  const [script, ...argv] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, script, ...argv], {
    env: { ...process.env, [WATCHED]: '1' },
    // Ctrl-C would reach it past us otherwise, and once more from us.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => {
    if (Array.isArray(message)) onRead(String(message[0]), String(message[1]));
  });
  const cut = (): void => {
    if (child.connected) child.disconnect();
    // It may have nothing to wind down, and then hears of nothing else.
    child.kill('SIGTERM');
  };
  const done = atEnd(cut);
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    // Not `close`: it does not come where it was us who closed the channel.
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  }).finally(done);
  return {
    ended,
    interrupt: () => void child.kill('SIGINT'),
    cut() {
      cut();
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      ended.finally(() => clearTimeout(timer)).catch(() => undefined);
    },
  };
}

/**
 * In a process that `again` has started: what tells the one that did of files. Undefined in every other.
 * `onLeft`: it wants no more of this run, or is gone.
 */
export function asWatched(onLeft: () => void): OnRead | undefined {
  const isWatched = process.env[WATCHED] !== undefined && process.channel !== undefined;
  delete process.env[WATCHED];
  if (!isWatched) return undefined;
  process.once('disconnect', onLeft);
  // It is no reason not to end.
  process.channel?.unref();
  return (file, state) => {
    if (process.connected) process.send?.([file, state]);
  };
}
