import { LOADED_MM_SWITCHING } from '../kernel/constants.js';
import { EV_LEFT_MASK } from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import * as K from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';

/**
 * Beside the cause, where in the protocol somebody stood when it went wrong, as far as that tells one bug
 * from another that goes wrong at the same line. Open findings of a kernel are recognised by it
 * (`variants/open-findings.ts`); the words are fixed as those of causes are.
 */
export const CIRCUMSTANCES = {
  leftMask: 'the CPU was out of mm_cpumask and had not written CR3',
  genBeforeSwitching: 'the CPU had read tlb_gen and not stored SWITCHING',
  switchingBuffered: 'the CPU had read tlb_gen with SWITCHING in its store buffer',
  inSwitching: 'the CPU was between SWITCHING and its new loaded_mm',
  lazyEnded: 'a flush that followed to a global ASID had ended the lazy mode of an idle CPU',
  markCleared: 'the mark of pending batched unmaps was cleared by a flush that was older than the change',
} as const;

export type Circumstance = (typeof CIRCUMSTANCES)[keyof typeof CIRCUMSTANCES];

/** What the facts are taken from: the steps of an execution, and where the kernel's words are. */
export interface Recorded {
  readonly steps: readonly RawStep[];
  readonly kernel: KernelConfig;
}

/**
 * A CPU takes its bit out of the mask of `mm` before `freed`, and does not write CR3 until `walk`, in which
 * its walker is there.
 */
export function leftMask(
  { steps }: Recorded,
  cpu: number,
  mm: number,
  freed: number,
  walk: number,
): Circumstance | null {
  const left = steps.findLast(
    (step) => step.step < freed && step.cpu === cpu && notes(step, EV_LEFT_MASK, mm),
  );
  if (left === undefined || writesCr3(steps, cpu, left.step, walk)) return null;
  return CIRCUMSTANCES.leftMask;
}

/**
 * Where in its switch to `mm` a target was that the initiator passed over at step `asked`: it had read the
 * generation before the request counted it up at step `counted`, and what it had to publish first was not
 * there yet, or nobody could see it yet.
 */
export function passedOver(
  recorded: Recorded,
  target: number,
  mm: number,
  counted: number,
  asked: number,
): Circumstance | null {
  const { steps, kernel } = recorded;
  const { loadedMm } = kernel.layout.cpus[target].tlbstate;
  const { tlbGen } = kernel.layout.mms[mm];
  const read = steps.findLast(
    ({ step, cpu, kind, a }) => step < counted && cpu === target && kind === K.OP_READ_ONCE && a === tlbGen,
  );
  if (read === undefined || writesCr3(steps, target, read.step, asked)) return null;
  const began =
    steps.findLast(({ step, cpu, kind }) => step < read.step && cpu === target && kind === K.OP_WRITE_CR3)
      ?.step ?? -1;
  const publishes = ({ cpu, kind, a, b }: RawStep): boolean =>
    cpu === target && kind === K.OP_WRITE_ONCE && a === loadedMm && b === LOADED_MM_SWITCHING;
  const published = steps.find((step) => step.step > began && step.step < read.step && publishes(step));
  if (published !== undefined) return CIRCUMSTANCES.switchingBuffered;
  return steps.some((step) => step.step > read.step && publishes(step))
    ? CIRCUMSTANCES.genBeforeSwitching
    : null;
}

/**
 * The mark that somebody set for `mm` after step `changed` was cleared by a flush that had been counted
 * before it: in memory, where a store that was made before the change may come after it.
 */
export function markCleared(
  { steps, kernel }: Recorded,
  mm: number,
  changed: number,
  until: number,
): Circumstance | null {
  const { tlbGen, tlbFlushBatched } = kernel.layout.mms[mm];
  const cleared = steps.some((step) => {
    if (step.step <= changed || step.step >= until || !zeroes(step, tlbFlushBatched)) return false;
    const flushed = steps.findLast(
      (own) =>
        own.step < step.step && own.cpu === step.cpu && own.kind === K.OP_FETCH_ADD && own.a === tlbGen,
    );
    return flushed !== undefined && flushed.step < changed;
  });
  return cleared ? CIRCUMSTANCES.markCleared : null;
}

/** What `cpu` stored to its is_lazy last was that it is not lazy, in an interrupt, and it has gone on. */
export function lazyEnded({ steps, kernel }: Recorded, cpu: number): Circumstance | null {
  const { isLazy } = kernel.layout.cpus[cpu].tlbstate;
  const stores = (step: RawStep): boolean =>
    step.cpu === cpu && step.kind === K.OP_WRITE_ONCE && step.a === isLazy;
  const ended = steps.findLast(stores);
  if (ended === undefined || ended.b !== 0 || ended.handlerDepth === 0) return null;
  const left = steps.some((step) => step.step > ended.step && step.cpu === cpu && step.handlerDepth === 0);
  return left ? CIRCUMSTANCES.lazyEnded : null;
}

function zeroes({ writes }: RawStep, word: number): boolean {
  return writes.some(({ address, before, value }) => address === word && before !== 0 && value === 0);
}

function notes({ events }: RawStep, kind: number, mm: number): boolean {
  return events.some((event) => event.kind === kind && event.a === mm);
}

function writesCr3(steps: readonly RawStep[], target: number, from: number, until: number): boolean {
  return steps.some(
    ({ step, cpu, kind }) => step > from && step < until && cpu === target && kind === K.OP_WRITE_CR3,
  );
}
