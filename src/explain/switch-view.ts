import { LOADED_MM_SWITCHING } from '../kernel/constants.js';
import * as K from '../machine/op-kinds.js';
import { flushCause } from './cause.js';
import type { RawStep } from './raw-step.js';
import { flushes } from './slots-view.js';
import type { Part, Story } from './story.js';

/** Where a target stood in its switch, as its own steps tell. */

/**
 * Marks what a target that was passed over had read and published by then; answers what is told of it, and of
 * which steps.
 */
export function switchersSide(
  story: Story,
  {
    mm,
    target,
    counted,
    asked,
    use,
  }: { mm: number; target: number; counted: RawStep; asked: RawStep; use: RawStep },
): { readonly words: string; readonly steps: readonly RawStep[]; readonly hidden?: RawStep } | null {
  const { kernel, names } = story;
  const { loadedMm } = kernel.layout.cpus[target].tlbstate;
  const { tlbGen } = kernel.layout.mms[mm];
  const hidden = asked.unseen;
  const stored =
    hidden === null
      ? undefined
      : story.before(
          asked.step,
          (step) =>
            step.cpu === target &&
            step.kind === K.OP_WRITE_ONCE &&
            step.a === asked.a &&
            step.b === hidden.value,
        );
  if (stored !== undefined)
    story.mark(
      stored,
      `CPU${target} stores ${names.value(stored.a, stored.b)}, which waits in its store buffer when ` +
        `CPU${asked.cpu} looks`,
    );
  const read = story.before(
    use.step,
    ({ cpu, kind, a }) => cpu === target && kind === K.OP_READ_ONCE && a === tlbGen,
  );
  if (read === undefined || read.value >= counted.value)
    return stored === undefined ? null : { words: '', steps: [stored], hidden: stored };
  story.mark(read, `CPU${target} reads generation ${read.value} of ${names.mm(mm)}, not ${counted.value}`);
  const words = `CPU${target} had read generation ${read.value}`;
  if (stored !== undefined) return { words, steps: [stored, read], hidden: stored };
  const publishes = ({ cpu, kind, a, b }: RawStep): boolean =>
    cpu === target && kind === K.OP_WRITE_ONCE && a === loadedMm && b === LOADED_MM_SWITCHING;
  const late = story.after(read.step, (step) => step.step < use.step && publishes(step));
  if (late === undefined) return { words, steps: [read] };
  story.mark(late, `CPU${target} stores SWITCHING only here, after it has read the generation`);
  return { words: `${words} before it stored SWITCHING`, steps: [read, late] };
}

/**
 * An interrupt that was delivered between SWITCHING and the new loaded_mm, where interrupts are to be off,
 * and whose handler took the CPU for one that has nothing loaded, or loaded something itself. Null if there
 * was none: a handler that does neither, as that of an NMI, is no part of the story.
 */
export function interrupted(story: Story, from: number, until: number, target: number): Part | null {
  const { kernel, steps, names } = story;
  const { loadedMm } = kernel.layout.cpus[target].tlbstate;
  const own = steps.filter(({ step, cpu }) => cpu === target && step < until);
  const publishing = ({ kind, a }: RawStep): boolean =>
    (kind === K.OP_WRITE_ONCE || kind === K.OP_XCHG) && a === loadedMm;
  for (const delivered of own.toReversed()) {
    if (delivered.step <= from || delivered.kind !== K.STEP_DELIVER) continue;
    const index = own.indexOf(delivered);
    const published = own.slice(0, index).findLast(publishing);
    if (published?.b !== LOADED_MM_SWITCHING) continue;
    const acted = actedOn(handlerOf(own, index), loadedMm);
    if (acted === null) continue;
    story.mark(delivered, `an interrupt reaches CPU${target} in the middle of its switch`);
    const isLoad = acted.kind === K.OP_READ_ONCE;
    const what = isLoad ? 'went by loaded_mm = SWITCHING' : 'loaded an mm itself';
    story.mark(
      acted,
      isLoad
        ? `the handler goes by ${names.word(loadedMm, target)} = SWITCHING`
        : `the handler loads an mm itself`,
    );
    const begun = beginning(own, index);
    if (begun !== null) story.mark(begun, `CPU${target} begins to switch, with interrupts on`);
    return {
      words: `an interrupt reached CPU${target} in the middle of its switch, and its handler ${what}`,
      cause: flushCause('interrupted'),
      step: delivered.step,
      also: [acted, begun ?? []].flat(),
    };
  }
  return null;
}

/** The steps of the handler that a delivery starts. */
function handlerOf(own: readonly RawStep[], delivered: number): readonly RawStep[] {
  const { handlerDepth } = own[delivered];
  const end = own.findIndex(
    (step, index) => index > delivered && step.kind === K.OP_IRET && step.handlerDepth === handlerDepth + 1,
  );
  return own.slice(delivered + 1, end < 0 ? own.length : end);
}

/** By what a handler went: it loaded an mm, or it saw SWITCHING and flushed nothing. */
function actedOn(handler: readonly RawStep[], loadedMm: number): RawStep | null {
  const loads = handler.find(({ kind }) => kind === K.OP_WRITE_CR3);
  if (loads !== undefined) return loads;
  if (handler.some(flushes)) return null;
  const isSeen = ({ kind, a, value }: RawStep): boolean =>
    kind === K.OP_READ_ONCE && a === loadedMm && value === LOADED_MM_SWITCHING;
  return handler.find(isSeen) ?? null;
}

/**
 * The first step of the functions in which the CPU was interrupted; null where the record has no functions.
 */
function beginning(own: readonly RawStep[], delivered: number): RawStep | null {
  const base = own
    .slice(0, delivered)
    .filter(({ handlerDepth, kind, site }) => handlerDepth === 0 && site !== null && kind < K.STEP_PREEMPT);
  const outermost = base.at(-1)?.site?.functions[0];
  if (outermost === undefined) return null;
  const before = base.findLastIndex(({ site }) => site?.functions[0] !== outermost);
  return base[before + 1] ?? null;
}
