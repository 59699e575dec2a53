import { CommandBreaker } from '../report/ci-commands.js';
import { errorCode } from '../vocabulary/errors.js';
import type { OutputStream } from './io.js';

/**
 * One of the process's streams: what the command prints there, and what users' modules write there past it.
 */
export interface ProcessOutput extends OutputStream {
  /**
   * Why something that was to be printed was not; null if all was well. A reader that went away is no
   * failure.
   */
  failure(): unknown;
  /** Resolves when everything is written: pipes are written asynchronously. */
  flushed(): Promise<void>;
}

/**
 * Takes the stream over: whoever else writes to it from now on cannot begin a command to CI with it. Once per
 * stream.
 */
export function processOutput(stream: NodeJS.WriteStream): ProcessOutput {
  // The stream's own, whatever a module puts in its place.
  const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;
  const commands = new CommandBreaker();
  let failure: unknown = null;
  let isGone = false;
  // A reader that goes away (`shootdown list variants | head -1`): the rest is dropped and the command ends
  // as it would.
  stream.on('error', (error) => {
    if (errorCode(error) === 'EPIPE') isGone = true;
    else failure ??= error;
  });
  const attempt = (text: string): unknown => {
    if (stream.writable) return write(text);
    if (!isGone) failure ??= new Error('somebody has closed it');
    return undefined;
  };
  const others = (chunk: unknown, ...rest: unknown[]): boolean => {
    if (typeof chunk === 'string') return write(commands.broken(chunk), ...rest);
    if (!(chunk instanceof Uint8Array)) return write(chunk as string, ...rest);
    // Bytes as they are: what a command begins with is ASCII.
    return write(Buffer.from(commands.broken(Buffer.from(chunk).toString('latin1')), 'latin1'), ...rest);
  };
  stream.write = others as typeof stream.write;
  return {
    write: (text) => attempt(commands.broken(text)),
    command(line) {
      commands.note(line);
      attempt(line);
    },
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    failure: () => failure,
    flushed: () =>
      new Promise((resolve) => {
        if (!stream.writable) resolve();
        else write('', () => resolve());
      }),
  };
}
