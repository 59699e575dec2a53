import { InputError } from '../vocabulary/errors.js';
import { INCLUDE, KEPT_HEADERS, type KernelTree, TLB_C } from './tree.js';

/**
 * The one file that is compiled: the tree's tlb.c, between the lab's shims and its entries. Headers that are
 * not the tree's own become stubs which include the shims.
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
const INCLUDED = /^[ \t]*#[ \t]*include[ \t]+<([A-Za-z0-9_./-]+)>/gm;

/** `shim`: a header of the user's that stands between the lab's and the tree's, absolute. */
/** Throws InputError for a tree that includes more than any kernel does. */
export function unitOf(tree: KernelTree, shim: string | null = null): Unit {
  const kept = KEPT_HEADERS.map((name) => tree.text(`${INCLUDE}/${name}`));
  const code = tree.text(TLB_C);
  const included = [code, ...kept, tree.text('arch/x86/mm/mm_internal.h')].flatMap((text) =>
    [...text.matchAll(INCLUDED)].map(([, name]) => name),
  );
  const stubs = [...new Set(included)].filter((name) => !KEPT_HEADERS.some((one) => one === name));
  if (stubs.length > STUBS_MAX)
    throw new InputError(
      `${TLB_C} and its headers include ${stubs.length} others; at most ${STUBS_MAX}`,
      'give the root of a Linux tree',
    );
  const condition = CONDITIONS.find((name) => new RegExp(`\\b${name}\\s*\\(`).test(code)) ?? CONDITIONS[0];
  const hasRemote = /\bflush_tlb_func_remote\s*\(/.test(code);
  const isOnStack = !/\bDEFINE_PER_CPU\w*\s*\(\s*struct\s+flush_tlb_info\b/.test(code);
  const takesCpu = /\bvoid\s+leave_mm\s*\(\s*int\b/.test(code);
  const choosesByPointers = /\bvoid\s+choose_new_asid\s*\(/.test(code);
  const choosesStructure = /\bstruct\s+new_asid\s+choose_new_asid\s*\(/.test(code);
  return {
    stubs: stubs.filter((name) => !name.split('/').includes('..')).sort(),
    condition,
    called: hasRemote ? 'flush_tlb_func_remote' : 'flush_tlb_func',
    definitions: [
      `LAB_CONDITION=${condition}`,
      ...(takesCpu ? ['LAB_LEAVE_MM_TAKES_CPU'] : []),
      ...(hasRemote ? ['LAB_FUNC_REMOTE'] : []),
      ...(choosesByPointers ? ['LAB_NEW_ASID_POINTERS'] : []),
      ...(choosesStructure ? ['LAB_NEW_ASID_STRUCT'] : []),
      ...(/\bvoid\s+native_flush_tlb_multi\s*\(/.test(code) ? ['LAB_FLUSH_TLB_MULTI'] : []),
      ...(isOnStack ? ['LAB_REQUEST_ON_STACK'] : []),
    ],
    text: [
      '#include <lab/kernel.h>',
      ...(shim === null ? [] : [`#include ${JSON.stringify(shim)}`]),
      '#include <asm/tlbflush.h>',
      '#include <lab/request.h>',
      '#include <lab/slots.h>',
      `#include "${TLB_C}"`,
      '#include <lab/entries.h>',
      '',
    ].join('\n'),
  };
}
