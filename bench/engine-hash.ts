import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * A hash of all code that runs in an exploration worker: what was measured with another engine is measured
 * anew.
 */
export async function engineHash(): Promise<string> {
  const entry = fileURLToPath(new URL('../workers/explore-batch.ts', import.meta.url));
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'silent',
    minify: true,
  });
  return createHash('sha256').update(built.outputFiles[0].contents).digest('hex').slice(0, 16);
}
