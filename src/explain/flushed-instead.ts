import * as E from '../kernel/events.js';
import * as K from '../machine/op-kinds.js';
import { flushCause } from './cause.js';
import { rangeAsked, withRange } from './range-asked.js';
import type { RawStep } from './raw-step.js';
import { kernelSpelling } from './site.js';
import { claim, isReadAfterFlush, markClaim, raisedBy } from './slots-view.js';
import type { Part, Story } from './story.js';
import { type StaleEntry, survived } from './survived.js';
import type { Due } from './target-view.js';

/**
 * What the target flushed instead, between the request and the use, where none of its functions says what it
 * decided.
 */
export function flushed(
  story: Story,
  from: number,
  until: number,
  due: Due,
  entry: StaleEntry,
  informed: RawStep | undefined,
): Part | null {
  const { target, mm } = due;
  const flushes = survived(story.steps, target, from, until, entry);
  if (flushes === null) return null;
  const slot = { cpu: target, asid: Math.max(0, entry.pcid - 1) };
  const claimed = claim(story, until, slot, due.generation);
  if (claimed !== null && isReadAfterFlush(story, claimed)) {
    const words = markClaim(story, slot, claimed, due.generation);
    const also = [claimed.read ?? [], claimed.flush ?? []].flat();
    return {
      words,
      cause: flushCause('claimed'),
      former: flushCause('nothing'),
      step: claimed.store.step,
      also,
    };
  }
  const { otherPage, otherPcid } = flushes;
  if (otherPage !== undefined) return otherPages(story, otherPage, target, entry);
  if (otherPcid !== undefined) {
    const words = `CPU${target} flushed PCID ${otherPcid.b}, and the entry is under PCID ${entry.pcid}`;
    story.mark(otherPcid, words);
    return { words, cause: flushCause('otherPcid'), step: otherPcid.step };
  }
  const cause = flushCause('nothing');
  // The end of what a variant has in the place of flush_tlb_func, if it ran; else where the target might have
  // known better.
  const name = kernelSpelling(story.kernel.functions.flushTlbFunc.name);
  const ended = story.before(
    until,
    ({ step, cpu, site }) => step > from && cpu === target && site?.functions.includes(name) === true,
  );
  if (ended !== undefined) {
    const words = `CPU${target}'s ${name} flushed nothing of page ${entry.page}`;
    story.mark(ended, words);
    return withRange(
      { words, cause, step: ended.step },
      rangeAsked(story, ended.step + 1, target, entry.page),
    );
  }
  if (informed !== undefined)
    story.mark(
      informed,
      `CPU${target} reads generation ${informed.value} of ${story.names.mm(mm)}, and flushes nothing`,
    );
  const also = knewBetter(story, informed?.step ?? from, until, target, slot.asid);
  const kept = story.before(
    until,
    (step) =>
      step.step > from &&
      step.cpu === target &&
      step.kind === K.OP_WRITE_CR3 &&
      step.b === entry.pcid &&
      step.c !== 0,
  );
  if (kept === undefined)
    return { words: `CPU${target} flushed nothing`, cause, step: informed?.step ?? until, also };
  story.mark(kept, `CPU${target} loads PCID ${kept.b} without a flush: the entry is under it`);
  const words = `CPU${target} loaded PCID ${kept.b} without a flush`;
  return { words, cause, step: informed?.step ?? until, also: [...also, kept] };
}

/** Where a target that flushed nothing looked at its slot, or came back to the mm without a look. */
function knewBetter(story: Story, from: number, until: number, target: number, asid: number): RawStep[] {
  const { ctxs, isLazy } = story.kernel.layout.cpus[target].tlbstate;
  const own = (wanted: (step: RawStep) => boolean): RawStep | undefined =>
    story.after(from, (step) => step.step < until && step.cpu === target && wanted(step));
  const looked = own(({ kind, a }) => kind === K.OP_READ_ONCE && a === ctxs[asid]?.tlbGen);
  if (looked !== undefined) {
    story.mark(looked, `CPU${target}'s slot ${asid} has generation ${looked.value}: it goes on with that`);
    return [looked];
  }
  const back = own(({ kind, a, b }) => kind === K.OP_WRITE_ONCE && a === isLazy && b === 0);
  if (back === undefined) return [];
  story.mark(back, `CPU${target} leaves lazy mode, and does not look at its slot`);
  return [back];
}

function otherPages(story: Story, invalidated: RawStep, target: number, entry: StaleEntry): Part {
  const words = `CPU${target} invalidated page ${invalidated.a}, not page ${entry.page}`;
  story.mark(invalidated, words);
  const partial = story.before(
    invalidated.step,
    ({ cpu, events }) => cpu === target && events.some(({ b }) => b === E.DECIDED_PARTIAL),
  );
  const slot = partial?.events.find(({ kind, b }) => kind === E.EV_DECIDED && b === E.DECIDED_PARTIAL);
  const raised = slot === undefined ? null : raisedBy(story, invalidated.step, { cpu: target, asid: slot.a });
  const cause = flushCause('otherPages', false, raised !== null);
  if (raised === null)
    return withRange(
      { words, cause, step: invalidated.step },
      rangeAsked(story, invalidated.step, target, entry.page),
    );
  return { words: `${words}; ${raised.words}`, cause, step: invalidated.step, also: [raised.step] };
}
