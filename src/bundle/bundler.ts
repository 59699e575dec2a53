import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { build as Build, BuildOptions, BuildResult } from 'esbuild';
import { atEnd } from '../seal/at-end.js';
import { ProgramEndedError } from '../vocabulary/errors.js';

/**
 * The bundler, esbuild: a process of its own, which may be ended by others as any process may (a machine that
 * is out of memory, a job that is cancelled).
 */

/** Longer than any build; what counts is that something is waited for. */
const AWAKE_MS = 1_000_000;

/** esbuild's process, once it has one. */
let service: ChildProcess | null = null;

/**
 * A build. Throws esbuild's own BuildFailure for what is wrong with the files, and ProgramEndedError where
 * esbuild itself gave no answer, in two processes; the next build then has another.
 */
export async function build<Options extends BuildOptions>(
  options: Parameters<typeof Build<Options>>[0],
): Promise<BuildResult<Options>> {
  // Of what esbuild opens, its process alone is waited for. Where that is gone, nothing is, and this process
  // would end before it heard that there is no answer.
  const awake = setInterval(() => undefined, AWAKE_MS);
  // In the middle of a build, with nobody left to ask, esbuild says of itself that it is deadlocked: a trace
  // on the stderr of this process, which has ended by then. Its own `stop` hangs up before it ends it.
  const done = atEnd(() => void service?.kill('SIGKILL'));
  try {
    return await inOneProcess(options).catch((error: unknown) => {
      // A build changes nothing but its own file, so another may do it again.
      if (error instanceof ProgramEndedError) return inOneProcess(options);
      throw error;
    });
  } finally {
    done();
    clearInterval(awake);
  }
}

async function inOneProcess<Options extends BuildOptions>(
  options: Parameters<typeof Build<Options>>[0],
): Promise<BuildResult<Options>> {
  const esbuild = await import('esbuild');
  try {
    // It hands its process to nobody. Whoever starts one tells Node's channel at once.
    subscribe('child_process', noteService);
    const answer = esbuild.build<Options>(options);
    unsubscribe('child_process', noteService);
    return await answer;
  } catch (error) {
    if (hasErrorsOfFiles(error)) throw error;
    await esbuild.stop();
    throw new ProgramEndedError('the bundler, esbuild,', reasonOf(error));
  } finally {
    unsubscribe('child_process', noteService);
  }
}

function noteService(told: unknown): void {
  service = (told as { readonly process: ChildProcess }).process;
}

/** Only what is wrong with files comes as a list. */
function hasErrorsOfFiles(error: unknown): boolean {
  return error instanceof Error && 'errors' in error;
}

/** A package that is not installed is told by esbuild on many lines. */
function reasonOf(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return `gave no answer: ${line}`;
}
