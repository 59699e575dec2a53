import type { OnRead } from '../modules/reads.js';
import { jsonText } from '../report/json-documents.js';
import type { WatchedRun } from './watch/again.js';

/** The world as a command sees it. Tests give it strings; main.ts gives it the process. */

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  /**
   * Writes a line that CI takes for a command of ours; what `write` would not let through. Absent where
   * `write` lets everything through.
   */
  command?(line: string): unknown;
  /**
   * Takes away the line that the cursor stands on; what `write` would not let through. Absent where nothing
   * is ever drawn.
   */
  eraseLine?(): unknown;
}

/** A terminal that is read key by key and drawn on as a whole. */
export interface Terminal {
  readonly rows: number;
  readonly columns: number;
  write(text: string): unknown;
  /**
   * Hands the screen over until the answered function is called; how it looked before comes back then, or
   * when the process ends.
   */
  open(listener: TerminalListener): () => void;
}

export interface TerminalListener {
  /** Bytes that a key sends; several keys may come at once. */
  onInput(text: string): void;
  onResize(): void;
  /** Nothing will be read any more. */
  onEnd(): void;
}

export interface CliIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Where both stdin and stdout are a terminal. */
  readonly terminal?: Terminal;
  /**
   * Asks a question that is answered by yes or no, where somebody sits there to answer it. Anything but a yes
   * is a no.
   */
  readonly confirm?: (question: string) => Promise<boolean>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Calls `listener` at the first Ctrl-C, and when nobody reads stdout any more; answers a function that
   * stops listening.
   */
  onInterrupt(listener: () => void): () => void;
  /** Whether the reader of stdout went away. Absent where nobody can. */
  readonly isUnread?: () => boolean;
  /**
   * Whether the process has been asked to end, also by what is on its way. Absent where nobody can ask.
   */
  readonly isInterrupted?: () => Promise<boolean>;
  /** Starts the command line once more, in a process of its own. Absent where nothing can. */
  readonly again?: (onRead: OnRead) => WatchedRun;
  /** Whether this is such a process. */
  readonly isWatched?: boolean;
}

export function printLine(stream: OutputStream, text: string): void {
  stream.write(`${text}\n`);
}

/** One JSON document, alone on the stream. */
export function printJson(stream: OutputStream, document: unknown): void {
  printLine(stream, jsonText(document));
}

/** Prints a line that CI takes for a command. */
export function printCommand(stream: OutputStream, line: string): void {
  if (stream.command === undefined) printLine(stream, line);
  else stream.command(line);
}

/** Says that the work was ended early. Who closed its output knows, and expects silence. */
export function printInterrupted({ stderr, isUnread }: CliIo, text: string): void {
  if (isUnread?.() !== true) printLine(stderr, `interrupted: ${text}`);
}
