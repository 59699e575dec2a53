import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LargeFile } from './large.js';

/** Kernel trees with one file that is as large as may be. */

const TREE = fileURLToPath(new URL('../../csource/fixtures/tree', import.meta.url));
const MIB = 1024 * 1024;

/** Writes them into a directory. What clang makes of a file is not ours to bound, and no part of these. */
export function largeSources(directory: string): LargeFile[] {
  const texts: Readonly<Record<string, readonly [file: string, text: string]>> = {
    'a Makefile': ['Makefile', `VERSION = 6\n${'#\n'.repeat(2 * MIB - 20)}`],
    'a file of more than may be': ['arch/x86/mm/tlb.c', ' '.repeat(60 * MIB)],
    'blank lines': ['arch/x86/mm/tlb.c', '\n'.repeat(4 * MIB)],
    'a comment': ['arch/x86/include/asm/mmu.h', `/*${'x'.repeat(4 * MIB - 10)}*/`],
  };
  return Object.entries(texts).map(([name, [file, text]]) => {
    const tree = join(directory, `tree-${name.replaceAll(/\W+/g, '-')}`);
    cpSync(TREE, tree, { recursive: true });
    if (existsSync(join(tree, file))) writeFileSync(join(tree, file), text);
    return { name: `tree: ${name}`, argv: ['source', 'check', tree] };
  });
}
