import { LOADED_MM_SWITCHING } from '../kernel/constants.js';
import * as E from '../kernel/events.js';
import * as K from '../machine/op-kinds.js';
import { type FlushCauseKind, flushCause } from './cause.js';
import type { RawStep } from './raw-step.js';
import { claim, markClaim, raisedBy } from './slots-view.js';
import type { Part, Story } from './story.js';

/** What a target is asked to be rid of: the request's generation of an mm. */
export interface Due {
  readonly target: number;
  readonly mm: number;
  readonly generation: number;
}

/** What the target decided from its slot between the change and the use. */
export function decision(story: Story, from: number, until: number, due: Due): Part | null {
  const { target } = due;
  const decided = story.steps.findLast(
    ({ step, cpu, events }) =>
      step < until && step > from && cpu === target && events.some(({ kind }) => kind === E.EV_DECIDED),
  );
  const event = decided?.events.find(({ kind }) => kind === E.EV_DECIDED);
  if (decided === undefined || event === undefined) return null;
  const slot = { cpu: target, asid: event.a };
  const told = noFlush(story, decided, event, due);
  if (told === null) return null;
  const raised = raisedBy(story, decided.step, slot);
  if (raised !== null) {
    const cause = flushCause(told.kind, false, true);
    const former = raised.isLate ? { former: flushCause(told.kind) } : {};
    return {
      words: `${told.words}; ${raised.words}`,
      cause,
      ...former,
      step: decided.step,
      also: [raised.step, ...told.also],
    };
  }
  const cause = flushCause(told.kind);
  const claimed = claim(story, decided.step, slot, due.generation);
  if (claimed === null) return { words: told.words, cause, step: decided.step, also: told.also };
  const words = `${told.words}; ${markClaim(story, slot, claimed, due.generation)}`;
  const also = [decided, claimed.read ?? [], claimed.flush ?? []].flat();
  return { words, cause: { ...cause, isClaimed: true }, former: cause, step: claimed.store.step, also };
}

interface Decided {
  readonly words: string;
  readonly kind: FlushCauseKind;
  readonly also: readonly RawStep[];
}

function noFlush(
  story: Story,
  decided: RawStep,
  { a: asid, b }: { a: number; b: number },
  due: Due,
): Decided | null {
  const { target } = due;
  if (b === E.DECIDED_NO_FLUSH_SWITCH || b === E.DECIDED_NO_FLUSH_LAZY)
    return keptAtSwitch(story, decided, asid, b === E.DECIDED_NO_FLUSH_SWITCH, due);
  if (b !== E.DECIDED_EARLY_OUT && b !== E.DECIDED_UP_TO_DATE) return null;
  story.mark(decided, `flush_tlb_func thinks slot ${asid} current: no flush`);
  return { words: `CPU${target}'s flush_tlb_func returned without a flush`, kind: 'notFlushed', also: [] };
}

function keptAtSwitch(story: Story, decided: RawStep, asid: number, isSwitch: boolean, due: Due): Decided {
  const { target, mm, generation } = due;
  const { kernel, names } = story;
  const state = kernel.layout.cpus[target].tlbstate;
  const own = (kind: number, word: number, value?: number): RawStep | undefined =>
    story.before(
      decided.step + 1,
      (step) =>
        step.cpu === target &&
        step.kind === kind &&
        step.a === word &&
        (value === undefined || step.b === value),
    );
  const read = own(K.OP_READ_ONCE, kernel.layout.mms[mm].tlbGen);
  if (read !== undefined) {
    const isOld = read.value !== generation;
    story.mark(
      read,
      `CPU${target} reads generation ${read.value} of ${names.mm(mm)}${isOld ? `, not ${generation}` : ''}`,
    );
  }
  const published = own(K.OP_WRITE_ONCE, state.loadedMm, LOADED_MM_SWITCHING);
  if (published !== undefined && isSwitch)
    story.mark(published, `CPU${target} stores SWITCHING; when others see it is another matter`);
  story.mark(decided, `slot ${asid} is taken as current: no flush`);
  const where = isSwitch ? 'switch_mm_irqs_off' : "switch_mm_irqs_off's way back from lazy mode";
  const had = read === undefined ? '' : `had read generation ${read.value} and `;
  return {
    words: `CPU${target}'s ${where} ${had}kept slot ${asid} without a flush`,
    kind: isSwitch ? 'keptAtSwitch' : 'keptAtLazy',
    also: read === undefined ? [] : [read],
  };
}
