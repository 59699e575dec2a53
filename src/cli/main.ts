#!/usr/bin/env node
/** The process: its streams, its signals, its exit code. */

import { writeSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { guardEnd } from '../seal/guard-end.js';
import { sealProcess } from '../seal/process-seal.js';
import { errorCode, systemReason } from '../vocabulary/errors.js';
import { createEngine } from './engine.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED } from './exit-codes.js';
import { guarded } from './guarded.js';
import type { CliIo } from './io.js';
import { processOutput } from './process-output.js';
import { reportError, runCli } from './run-cli.js';
import { processConfirm, processTerminal } from './terminal.js';

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

for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    // Nobody who could wind down, or the second time: end at once.
    if (interruptedWith !== null || interruptListeners.size === 0) end(code);
    interruptedWith = code;
    for (const listener of interruptListeners) listener();
  });
}

const [stdout, stderr] = [processOutput(process.stdout), processOutput(process.stderr)];

const engine = createEngine();
const io: CliIo = {
  stdout,
  stderr,
  confirm: processConfirm(process.stdin, process.stderr),
  terminal: processTerminal(process.stdin, process.stdout, process.env),
  env: process.env,
  onInterrupt: (listener) => {
    interruptListeners.add(listener);
    return () => interruptListeners.delete(listener);
  },
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
// Worker threads are closed by now; should one hang, it must not keep the command from ending.
end(exitCode);
