/**
 * Where the full recordings are, if they are beside the project.
 */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

function recordingsIn(name: string): readonly string[] {
  const folder = fileURLToPath(new URL(`../../../shared/${name}/`, import.meta.url));
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.trace.gz'));
  return files.sort().map((file) => `${folder}${file}`);
}

/** Paths of the recordings of 6.1 and 6.12; empty when there are none. */
export const RECORDINGS: readonly string[] = recordingsIn('traces');
/** Paths of the recordings of 6.16 and 6.18; empty when there are none. */
export const NEW_RECORDINGS: readonly string[] = recordingsIn('traces-new');

if (RECORDINGS.length === 0)
  process.stderr.write(
    'test/trace: ../shared/traces is absent, tests over the full recordings are skipped\n',
  );

/** The recording that the project carries. */
export const CARRIED = fileURLToPath(new URL('../../data/server-6.12.trace.gz', import.meta.url));
