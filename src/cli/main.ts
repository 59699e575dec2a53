#!/usr/bin/env node
/** The process: its streams, its signals, its exit code. */

import { writeSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { tellReads } from '../modules/reads.js';
import { watchAtEnd } from '../seal/at-end.js';
import { guardEnd } from '../seal/guard-end.js';
import { sealProcess } from '../seal/process-seal.js';
import { errorCode, systemReason } from '../vocabulary/errors.js';
import { createEngine } from './engine.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_UNREAD, EXIT_USAGE } from './exit-codes.js';
import { guarded } from './guarded.js';
import type { CliIo } from './io.js';
import { processOutput } from './process-output.js';
import { reportError, runCli } from './run-cli.js';
import { processConfirm, processTerminal } from './terminal.js';
import { again, asWatched } from './watch/again.js';

// Before any module runs: from here on only `end` ends the process, and everything else is no verdict.
const end = guardEnd(() => {
  writeSync(
    2,
    'shootdown: the process ends before the command has said its verdict; look for what its modules do ' +
      'to the process\n',
  );
  return EXIT_FAILURE;
});
sealProcess();

/**
 * What asks a process to end, and the exit code that shells expect then. A closed terminal and a job that is
 * cancelled lose no finding either.
 */
const SIGNALS = { SIGINT: EXIT_INTERRUPTED, SIGTERM: 143, SIGHUP: 129 } as const;

/** How long a signal that was sent before something else failed may take to be heard of. */
const SIGNAL_MS = 20;

const interruptListeners = new Set<() => void>();
let interruptedWith: number | null = null;
/** It is a run of a watch, which ends one that nobody wants any more by SIGTERM: it says nothing then. */
let isWatched = false;

const handlers = Object.entries(SIGNALS).map(([signal, code]) => {
  const handler = (): void => {
    // Nobody who could wind down, or the second time: end at once.
    const isCut = isWatched && signal === 'SIGTERM';
    if (isCut || interruptedWith !== null || interruptListeners.size === 0) end(code);
    interruptedWith = code;
    for (const listener of interruptListeners) listener();
  };
  return { signal, handler };
});
/** Directories and processes that go with this one. */
let hasToUndo = false;
let isHearing = false;
/**
 * Hears signals where there is something to wind down or to take away. Else the system ends the process at
 * one, in the middle of whatever keeps it busy, and shells tell the same exit code.
 */
function hear(): void {
  if (!isHearingWanted() || isHearing) return;
  isHearing = true;
  for (const { signal, handler } of handlers) process.on(signal, handler);
}
/** Once what has come by now has been heard of: that is in the next round of the event loop. */
async function hearNoLonger(): Promise<void> {
  await setImmediate();
  await setImmediate();
  if (isHearingWanted() || !isHearing) return;
  isHearing = false;
  for (const { signal, handler } of handlers) process.off(signal, handler);
}
// What a container begins with is ended by no signal that it does not handle.
function isHearingWanted(): boolean {
  return process.pid === 1 || hasToUndo || interruptListeners.size > 0;
}
watchAtEnd((hasSome) => {
  hasToUndo = hasSome;
  hear();
  void hearNoLonger();
});

// What is to be printed is nobody's any more: what can wind down does, as at a signal.
const onUnread = (): void => {
  for (const listener of interruptListeners) listener();
};
const [stdout, stderr] = [processOutput(process.stdout, onUnread), processOutput(process.stderr)];

const onRead = asWatched(() => end(SIGNALS.SIGTERM));
isWatched = onRead !== undefined;
if (onRead !== undefined) tellReads(onRead);

const engine = createEngine();
const io: CliIo = {
  stdout,
  stderr,
  confirm: processConfirm(process.stdin, process.stderr),
  terminal: processTerminal(process.stdin, process.stdout, process.env),
  env: process.env,
  onInterrupt: (listener) => {
    interruptListeners.add(listener);
    hear();
    if (stdout.isUnread()) queueMicrotask(listener);
    return () => {
      interruptListeners.delete(listener);
      void hearNoLonger();
    };
  },
  again,
  isWatched: onRead !== undefined,
  isUnread: () => stdout.isUnread(),
  isInterrupted: async () => {
    // A signal that has come is heard of in the next round of the event loop.
    await setTimeout(SIGNAL_MS);
    return interruptedWith !== null;
  },
};

// Node would print a stack and end with 1, which is a violation's exit code.
const fail = (error: unknown): void => {
  // What else fails ends the process at once, whatever is still to run.
  if (errorCode(error) !== 'EPIPE') end(reportError(error, guarded(io), engine));
  failing ??= failedPipe(error);
};
/** The bundler's pipe: it may have been asked to end as this process has. */
let failing: Promise<never> | null = null;
async function failedPipe(error: unknown): Promise<never> {
  await setTimeout(SIGNAL_MS);
  return end(interruptedWith ?? reportError(error, guarded(io), engine));
}
process.on('uncaughtException', fail).on('unhandledRejection', fail);

let exitCode = await runCli(process.argv.slice(2), io, engine);
if (exitCode === EXIT_INTERRUPTED && interruptedWith !== null) exitCode = interruptedWith;
// What a module began and nobody waits for may still fail.
await setImmediate();
if (failing !== null) await failing;
await Promise.all([stdout.flushed(), stderr.flushed()]);
if (stdout.failure() !== null) {
  stderr.write(
    `shootdown: cannot write to stdout: ${systemReason(stdout.failure())}; make room or write elsewhere\n`,
  );
  exitCode = EXIT_FAILURE;
}
// A verdict that nobody was told is none. What went wrong besides was told on stderr.
const isTold = [EXIT_USAGE, EXIT_FAILURE].includes(exitCode) || interruptedWith !== null;
if (stdout.isUnread() && !isTold) exitCode = EXIT_UNREAD;
// Worker threads are closed by now; should one hang, it must not keep the command from ending.
end(exitCode);
