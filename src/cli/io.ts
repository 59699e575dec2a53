/** The world as a command sees it. Tests give it strings; main.ts gives it the process. */

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface CliIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls `listener` at the first Ctrl-C; answers a function that stops listening. */
  onInterrupt(listener: () => void): () => void;
}

export function printLine(stream: OutputStream, text: string): void {
  stream.write(`${text}\n`);
}
