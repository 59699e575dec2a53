import { InputError } from '../vocabulary/errors.js';
import {
  INCLUDE,
  KEPT_HEADERS,
  type KernelTree,
  LLIST_C,
  SMP_C,
  SMP_HEADERS,
  SMP_INCLUDE,
  TLB_C,
} from './tree.js';

/**
 * The one file that is compiled: the tree's tlb.c, between the lab's shims and its entries, and behind it
 * kernel/smp.c where that is asked for. Headers that are not the tree's own become stubs which include the
 * shims.
 */

export interface Unit {
  readonly text: string;
  /** Names as they are included: `linux/mm.h`. */
  readonly stubs: readonly string[];
  /** The function that chooses CPUs. */
  readonly condition: string;
  /** The function that CPUs are called to run. */
  readonly called: string;
  readonly definitions: readonly string[];
}

/** Newest first: functions that `on_each_cpu_cond_mask` has been given. */
const CONDITIONS = ['should_flush_tlb', 'tlb_is_not_lazy'] as const;
/** tlb.c and its headers include some forty; a file is written for each. */
const STUBS_MAX = 1_000;
/** What kernel/smp.c includes from beside itself: declarations, which a bare directory need not have. */
const SCHEDULER_HEADERS = ['smpboot.h', 'sched/smp.h'] as const;
const INCLUDED = /^[ \t]*#[ \t]*include[ \t]+<([A-Za-z0-9_./-]+)>/gm;

/** `shim`: a header of the user's that stands between the lab's and the tree's, absolute. */
/** Throws InputError for a tree that includes more than any kernel does. */
export function unitOf(tree: KernelTree, shim: string | null = null): Unit {
  const hasSmp = tree.cFiles.includes('smp.c');
  const code = tree.text(TLB_C);
  const condition = CONDITIONS.find((name) => new RegExp(`\\b${name}\\s*\\(`).test(code)) ?? CONDITIONS[0];
  const hasRemote = /\bflush_tlb_func_remote\s*\(/.test(code);
  const called = hasRemote ? 'flush_tlb_func_remote' : 'flush_tlb_func';
  const isOnStack = !/\bDEFINE_PER_CPU\w*\s*\(\s*struct\s+flush_tlb_info\b/.test(code);
  const takesCpu = /\bvoid\s+leave_mm\s*\(\s*int\b/.test(code);
  const choosesByPointers = /\bvoid\s+choose_new_asid\s*\(/.test(code);
  const choosesStructure = /\bstruct\s+new_asid\s+choose_new_asid\s*\(/.test(code);
  return {
    stubs: stubsOf(tree),
    condition,
    called,
    definitions: [
      `LAB_CONDITION=${condition}`,
      ...(takesCpu ? ['LAB_LEAVE_MM_TAKES_CPU'] : []),
      ...(hasRemote ? ['LAB_FUNC_REMOTE'] : []),
      ...(choosesByPointers ? ['LAB_NEW_ASID_POINTERS'] : []),
      ...(choosesStructure ? ['LAB_NEW_ASID_STRUCT'] : []),
      ...(/\bvoid\s+native_flush_tlb_multi\s*\(/.test(code) ? ['LAB_FLUSH_TLB_MULTI'] : []),
      ...(isOnStack ? ['LAB_REQUEST_ON_STACK'] : []),
      ...(hasSmp ? smpDefinitions(tree, called) : []),
    ],
    text: [
      '#include <lab/kernel.h>',
      ...(hasSmp ? ['#include <lab/smp.h>'] : []),
      ...(shim === null ? [] : [`#include ${JSON.stringify(shim)}`]),
      ...(hasSmp ? ['#include <linux/smp.h>', '#include <lab/smp-calls.h>'] : []),
      '#include <asm/tlbflush.h>',
      '#include <lab/request.h>',
      '#include <lab/slots.h>',
      `#include "${TLB_C}"`,
      '#include <lab/entries.h>',
      ...(hasSmp
        ? [
            '#include <lab/smp-own.h>',
            `#include "${LLIST_C}"`,
            `#include "${SMP_C}"`,
            '#include <lab/smp-entries.h>',
          ]
        : []),
      '',
    ].join('\n'),
  };
}

function smpDefinitions(tree: KernelTree, called: string): string[] {
  const definesIpi = /\bsend_call_function_single_ipi\s*\(\s*int\b/.test(tree.text(SMP_C));
  return ['LAB_SMP_C', `LAB_CALLED=${called}`, ...(definesIpi ? [] : ['LAB_SINGLE_IPI_OF_SCHEDULER'])];
}

/** Headers that are included and are not the tree's own. */
function stubsOf(tree: KernelTree): string[] {
  const ofSmp = tree.cFiles.includes('smp.c') ? SMP_HEADERS : [];
  const kept: readonly string[] = [...KEPT_HEADERS, ...ofSmp];
  const texts = [
    ...[TLB_C, 'arch/x86/mm/mm_internal.h'],
    ...KEPT_HEADERS.map((name) => `${INCLUDE}/${name}`),
    ...ofSmp.map((name) => `${SMP_INCLUDE}/${name}`),
    ...(ofSmp.length === 0 ? [] : [SMP_C, LLIST_C]),
  ].map((file) => tree.text(file));
  const included = texts.flatMap((text) => [...text.matchAll(INCLUDED)].map(([, name]) => name));
  const stubs = [...new Set([...included, ...(ofSmp.length === 0 ? [] : SCHEDULER_HEADERS)])].filter(
    (name) => !kept.includes(name) && !name.split('/').includes('..'),
  );
  if (stubs.length > STUBS_MAX)
    throw new InputError(
      `${TLB_C} and its headers include ${stubs.length} others; at most ${STUBS_MAX}`,
      'give the root of a Linux tree',
    );
  return stubs.sort();
}
