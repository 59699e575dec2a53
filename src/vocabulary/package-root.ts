/**
 * Where the package lies that this code belongs to: the directory of data files that are read at run time.
 */

import { existsSync, readFileSync } from 'node:fs';

/**
 * The directory of package.json, with a trailing slash. Looked for upwards: the built command lies one
 * directory deeper than its source.
 */
export function packageRoot(): URL {
  for (let root = new URL('./', import.meta.url); ; ) {
    const manifest = new URL('package.json', root);
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'shootdown') return root;
    const above = new URL('../', root);
    if (above.href === root.href)
      throw new Error('the installation is incomplete: the package.json of shootdown is missing');
    root = above;
  }
}
