import { EV_OPERATION } from '../kernel/events.js';
import * as K from '../machine/op-kinds.js';
import { broadcastOf, ofAnotherPcid, unsynced } from './broadcasts-view.js';
import { type Cause, flushCause } from './cause.js';
import { CIRCUMSTANCES, type Circumstance, markCleared, passedOver } from './circumstance.js';
import { countedPlainly } from './counted-plainly.js';
import type { Explanation } from './explanation.js';
import { flushed } from './flushed-instead.js';
import { hostCodeView } from './host-code-view.js';
import { askedOfHost, hostsView } from './hosts-view.js';
import { erasedMark, overtaker } from './overtaker.js';
import type { RawStep } from './raw-step.js';
import { signalTo, unacted } from './remote-actions-view.js';
import { initiatorsView, waitersView } from './request-to-target.js';
import type { Part, Story } from './story.js';
import type { StaleEntry } from './survived.js';
import { interrupted, switchersSide } from './switch-view.js';
import { type Due, decision } from './target-view.js';
import { freedEarly, uncounted } from './uncounted.js';

/** A change of an entry, and a use of what was there before. */
export interface StaleChange {
  readonly change: RawStep;
  /**
   * Where the use was judged, and where the access was executed: another step for a store that waited in a
   * store buffer.
   */
  readonly use: RawStep;
  readonly executed: RawStep;
  readonly mm: number;
  readonly target: number;
  readonly entry: StaleEntry;
}

/** From the change to the use: the request, whom it reached, what the target decided, the return. */
export function flushStory(story: Story, stale: StaleChange): Explanation {
  const { change, use, mm, target } = stale;
  const initiator = change.cpu;
  const { tlbGen } = story.kernel.layout.mms[mm];
  const adds = ({ cpu, kind, a }: RawStep): boolean =>
    cpu === initiator && kind === K.OP_FETCH_ADD && a === tlbGen;
  const stores = ({ cpu, kind, a }: RawStep): boolean =>
    cpu === initiator && kind === K.OP_WRITE_ONCE && a === tlbGen;
  const first = story.after(change.step, (step) => adds(step) || stores(step));
  const ended = story.after(change.step, (step) => step.cpu === initiator && ends(step));
  // What is counted after the operation has returned is another one's.
  const isLate =
    first !== undefined && ended !== undefined && ended.step < first.step && ended.step < use.step;
  const counted = isLate ? undefined : first;
  const returned = story.after(
    counted?.step ?? change.step,
    (step) => step.cpu === initiator && story.returns(step),
  );
  const isDone = returned !== undefined && returned.step < use.step;
  if (isDone)
    story.mark(
      returned,
      `CPU${initiator}'s operation returns, or frees the page: from here nobody may use it`,
    );
  if (counted === undefined || counted.step > use.step) return uncounted(story, stale, isDone);
  freedEarly(story, change, counted.step);
  const name = story.names.mm(mm);
  const generation = stores(counted) ? counted.b : counted.value;
  story.mark(counted, `generation ${generation} of ${name} is the one that covers the change`);
  story.tell(`CPU${initiator}'s change is covered by generation ${generation} of ${name}`, counted);
  const isPlain = stores(counted);
  const isOrdered = !isPlain || countedPlainly(story, counted);
  const explained = requested(story, stale, counted, isDone, { target, mm, generation });
  if (!isPlain) return explained;
  const former = flushCause('notCounted');
  // Whatever it was that nobody saw: it is for the want of a barrier.
  return isOrdered
    ? { ...explained, former }
    : { ...explained, cause: flushCause('unordered'), causeStep: counted.step, former };
}

/** The client operation returns. */
function ends({ events }: RawStep): boolean {
  return events.some(({ kind }) => kind === EV_OPERATION);
}

/** How the initiator asked the target, by whichever way it took, and what came of it; null: all is well. */
function askedByInitiator(story: Story, stale: StaleChange, counted: RawStep): Part | null {
  const { change, use, target, mm } = stale;
  const initiator = change.cpu;
  const broadcast = broadcastOf(story, counted.step, use.step, initiator);
  if (broadcast !== undefined)
    return (
      unsynced(story, broadcast, use.step, target) ??
      ofAnotherPcid(story, { broadcast, entryPcid: stale.entry.pcid, mm, target })
    );
  const signal = signalTo(story, counted.step, use.step, initiator, target);
  if (signal !== undefined) return unacted(story, signal, use.step, target, stale);
  return initiatorsView(story, counted.step, use.step, initiator, target, mm);
}

