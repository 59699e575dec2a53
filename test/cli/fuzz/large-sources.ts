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
    'headers that it includes': [
      'arch/x86/mm/tlb.c',
      Array.from({ length: 200_000 }, (_, i) => `#include <a${i}>\n`).join(''),
    ],
    garbage: ['arch/x86/mm/tlb.c', Buffer.alloc(3 * MIB, '\u0001\u00ff#\u0000"/*\n').toString('latin1')],
    'a function': [
      'arch/x86/mm/mm_internal.h',
      `static inline void f(int *a)\n{\n${'\t*a += 1;\n'.repeat(380_000)}}\n`,
    ],
    'a comment': ['arch/x86/include/asm/mmu.h', `/*${'x'.repeat(4 * MIB - 10)}*/`],
  };
  return Object.entries(texts).flatMap(([name, [file, text]]) => {
    const tree = join(directory, `tree-${name.replaceAll(/\W+/g, '-')}`);
    cpSync(TREE, tree, { recursive: true });
    if (existsSync(join(tree, file))) writeFileSync(join(tree, file), text);
    const hunt = ['hunt', '--kernel-source', tree, '--executions', '5', '--jobs', '1'];
    // Of what clang refuses, the check tells all that it says.
    const check = { name: `tree: ${name}`, argv: ['source', 'check', tree] };
    return [
      ...(name === 'garbage' ? [] : [check]),
      { name: `tree, hunt: ${name}`, argv: [...hunt, '--out', join(directory, 'out')] },
    ];
  });
}
