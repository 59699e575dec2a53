/** The engine as a page carries it: packed, in characters that end no element. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleEngine } from './bundle.js';

let made: string | null = null;

/** Of the package, or in a clone made when the first page needs it. Base64 of gzip. */
export async function packedEngine(): Promise<string> {
  made ??= shipped() ?? (await packEngine());
  return made;
}

function shipped(): string | null {
  const file = fileURLToPath(new URL('../../../../bundles/report-engine.txt', import.meta.url));
  return import.meta.url.endsWith('.js') && existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** Made from its sources. */
export async function packEngine(): Promise<string> {
  return gzipSync(await bundleEngine(), { level: 9 }).toString('base64');
}
