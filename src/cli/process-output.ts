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
  /** Whether the reader went away (`| head -1`), so that the rest was printed for nobody. */
  isUnread(): boolean;
  /** Resolves when everything is written: pipes are written asynchronously. */
  flushed(): Promise<void>;
}

/** What a write to a pipe, or to a socket, whose reader is gone fails with. */
const NO_READER: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);

/**
 * Takes the stream over: whoever else writes to it from now on cannot begin a command to CI with it. Once per
 * stream. `onUnread` is called once, when a write has shown that the reader went away.
 */
export function processOutput(
  stream: NodeJS.WriteStream,
  onUnread: () => void = () => undefined,
): ProcessOutput {
  // The stream's own, whatever a module puts in its place.
  const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;
  const commands = new CommandBreaker();
  let failure: unknown = null;
  let isUnread = false;
  const fail = (error: Error): void => {
    if (!NO_READER.has(errorCode(error) ?? '')) failure ??= error;
    else if (!isUnread) {
      isUnread = true;
      onUnread();
    }
  };
  stream.on('error', fail);
  const attempt = (text: string): unknown => {
    if (stream.writable) return write(text);
    // The stream knows of its end before it tells.
    fail(stream.errored ?? new Error('somebody has closed it'));
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
    isUnread: () => isUnread,
    flushed: () =>
      new Promise((resolve) => {
        if (!stream.writable) resolve();
        else write('', () => resolve());
      }),
  };
}
