import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const ROOMS = ['src/explain', 'src/replay', 'bench/explain', 'test/explain/culprits'];

/** Of the code that explains and judges: what it said of a witness holds for it alone. */
export function codeHash(): string {
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const directory = new URL(`../../${room}/`, import.meta.url);
    const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of files)
      hash.update(`${room}/${name}\n`).update(readFileSync(new URL(name, directory)));
  }
  return hash.digest('hex').slice(0, 8);
}