/** The request has been counted. */
function requested(
  story: Story,
  stale: StaleChange,
  counted: RawStep,
  isDone: boolean,
  due: Due,
): Explanation {
  const { change, use, entry, target } = stale;
  const initiator = change.cpu;
  const told = askedByInitiator(story, stale, counted);
  const asked = askedOfHost(story, counted.step, use.step, target, initiator);
  if (asked !== undefined) story.mark(asked, `CPU${initiator} asks CPU${target}'s host for the flush`);
  const lost =
    hostCodeView(story, counted.step, use.step, target) ?? hostsView(story, counted.step, use.step, target);
  const early = told === null ? waitersView(story, counted.step, use.step, initiator, target) : null;
  // What it decided before the request reached it is no part of the story.
  const decided = early === null ? decision(story, change.step, use.step, due) : null;
  const informed = informedOf(story, counted, use.step, due);
  const parts = [told, lost, early, decided];
  // Before the initiator is done there need not have been a flush.
  const isSilent =
    isDone &&
    (told === null || informed !== undefined) &&
    lost === null &&
    early === null &&
    decided === null;
  // With interrupts on in the middle of a switch, what it had decided before tells nothing.
  const isAsked = isDone && told === null && lost === null && early === null;
  const mid = isAsked ? interrupted(story, change.step, use.step, target) : null;
  const own = mid ?? (isSilent ? flushed(story, counted.step, use.step, due, entry, informed) : null);
  for (const part of [...parts, own])
    if (part !== null) story.tell(part.words, part.step, ...(part.also ?? []));
  if (!isDone) overtaker(story, change, use);
  if (!isDone) erasedMark(story, change, use, stale.mm);
  const why = mid ?? culprit(parts, own, decided, informed);
  // While its flush is under way nobody need have flushed: what an older request made a target decide is
  // chance.
  const isErased = !isDone && markCleared(story, stale.mm, change.step, use.step) !== null;
  if (why === null || isErased || (!isDone && why.cause.kind === 'noIpi'))
    return unflushed(story, stale, isDone, why);
  const isPassedOver = why === told && isOverlooked(told);
  const side = isPassedOver ? passed(story, stale, counted, told, decided?.also ?? []) : null;
  const isRaised = why.cause.isRaised || (why !== decided && decided?.cause.isRaised === true);
  const wasUnheard = told === null && initiator !== target && asked !== undefined;
  const before = wasUnheard
    ? flushCause('noIpi')
    : why === mid
      ? (decided?.cause ?? flushCause('nothing'))
      : (why.former ?? why.cause);
  const wasRaised = why !== decided && (decided?.former ?? decided?.cause)?.isRaised === true;
  const former = { ...before, isRaised: before.isRaised || wasRaised };
  return story.end({ ...why.cause, isRaised }, why.step, side, former);
}

/**
 * A target that nobody asked, or whose host forgot, could not decide otherwise: the first of them is the
 * cause. Unless it learned of the request by itself: then nobody had to ask.
 */
function culprit(
  parts: readonly (Part | null)[],
  own: Part | null,
  decided: Part | null,
  informed: RawStep | undefined,
): Part | null {
  const byItself = decided !== null && !decided.cause.isRaised ? decided : own;
  return (informed === undefined ? null : byItself) ?? parts.find((part) => part !== null) ?? own;
}

/** The use came while the flush of the change was under way, or nothing tells why it was not flushed. */
function unflushed(
  story: Story,
  { change, use, mm }: StaleChange,
  isDone: boolean,
  why: Part | null,
): Explanation {
  const former: Cause = why?.cause ?? { kind: 'outcome', facts: story.violation.facts };
  if (isDone) return story.end(former, why?.step ?? use.step);
  return story.end(former, why?.step ?? use.step, markCleared(story, mm, change.step, use.step));
}

const OVERLOOKED = new Set(['sawLazy', 'sawSwitching', 'sawOther']);

function isOverlooked(told: Part): boolean {
  return OVERLOOKED.has(told.cause.kind);
}

/**
 * Where in its switch the target stood that should_flush_tlb passed over; `known`: steps that have been told
 * of.
 */
function passed(
  story: Story,
  { mm, target, use }: StaleChange,
  counted: RawStep,
  told: Part,
  known: readonly RawStep[],
): Circumstance | null {
  const asked = story.steps.find(({ step }) => step === told.step);
  const side = asked === undefined ? null : switchersSide(story, { mm, target, counted, asked, use });
  if (side !== null) {
    const isKnown = side.steps.every((step) => known.includes(step) || step === side.hidden);
    story.tell(isKnown ? '' : side.words, ...side.steps);
  }
  if (told.cause.kind === 'sawSwitching') return CIRCUMSTANCES.inSwitching;
  return passedOver(story, target, mm, counted.step, told.step);
}

/**
 * Where the target read the generation of the request, or a later one, before the use: it then knew, whoever
 * had asked it.
 */
function informedOf(
  story: Story,
  counted: RawStep,
  until: number,
  { target, generation }: Due,
): RawStep | undefined {
  return story.steps.find(
    ({ step, cpu, kind, a, value }) =>
      step > counted.step &&
      step < until &&
      cpu === target &&
      kind === K.OP_READ_ONCE &&
      a === counted.a &&
      value >= generation,
  );
}
