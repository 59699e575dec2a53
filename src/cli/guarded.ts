/**
 * The last thing that every printed text goes through. Texts from files, recordings and users' modules are
 * escaped where they are laid out, because only there is it known what is theirs; but one place that forgets
 * it must not hand a stranger the terminal. Newlines pass, and where there are colours the few codes that we
 * paint with; everything else that a terminal acts on is shown as an escape, and what CI would take for a
 * command is broken (`report/ci-commands.ts`) unless it is given as one.
 */

import { CommandBreaker } from '../report/ci-commands.js';
import { colorsFor } from '../report/colors.js';
import { escapeOf } from '../report/escape.js';
import { UNPRINTABLE } from '../vocabulary/unprintable.js';
import type { CliIo, OutputStream } from './io.js';

/**
 * Reset, bold, dim, their end, and the foreground colours of Colors: none of them hides or moves anything.
 */
const PAINT = '\\u001b\\[(?:0|1|2|22|3[1-79]|9[0-7])m';
const PLAIN_TEXT = new RegExp(`\\n|${UNPRINTABLE.source}`, 'gu');
const PAINTED_TEXT = new RegExp(`\\n|${PAINT}|${UNPRINTABLE.source}`, 'gu');

const ERASE_LINE = '\r\u001b[K';

export function guarded(io: CliIo): CliIo {
  return { ...io, stdout: guardedStream(io.stdout, io.env), stderr: guardedStream(io.stderr, io.env) };
}

function guardedStream(stream: OutputStream, env: CliIo['env']): OutputStream {
  const pattern = colorsFor(stream, env).isColorSupported ? PAINTED_TEXT : PLAIN_TEXT;
  const shown = (text: string): string =>
    text.replace(pattern, (found) => (found === '\n' || found.length > 2 ? found : escapeOf(found)));
  const commands = new CommandBreaker();
  return {
    write: (text) => stream.write(commands.broken(shown(text))),
    command(line) {
      const text = `${shown(line)}\n`;
      commands.note(text);
      if (stream.command === undefined) stream.write(text);
      else stream.command(text);
    },
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    eraseLine: () => stream.write(ERASE_LINE),
  };
}
