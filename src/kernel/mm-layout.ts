import type { Layout } from '../machine/layout.js';
import type { MmStruct } from './structs.js';

/** Lays out the words of a `struct mm_struct`; `name` tells them from those of other mms. */
export function mmStruct(layout: Layout, name: string, vmaWords: number, maskWords: number): MmStruct {
  const word = (field: string, format: Parameters<Layout['alloc']>[2] = 'number'): number =>
    layout.alloc(`${field}(${name})`, 1, format);
  // The locks and what is written under them apart from each other, and from what everybody reads.
  const first = (field: string): number => {
    layout.line();
    return word(field);
  };
  const vmas = (): number => {
    layout.line();
    return layout.alloc(`vma(${name})`, vmaWords, 'vma');
  };
  layout.line();
  return {
    ctxId: word('ctx_id'),
    tlbGen: first('tlb_gen'),
    nextTrimCpumask: word('next_trim_cpumask'),
    cpumask: layout.alloc(`mm_cpumask(${name})`, maskWords, 'mask'),
    mmUsers: word('mm_users'),
    mmCount: word('mm_count'),
    mmapLock: first('mmap_lock'),
    pageTableLock: first('page_table_lock'),
    anonVmaLock: first('anon_vma_lock'),
    tlbFlushPending: word('tlb_flush_pending'),
    tlbFlushBatched: word('tlb_flush_batched'),
    pgd: first('pgd'),
    alive: word('alive', 'bool'),
    vmas: vmas(),
  };
}
