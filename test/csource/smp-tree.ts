import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lab's own small kernel with a kernel/smp.c of its own. */

const FIXTURES = new URL('fixtures/', import.meta.url).pathname;

/** A copy in `root`, in which each change was made of its file. Throws for a change that is none. */
export function smpTree(root: string, changes: Readonly<Record<string, (c: string) => string>> = {}): string {
  for (const name of ['tree', 'smp']) cpSync(join(FIXTURES, name), root, { recursive: true });
  for (const [name, change] of Object.entries(changes)) {
    const file = join(root, name);
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`the change of ${name} is none`);
    writeFileSync(file, after);
  }
  return root;
}
