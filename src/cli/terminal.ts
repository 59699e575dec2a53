/**
 * The process's terminal: as a whole screen, which looks as before however the process ends, short of
 * SIGKILL; and for a question.
 */

import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { visible } from '../report/escape.js';
import { sendSignal } from '../seal/process-seal.js';
import type { Terminal } from './io.js';

/** The other screen, no cursor, no wrapping at the edge; and back. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
/** These end a process without its exit handlers. */
const DEADLY = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Lines from the top left corner on, each over what stood there. */
export function screenText(lines: readonly string[]): string {
  return `\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}`;
}

/** Undefined where there is none, or where it cannot place text. */
export function processTerminal(
  stdin: ReadStream,
  stdout: WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal | undefined {
  if (!stdin.isTTY || !stdout.isTTY || env.TERM === 'dumb') return undefined;
  return {
    get rows() {
      return stdout.rows;
    },
    get columns() {
      return stdout.columns;
    },
    write: (text) => stdout.writable && stdout.write(text),
    open({ onInput, onResize, onEnd }) {
      let isOpen = true;
      const restore = () => {
        if (!isOpen) return;
        isOpen = false;
        stdin.setRawMode(false);
        if (stdout.writable) stdout.write(LEAVE);
      };
      const die = (signal: NodeJS.Signals) => {
        close();
        sendSignal(process.pid, signal);
      };
      const wake = () => {
        stdin.setRawMode(true);
        stdout.write(ENTER);
        onResize();
      };
      const close = () => {
        restore();
        stdin.off('data', onInput).off('end', onEnd).off('error', onEnd).pause();
        stdout.off('resize', onResize);
        process.off('exit', restore).off('uncaughtExceptionMonitor', restore).off('SIGCONT', wake);
        for (const signal of DEADLY) process.off(signal, die);
      };
      // Before an error is printed, so that it stands on the screen that stays.
      process.on('exit', restore).on('uncaughtExceptionMonitor', restore).on('SIGCONT', wake);
      for (const signal of DEADLY) process.on(signal, die);
      stdin.setRawMode(true);
      stdin.setEncoding('utf8').on('data', onInput).on('end', onEnd).on('error', onEnd).resume();
      stdout.on('resize', onResize).write(ENTER);
      return close;
    },
  };
}

/** Asks on stderr, so that stdout stays what the command answers. Undefined where nobody sits there. */
export function processConfirm(
  stdin: ReadStream,
  stderr: WriteStream,
): ((question: string) => Promise<boolean>) | undefined {
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return async (question) => {
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      const answer = await Promise.race([lines.question(`${visible(question)} [y/N] `), closed]);
      return /^y(?:es)?$/i.test(answer.trim());
    } finally {
      lines.close();
    }
  };
}
