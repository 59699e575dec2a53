/**
 * Where the full recordings are, if they are beside the project.
 */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/traces/', import.meta.url));

/** Paths of all recordings; empty when there are none. */
export const RECORDINGS: readonly string[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.trace.gz'))
      .sort()
      .map((name) => `${folder}${name}`)
  : [];

if (RECORDINGS.length === 0) process.stderr.write('test/trace: ../shared/traces is absent, tests over the full recordings are skipped\n');

/** The recording that the project carries. */
export const CARRIED = fileURLToPath(new URL('../../data/server-6.12.trace.gz', import.meta.url));
