#!/usr/bin/env node
/** The process: its streams, its signals, its exit code. */

import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { guardEnd } from '../seal/guard-end.js';
import { sealProcess } from '../seal/process-seal.js';
import { errorCode, systemReason } from '../vocabulary/errors.js';
import { createEngine } from './engine.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED } from './exit-codes.js';
import { guarded } from './guarded.js';
import type { CliIo, OutputStream } from './io.js';
import { reportError, runCli } from './run.js';
import { processConfirm, processTerminal } from './terminal.js';

// Before any module runs: from here on only `end` ends the process, and everything else is no verdict.
const end = guardEnd(() => {
  writeSync(2, 'shootdown: the process ends before the command has said its verdict; look for what its modules do to the process\n');
  return EXIT_FAILURE;
});
sealProcess();

/** What asks a process to end, and the exit code that shells expect then. A closed terminal and a job that is cancelled lose no finding either. */
const SIGNALS = { SIGINT: EXIT_INTERRUPTED, SIGTERM: 143, SIGHUP: 129 } as const;

const interruptListeners = new Set<() => void>();
let interruptedWith: number | null = null;
let stdoutError: unknown = null;

for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    // Nobody who could wind down, or the second time: end at once.
    if (interruptedWith !== null || interruptListeners.size === 0) end(code);
    interruptedWith = code;
    for (const listener of interruptListeners) listener();
  });
}

// A reader that goes away (`shootdown list variants | head -1`) is no failure: the rest is dropped and the command ends as it would.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE' && stream === process.stdout) stdoutError ??= error;
  });
}

/** `write`: the stream's own, whatever a module puts in its place. */
function outputTo(stream: NodeJS.WriteStream, write = stream.write.bind(stream)): OutputStream {
  return {
    write: (text) => stream.writable && write(text),
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
  };
}

const io: CliIo = {
  stdout: outputTo(process.stdout),
  stderr: outputTo(process.stderr),
  confirm: processConfirm(process.stdin, process.stderr),
  terminal: processTerminal(process.stdin, process.stdout, process.env),
  env: process.env,
  onInterrupt: (listener) => {
    interruptListeners.add(listener);
    return () => interruptListeners.delete(listener);
  },
};

// Node would print a stack and end with 1, which is a violation's exit code.
const fail = (error: unknown): never => end(reportError(error, guarded(io)));
process.on('uncaughtException', fail).on('unhandledRejection', fail);

let exitCode = await runCli(process.argv.slice(2), io, createEngine());
if (exitCode === EXIT_INTERRUPTED && interruptedWith !== null) exitCode = interruptedWith;
// What a module began and nobody waits for may still fail.
await setImmediate();
// Pipes are written asynchronously: let both streams empty before the process ends.
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
if (stdoutError !== null) {
  process.stderr.write(`shootdown: cannot write to stdout: ${systemReason(stdoutError)}; make room or write elsewhere\n`);
  exitCode = EXIT_FAILURE;
}
// Worker threads are closed by now; should one hang, it must not keep the command from ending.
end(exitCode);

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}
