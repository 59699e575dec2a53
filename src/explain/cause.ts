import type { Machine } from '../machine/machine.js';

/**
 * What went wrong, in words that are the same for every witness of one bug: no CPU, mm, page, generation or step in them. A baseline of
 * known violations holds these words, so a change of one of them makes known violations look new: add words, do not reword.
 */

export const CAUSES = {
  notCounted: 'no flush was requested before the use',
  noIpi: 'no IPI',
  saidNo: 'no IPI: should_flush_tlb said no',
  sawLazy: 'no IPI: should_flush_tlb saw is_lazy',
  sawLazyBuffered: 'no IPI: should_flush_tlb saw is_lazy, with a newer value in the store buffer',
  sawSwitching: 'no IPI: should_flush_tlb saw SWITCHING',
  sawOther: 'no IPI: should_flush_tlb saw a loaded_mm',
  sawOtherBuffered: 'no IPI: should_flush_tlb saw a loaded_mm, with a newer value in the store buffer',
  hostLost: 'the host lost the flush request',
  hostCompleted: 'the host completed an access with an old translation',
  keptAtSwitch: 'switch_mm_irqs_off kept the slot without a flush',
  keptAtLazy: 'the way back from lazy mode kept the slot without a flush',
  notFlushed: 'flush_tlb_func returned without a flush',
  notServed: 'the initiator went on before its request had been served',
  otherPages: 'other pages were flushed',
  otherPcid: 'another PCID was flushed',
  nothing: 'nothing was flushed',
} as const;

/** Added to what the target decided, where another CPU had written to its slot. */
export const RAISED = '; another CPU had written to the slot';

/** A sentence without what differs from one execution to the next: numbers, and the letters of mms. */
export function impersonal(sentence: string): string {
  return sentence.replaceAll(/\d+/g, '#').replaceAll(/\bmm [A-Z]\b/g, 'mm #');
}

/** What the CPUs of a machine that is stuck wait for. Which of them waits for which is chance, and so is how many wait for the same. */
export function waitsOf(machine: Machine): string {
  const waits = machine.cpus.filter((cpu) => !cpu.finished).map((cpu) => impersonal(machine.describeCpu(cpu.id)));
  return [...new Set(waits)].sort().join('; ');
}
