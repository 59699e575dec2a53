/**
 * Writes LICENCES.md: every package that an installation of shootdown brings along, with its version and
 * licence, from the lockfile.
 *
 *     node --import tsx scripts/licences.ts
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { licenceList, readLockfile } from './lockfile.js';

const root = new URL('../', import.meta.url);
writeFileSync(
  fileURLToPath(new URL('LICENCES.md', root)),
  licenceList(readLockfile(fileURLToPath(new URL('package-lock.json', root)))),
);
