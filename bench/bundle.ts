import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles a TypeScript entry beside this file into one plain module in a temporary folder. Benchmarks run bundled, as the engine does in
 * its workers: module namespaces as tsx and test runners provide them cost the hot path a factor of five.
 */
export async function bundle(entry: string): Promise<{ file: string; dispose(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'shootdown-bench-'));
  const file = join(folder, 'bench.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return { file, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
