import { fileURLToPath } from 'node:url';

/**
 * What Node is given to start a command of this clone in a process of its own, as `npm run shootdown` starts
 * it: from a translation that is kept, which takes a third of what translating anew would.
 */
export const COMMAND = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));
