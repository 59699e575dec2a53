import type { Engine } from '../../src/cli/engine-api.js';
import type { Terminal } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/run-cli.js';
import { fakeEngine } from './fake-engine.js';

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSettings {
  readonly engine?: Engine;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  readonly terminal?: Terminal;
  /** Answers the questions of a command. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Is told of every write to either stream, as it comes. */
  readonly onWrite?: (text: string) => void;
  /** Is given the function that is Ctrl-C. */
  readonly withInterrupt?: (interrupt: () => void) => void;
}

/** Runs a command line in this process, with its output in strings. */
export async function cli(argv: readonly string[], settings: CliSettings = {}): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  settings.withInterrupt?.(() => {
    for (const listener of listeners) listener();
  });
  const exitCode = await runCli(
    argv,
    {
      stdout: {
        write: (text) => {
          stdout += text;
          settings.onWrite?.(text);
        },
        isTTY: settings.isTTY,
      },
      stderr: {
        write: (text) => {
          stderr += text;
          settings.onWrite?.(text);
        },
        isTTY: settings.isTTY,
        columns: 80,
      },
      terminal: settings.terminal,
      confirm: settings.confirm,
      env: settings.env ?? {},
      onInterrupt: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    settings.engine ?? fakeEngine(),
  );
  return { exitCode, stdout, stderr };
}
