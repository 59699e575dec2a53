import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What a search runs, and what has translated that. */
const ENTRIES = ['workers/verify.ts', 'src/lowering/plugin.ts'];

/**
 * The sources that decide a verdict about all executions, as sorted paths under `root`: all that the thread
 * of a search is bundled from, and what lowers it. Types do not count.
 */
export async function decidingFiles(root: URL): Promise<string[]> {
  const directory = fileURLToPath(root);
  const { metafile } = await build({
    entryPoints: ENTRIES.map((entry) => fileURLToPath(new URL(entry, root))),
    absWorkingDir: directory,
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external' },
    ...{ write: false, metafile: true, outdir: 'unwritten', logLevel: 'silent' },
  });
  return Object.keys(metafile.inputs)
    .map((path) => relative('.', path))
    .filter((path) => /^(src|workers)\//.test(path))
    .sort();
}
