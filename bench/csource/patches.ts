import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Known bugs as edits of a kernel's C text. The bench edits a copy of its own; what stands here are patterns,
 * nothing of any kernel.
 */

const TLB_C = 'arch/x86/mm/tlb.c';
const INCLUDE = 'arch/x86/include/asm';
const FILES = [
  'Makefile',
  TLB_C,
  'arch/x86/mm/mm_internal.h',
  ...['tlbflush.h', 'mmu.h', 'mmu_context.h'].map((name) => `${INCLUDE}/${name}`),
];

export interface Patch {
  readonly name: string;
  readonly summary: string;
  readonly file: string;
  /** The first kernels that it is a bug of: [major, minor]. Absent: all. */
  readonly since?: readonly [number, number];
  /** Throws nothing; the text unchanged where it does not apply. */
  edit(text: string): string;
}

const gone = (pattern: RegExp) => (text: string) => text.replace(pattern, '');
/** A condition, with brackets of its own in it. */
const CONDITION = /\((?:[^()]|\([^()]*\))*\)/.source;
/** From a function's name, or one of several, to the brace in the first column that ends it. */
const within = (name: string, edit: (body: string) => string) => (text: string) =>
  text.replace(new RegExp(`^\\w[^;\\n]*\\b(?:${name})\\([^;]*?\\n\\{[\\s\\S]*?\\n\\}`, 'm'), (body) =>
    edit(body),
  );

export const PATCHES: readonly Patch[] = [
  {
    name: 'b1',
    since: [6, 14],
    summary: 'no barrier where the bit of the mask is set already',
    file: TLB_C,
    edit: within('switch_mm_irqs_off', (body) =>
      body.replace(/(cpumask_set_cpu\([^;]*;)\s*else\s*smp_mb\(\);/, '$1'),
    ),
  },
  {
    name: 'b2',
    since: [6, 0],
    summary: 'SWITCHING published after tlb_gen is read',
    file: TLB_C,
    edit: within('switch_mm_irqs_off', (body) => {
      const published = /\w+\([^;()]*SWITCHING\);(?:\s*barrier\(\);)?/.exec(body)?.[0];
      const chosen = body.match(/[^;{}]*choose_new_asid\([^;]*;/g)?.at(-1);
      if (published === undefined || chosen === undefined) return body;
      const without = body.replace(published, '');
      const at = without.lastIndexOf(chosen) + chosen.length;
      return `${without.slice(0, at)} ${published}${without.slice(at)}`;
    }),
  },
  {
    name: 'b3',
    since: [6, 0],
    summary: 'should_flush_tlb ignores SWITCHING',
    file: TLB_C,
    edit: within('should_flush_tlb', gone(/if \([^)]*SWITCHING\)\s*return true;/)),
  },
  {
    name: 'b4',
    since: [6, 0],
    summary: 'flush_tlb_func returns early on requests without a generation',
    file: TLB_C,
    edit: within('flush_tlb_func', gone(/[\w>-]+ != TLB_GENERATION_INVALID &&/)),
  },
  {
    name: 'b6',
    summary: 'lazy CPUs are skipped even when tables are freed',
    file: TLB_C,
    edit: within('native_flush_tlb_(?:multi|others)', (body) =>
      body.replace(new RegExp(`if (?=\\([^;]*freed_tables)${CONDITION}[^;]*;\\s*else\\b`), ''),
    ),
  },
  {
    name: 'b8',
    summary: 'tlb_gen counted up without a barrier',
    file: `${INCLUDE}/tlbflush.h`,
    edit: (text) =>
      text.replace(
        /atomic64_inc_return\(([^;]*)\);/,
        (_, word: string) =>
          `({ u64 made = atomic64_read(${word}) + 1; atomic64_set(${word}, made); made; });`,
      ),
  },
  {
    name: 'lazy-barrier',
    summary: 'the way back from lazy mode without its full barrier',
    file: TLB_C,
    edit: within('switch_mm_irqs_off', gone(/smp_mb\(\);/)),
  },
  {
    name: 'partial-flush',
    summary: 'a partial flush over a gap of generations',
    file: TLB_C,
    edit: within('flush_tlb_func|flush_tlb_func_common', gone(/\S+ == local_tlb_gen \+ 1 &&/)),
  },
];

/** Copies what of a tree is compiled, patched or not. False where the patch does not apply. */
export function patchedTree(tree: string, into: string, patch: Patch | null): boolean {
  for (const file of FILES) {
    mkdirSync(dirname(join(into, file)), { recursive: true });
    cpSync(join(tree, file), join(into, file));
  }
  if (patch === null) return true;
  const path = join(into, patch.file);
  const before = readFileSync(path, 'utf8');
  const after = patch.edit(before);
  writeFileSync(path, after);
  return after !== before;
}

/** Whether a kernel has what the patch takes away. */
export function concerns({ since }: Patch, version: string | null): boolean {
  if (since === undefined || version === null) return true;
  const [major, minor] = version.split('.').map(Number);
  return major > since[0] || (major === since[0] && minor >= since[1]);
}
