/**
 * Where things lie for C code of the lab: byte addresses of 32 bits, none of them of any memory. `shims/lab`
 * says the same to the compiler.
 *
 *     0x0000_0000   variables of the C files, read-only data
 *     0x0010_0000   per-CPU variables of CPU 0, one stride for each CPU
 *     0x2000_0000   address spaces, by handle
 *     0x3000_0000   batches of unmapped pages, by CPU
 *     0x3800_0000   call-function descriptors (csds), by target and initiator
 *     0x4000_0000   the CPU's own stack, which nobody else can reach
 */
export const CPU_SHIFT = 20;
export const MM_BASE = 0x2000_0000;
export const MM_SHIFT = 16;
export const BATCH_BASE = 0x3000_0000;
export const BATCH_SHIFT = 12;
/**
 * Where the initiator's csds begin; a target's lies as far above that as its per-CPU variables above theirs.
 */
export const CSD_BASE = 0x3800_0000;
export const CSD_SHIFT = 6;
export const STACK_BASE = 0x4000_0000;

/** Where debug information has what the linker dropped, since no code names it. */
export const DROPPED = 0xffff_ffff;

/** How a word of the layout stands for what C code has there. */
export type Codec = 'number' | 'mm' | 'frame' | 'pages' | 'csds' | 'csd' | 'function' | 'request';

/** What word of the layout a field is. */
export type FieldWord =
  | { readonly of: 'tlbstate' | 'flushInfo' | 'ubc' | 'mm'; readonly word: string; readonly index?: number }
  | { readonly of: 'ctxs'; readonly slot: number; readonly word: 'ctxId' | 'tlbGen' }
  /** Of `struct call_function_data`, and of the csds that each initiator has for each target. */
  | { readonly of: 'cfd'; readonly word: 'cpumask' | 'cpumaskIpi' | 'queue'; readonly index?: number }
  | { readonly of: 'csd'; readonly word: CsdWord }
  /** A word that the layout has only because the C code has it. */
  | { readonly of: 'own'; readonly index: number }
  /** Never stored to: what it holds is in the code. */
  | { readonly of: 'constant' };

export type CsdWord = 'next' | 'flags' | 'func' | 'info';

/** A word of a structure or variable as C code sees it. */
export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly codec: Codec;
  readonly word: FieldWord;
}

/** Every word that C code can name, by kind of address. */
export interface FieldTables {
  readonly variables: readonly Field[];
  readonly perCpu: readonly Field[];
  readonly mm: readonly Field[];
  readonly batch: readonly Field[];
  /** Of a csd; none where kernel/smp.c is the lab's. */
  readonly csd: readonly Field[];
}

/** Entries into C code, by number: each has its own piece of the stack, at each depth of interrupts. */
export const ENTRIES = [
  'inc_mm_tlb_gen',
  'switch_mm_irqs_off',
  'enter_lazy_tlb',
  'flush_tlb_func',
  'flush_tlb_mm_range',
  'arch_tlbbatch_flush',
  'should_flush_tlb',
  'leave_mm',
] as const;
/** Entries of kernel/smp.c. */
export const SMP_ENTRIES = ['smp_call_function_many_cond', 'flush_smp_call_function_queue'] as const;
/** Entries beside them of the form in which C functions call each other through the lab's table. */
export const TABLE_ENTRIES = ['choose_new_asid', 'flush_tlb_multi'] as const;
export type EntryName =
  | (typeof ENTRIES)[number]
  | (typeof SMP_ENTRIES)[number]
  | (typeof TABLE_ENTRIES)[number];

/**
 * How C functions call each other: by themselves, or those that the lab has too through its table of
 * functions, so that whoever replaces one there (the check of a recording) stands between them.
 */
export type CallForm = 'direct' | 'table';
