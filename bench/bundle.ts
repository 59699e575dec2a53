import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle as bundleAsWorkers } from '../src/bundle/bundle.js';

/**
 * Bundles a TypeScript entry beside this file into one plain module in a temporary folder. Benchmarks run
 * bundled as the engine's workers are: module namespaces as tsx and test runners provide them cost the hot
 * path a factor of five.
 */
export async function bundle(entry: string): Promise<{ file: string; dispose(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'shootdown-bench-'));
  const file = join(folder, 'bench.mjs');
  await bundleAsWorkers({
    entry: fileURLToPath(new URL(entry, import.meta.url)),
    outfile: file,
    plain: true,
  });
  return { file, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
