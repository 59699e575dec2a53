import { spawn } from 'node:child_process';
import { atEnd } from '../seal/at-end.js';

/**
 * The user's compiler and linker as processes. They are not waited for with this thread blocked: a signal
 * that asks the command to end must be heard, and they end with it.
 */

/** How one of them ended. */
export interface EndedTool {
  /** Null where it was ended by a signal, or never began. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not begin, or null. */
  readonly error: Error | null;
  /** It took longer than it may, and was killed. */
  readonly isLate: boolean;
}

interface ToolOptions {
  readonly cwd?: string;
  /** Beside the variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly patienceMs: number;
}

/** Characters of each stream that are kept. */
const OUTPUT_MAX = 64 * 2 ** 20;

/** Runs a command with nothing on its stdin; it is killed after `patienceMs`, and when this process ends. */
export function runTool(
  command: string,
  args: readonly string[],
  { cwd, env, patienceMs }: ToolOptions,
): Promise<EndedTool> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (): void => void child.kill('SIGKILL');
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (said[name].length < OUTPUT_MAX) said[name] += text;
      });
    const end = (how: Partial<EndedTool>): void => {
      clearTimeout(timer);
      done();
      resolve({ ...said, status: null, signal: null, error: null, isLate: false, ...how });
    };
    const timer = setTimeout(() => {
      kill();
      // What it has started may still hold the pipes.
      child.stdout.destroy();
      child.stderr.destroy();
      end({ isLate: true });
    }, patienceMs);
    const done = atEnd(kill);
    child.on('error', (error) => end({ error })).on('close', (status, signal) => end({ status, signal }));
  });
}
