import type { build as Build, BuildOptions, BuildResult } from 'esbuild';
import { ProgramEndedError } from '../vocabulary/errors.js';

/**
 * The bundler, esbuild: a process of its own, which may be ended by others as any process may (a machine that
 * is out of memory, a job that is cancelled).
 */

/** Longer than any build; what counts is that something is waited for. */
const AWAKE_MS = 1_000_000;

/**
 * A build. Throws esbuild's own BuildFailure for what is wrong with the files, and ProgramEndedError where
 * esbuild itself gave no answer; the next build then has a new process.
 */
export async function build<Options extends BuildOptions>(
  options: Parameters<typeof Build<Options>>[0],
): Promise<BuildResult<Options>> {
  // Of what esbuild opens, its process alone is waited for. Where that is gone, nothing is, and this process
  // would end before it heard that there is no answer.
  const awake = setInterval(() => undefined, AWAKE_MS);
  try {
    const esbuild = await import('esbuild');
    try {
      return await esbuild.build<Options>(options);
    } catch (error) {
      if (hasErrorsOfFiles(error)) throw error;
      await esbuild.stop();
      throw new ProgramEndedError('the bundler, esbuild,', reasonOf(error));
    }
  } finally {
    clearInterval(awake);
  }
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
