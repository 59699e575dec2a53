import type { AccessDifference, FunctionAccesses } from './tally.js';

/**
 * Where a kernel's C text and the transcription differ and nobody can tell: what the difference is, and why
 * it is none. What is not listed here is drift.
 */

export interface Explained {
  /** Accesses, as they are named. */
  readonly names: readonly string[];
  /** In which functions; absent: in all. */
  readonly functions?: readonly string[];
  readonly kinds?: readonly AccessDifference['kind'][];
  readonly why: string;
}

const reads = (...words: readonly string[]): string[] => words.map((word) => `READ_ONCE ${word}`);
const stores = (...words: readonly string[]): string[] => words.map((word) => `WRITE_ONCE ${word}`);
const REQUEST = ['mm', 'start', 'end', 'new_tlb_gen', 'initiating_cpu', 'stride_shift'];
const request = [...REQUEST, 'freed_tables', 'trim_cpumask'].map((field) => `flush_info.${field}`);

export const explained: readonly Explained[] = [
  {
    names: reads(...request),
    why:
      'the request stays as it is from its filling until all have answered: read once or often, early or ' +
      'late, it says the same',
  },
  {
    names: stores(...request),
    functions: ['flush_tlb_mm_range', 'arch_tlbbatch_flush'],
    kinds: ['moved'],
    why: 'nobody looks at the request before it is queued, which is behind all of these stores',
  },
  {
    names: reads('loaded_mm_asid', 'loaded_mm'),
    functions: ['switch_mm_irqs_off', 'flush_tlb_func'],
    why: 'only the CPU itself stores these, and it is at this: its own reads find the same at either place',
  },
  {
    names: [...reads('next_trim_cpumask'), ...stores('next_trim_cpumask')],
    why: 'whether the second of a trimmed mask is over is a recorded choice, not a clock',
  },
  {
    names: ['local_irq_disable', ...reads('is_lazy')],
    functions: ['leave_mm'],
    kinds: ['left'],
    why: 'the entry into the C text has interrupts off as idle drivers do, and the text turns them off again',
  },
];

/** Why a difference between C text and the transcription is none; null for one that is not explained. */
export function whyExplained(
  { name: inFunction }: Pick<FunctionAccesses, 'name'>,
  { name, kind }: Pick<AccessDifference, 'name' | 'kind'>,
): string | null {
  const found = explained.find(
    ({ names, functions, kinds }) =>
      names.includes(name) && functions?.includes(inFunction) !== false && kinds?.includes(kind) !== false,
  );
  return found?.why ?? null;
}
