import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';

/**
 * The last step of `npm run build`: makes the worker bundles that the package carries, so that no user has to
 * wait for them.
 */

const WORKERS: readonly { readonly entry: string; readonly plain: boolean }[] = [
  { entry: 'stress-thread', plain: false },
  { entry: 'litmus', plain: false },
  { entry: 'lockstep-thread', plain: true },
];

for (const { entry, plain } of WORKERS) {
  const outfile = fileURLToPath(new URL(`../../bundles/${entry}.mjs`, import.meta.url));
  await bundle({ entry: `../workers/${entry}`, outfile, plain });
}
