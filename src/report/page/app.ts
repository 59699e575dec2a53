/**
 * The script and the style of the page: bundled from `browser/report`, by the package's build or, in a clone,
 * when the first page is written.
 */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from '../../bundle/bundler.js';
import { packageRoot } from '../../vocabulary/package-root.js';
import { PAGE_TARGET } from './target.js';

export interface PageApp {
  readonly script: string;
  readonly style: string;
}

let made: PageApp | null = null;

export async function pageApp(): Promise<PageApp> {
  made ??= shipped() ?? (await bundleApp());
  return made;
}

function shipped(): PageApp | null {
  const [script, style] = ['js', 'css'].map((end) =>
    fileURLToPath(new URL(`../../../bundles/report-page.${end}`, import.meta.url)),
  );
  if (!import.meta.url.endsWith('.js') || !existsSync(script) || !existsSync(style)) return null;
  return { script: readFileSync(script, 'utf8'), style: readFileSync(style, 'utf8') };
}

/** Made from its sources. */
export async function bundleApp(): Promise<PageApp> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('browser/report/main.tsx', packageRoot()))],
    outdir: 'out',
    ...{ bundle: true, minify: true, format: 'esm', target: PAGE_TARGET, charset: 'utf8' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
    ...{ logLevel: 'silent', write: false },
    // Its licence wants the notice in every copy, and a page is one.
    banner: { js: `/*! Preact:\n${noticeOf('preact')}*/` },
  });
  const [script, style] = ['.js', '.css'].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '',
  );
  return { script, style };
}

/** The licence of a package that the page is bundled with. */
function noticeOf(name: string): string {
  return readFileSync(new URL(`node_modules/${name}/LICENSE`, packageRoot()), 'utf8');
}
