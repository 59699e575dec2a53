import { explainedCalls } from './explained-calls.js';
import { type Explained, reads, stores } from './explained-difference.js';
import type { AccessDifference, FunctionAccesses } from './tally.js';

/**
 * Where a kernel's C text and the transcription differ and nobody can tell: what the difference is, and why
 * it is none. What is not listed here is drift.
 */

const REQUEST = ['mm', 'start', 'end', 'new_tlb_gen', 'initiating_cpu', 'stride_shift'];
const request = [...REQUEST, 'freed_tables', 'trim_cpumask'].map((field) => `flush_info.${field}`);

const FILLING = ['flush_tlb_mm_range', 'arch_tlbbatch_flush'];

export const explained: readonly Explained[] = [
  ...explainedCalls,
  {
    names: reads(...request),
    why:
      'the request stays as it is from its filling until all have answered: read once or often, early or ' +
      'late, it says the same',
  },
  {
    names: stores(...request),
    functions: FILLING,
    kinds: ['moved'],
    why: 'nobody looks at the request before it is queued, which is behind all of these stores',
  },
  {
    names: stores(...request),
    functions: FILLING,
    kinds: ['right'],
    together: true,
    why:
      "a request on its sender's stack (7.3) is stored where others see it only when it is sent: not where " +
      'nobody is asked',
  },
  {
    names: stores('flush_info.trim_cpumask', 'flush_info.stride_shift'),
    functions: FILLING,
    kinds: ['right', 'told'],
    why:
      'whether a mask is trimmed stands in the request by the time that it is sent; a stride says nothing ' +
      'of a flush of everything',
  },
  {
    names: [...reads('mm_cpumask'), 'a choice by time'],
    functions: FILLING,
    kinds: ['moved'],
    past: stores(...request),
    why: 'nobody looks at the request before it is queued: it is filled before the mask is read or after',
  },
  {
    names: reads('loaded_mm_asid', 'loaded_mm'),
    functions: ['switch_mm_irqs_off', 'flush_tlb_func'],
    why: 'only the CPU itself stores these, and it is at this: its own reads find the same at either place',
  },
  {
    names: stores('flush_info.initiating_cpu'),
    functions: FILLING,
    kinds: ['right'],
    without: 'flush_info.initiating_cpu',
    why: 'up to 5.12 a request has no such field, and nothing of the transcription reads it there',
  },
  {
    names: reads('ctxs[].tlb_gen', 'is_lazy'),
    functions: ['flush_tlb_func'],
    kinds: ['moved', 'left'],
    past: [...reads('is_lazy', 'loaded_mm_asid', 'ctxs[].tlb_gen', 'tlb_gen'), ...reads(...request)],
    why:
      'up to 6.14 the slot is read before is_lazy, as it is since 6.15 in the transcription after it: only ' +
      'the CPU itself stores to either, but for rules about remote generations, which C text has none of',
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

/**
 * Why a difference between C text and the transcription is none; null for one that is not explained.
 * `leftWords`: see AccessComparison.
 */
export function whyExplained(
  leftWords: readonly string[],
  { name: inFunction, differences }: Pick<FunctionAccesses, 'name' | 'differences'>,
  { name, kind, past }: Pick<AccessDifference, 'name' | 'kind' | 'past'>,
): string | null {
  const found = explained.find(
    (one) =>
      one.names.includes(name) &&
      one.functions?.includes(inFunction) !== false &&
      one.kinds?.includes(kind) !== false &&
      (one.without === undefined || !leftWords.includes(one.without)) &&
      (one.together !== true || one.names.every((each) => has(differences, each, kind))) &&
      (one.beside === undefined || differences.some((each) => each.name === one.beside)) &&
      (one.past === undefined || past.every((each) => one.past?.includes(each))),
  );
  return found?.why ?? null;
}

function has(
  differences: readonly AccessDifference[],
  name: string,
  kind: AccessDifference['kind'],
): boolean {
  return differences.some((one) => one.name === name && one.kind === kind);
}
