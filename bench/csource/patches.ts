import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  C_FILES,
  C_FILES_DEFAULT,
  type CFile,
  MAKEFILE,
  neededFor,
  SMP_C,
  TLB_C,
} from '../../src/csource/tree.js';

/**
 * Known bugs as edits of a kernel's C text. The bench edits a copy of its own; what stands here are patterns,
 * nothing of any kernel.
 */

const INCLUDE = 'arch/x86/include/asm';

export interface Patch {
  readonly name: string;
  readonly summary: string;
  readonly file: string;
  /** Which files run. Default: tlb.c. */
  readonly cFiles?: readonly CFile[];
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

/** The function that calls others; descriptors are of it. */
const MANY = 'smp_call_function_many_cond';

/** Of kernel/smp.c, which runs as C then. */
function ofSmp(
  patches: Readonly<Record<string, readonly [summary: string, edit: (text: string) => string]>>,
  since?: Patch['since'],
): Patch[] {
  return Object.entries(patches).map(([name, [summary, edit]]) => ({
    ...{ name, summary, edit, file: SMP_C, cFiles: C_FILES },
    ...(since === undefined ? {} : { since }),
  }));
}

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
  ...ofSmp({
    'smp-unlock-first': [
      'a csd is unlocked before its function has run',
      within('(?:__)?flush_smp_call_function_queue', (body) =>
        body.replace(/((?:csd_do_func|\bfunc)\([^;]*;)(\s*)(csd_unlock\(csd\);)/, '$3$2$1'),
      ),
    ],
    'smp-no-ipi': [
      'csds are queued and no IPI is sent',
      within(MANY, (body) => body.replace(/(?:arch_)?send_call_function_\w+\([^;]*;/g, ';')),
    ],
    'smp-ipi-if-queued': [
      'an IPI only where something was queued already',
      within(MANY, (body) => body.replace(/\bllist_add\((?=&)/, '!$&')),
    ],
    'smp-no-wait': ['nobody is waited for', within(MANY, gone(/csd_lock_wait\(csd\);/))],
  }),
  ...ofSmp(
    {
      'smp-plain-list': [
        'a csd is queued by a load and a store',
        within(MANY, (body) => body.replace(/\bllist_add\((?=&)/, '__$&')),
      ],
      'smp-no-local': [
        'the own CPU is not asked',
        within(MANY, (body) => body.replace(/\bSCF_RUN_LOCAL\b/, '0')),
      ],
    },
    [6, 0],
  ),
];

/** Copies what of a tree is compiled, patched or not. False where the patch does not apply. */
export function patchedTree(tree: string, into: string, patch: Patch | null): boolean {
  for (const file of [MAKEFILE, ...neededFor(patch?.cFiles ?? C_FILES_DEFAULT)]) {
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
