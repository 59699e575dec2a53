/** The explorer for a worker of the page, as one text: the bundle, and behind it where it was written. */

import { fileURLToPath } from 'node:url';
import { build } from '../../../bundle/bundler.js';
import { packageRoot } from '../../../vocabulary/package-root.js';
import { PAGE_TARGET } from '../target.js';
import { siteTable } from './site-table.js';

/** Made from its sources. Throws esbuild's BuildFailure where they need what only Node has. */
export async function bundleEngine(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('browser/engine/main.ts', packageRoot()))],
    ...{
      outdir: 'out',
      bundle: true,
      minify: true,
      format: 'iife',
      platform: 'browser',
      target: PAGE_TARGET,
    },
    ...{ charset: 'utf8', legalComments: 'none', logLevel: 'silent', write: false, sourcemap: 'external' },
  });
  const [script, map] = ['.js', '.map'].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '',
  );
  return `${script}\nglobalThis.shootdownSites=${JSON.stringify(siteTable(JSON.parse(map)))};\n`;
}
