import { LOADED_MM_SWITCHING } from '../kernel/constants.js';
import * as E from '../kernel/events.js';
import * as K from '../machine/op-kinds.js';
import { type FlushCause, flushCause } from './cause.js';
import { askedOfHost } from './hosts-view.js';
import { seenInMask } from './mask-view.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';
import { answered, answeredEarly, waitedElsewhere } from './went-on.js';

/**
 * From an initiator's request to its target: whether it was sent, and whether the initiator waited for it.
 */

/** Why the initiator did not reach the target; null if it did, or if the record does not tell. */
export function initiatorsView(
  story: Story,
  from: number,
  until: number,
  initiator: number,
  target: number,
  mm: number,
): Part | null {
  const looks = (step: RawStep): boolean =>
    step.cpu === initiator &&
    step.events.some((event) => event.kind === E.EV_SHOULD_FLUSH && event.a === target);
  const asked = story.steps.find((step) => step.step >= from && step.step < until && looks(step));
  if (asked === undefined) return unnoted(story, from, until, initiator, target, mm);
  const answer = asked.events.some(
    (event) => event.kind === E.EV_SHOULD_FLUSH && event.a === target && event.b === 1,
  );
  return answer ? null : passedOver(story, asked, from, initiator, target);
}

/** Nobody noted whether the target was to be asked: what the machine did is known all the same. */
function unnoted(
  story: Story,
  from: number,
  until: number,
  initiator: number,
  target: number,
  mm: number,
): Part | null {
  // It flushes itself, without an IPI.
  if (initiator === target) return null;
  const isServed = ({ step, cpu, events }: RawStep): boolean =>
    cpu === target && step > from && step < until && events.some(({ kind }) => kind === E.EV_IPI_SERVED);
  if (story.steps.some(isServed)) return null;
  if (askedOfHost(story, from, until, target, initiator) !== undefined) return null;
  const sent = sentTo(story, from, until, initiator, target);
  if (sent !== undefined) return unawaited(story, sent, until, initiator, target);
  const seen = seenInMask(story, { from, until, initiator, target, mm });
  const cause = flushCause('noIpi');
  if (seen === null) return { words: `CPU${target} got no IPI for it`, cause, step: from };
  return { words: seen.words, cause, step: seen.step, also: seen.also };
}

/** The interrupt or NMI by which the initiator asked the target. */
function sentTo(
  { steps }: Story,
  from: number,
  until: number,
  initiator: number,
  target: number,
): RawStep | undefined {
  return steps.find(
    ({ step, cpu, kind, a }) =>
      step > from &&
      step < until &&
      cpu === initiator &&
      a === target &&
      (kind === K.OP_SEND_IPI || kind === K.OP_SEND_NMI),
  );
}

/** An interrupt was sent, and its handler had not ended when the initiator went on; null if it had. */
function unawaited(
  story: Story,
  sent: RawStep,
  until: number,
  initiator: number,
  target: number,
): Part | null {
  const begun = story.after(sent.step, ({ cpu, kind }) => cpu === target && kind === K.STEP_DELIVER);
  const ended = begun && story.after(begun.step, ({ cpu, kind }) => cpu === target && kind === K.OP_IRET);
  const returned = story.after(sent.step, (step) => step.cpu === initiator && story.returns(step));
  if (returned === undefined || returned.step > until || (ended !== undefined && ended.step < returned.step))
    return null;
  story.mark(sent, `CPU${initiator} asks CPU${target} for the flush, and does not wait until it is done`);
  const when =
    begun === undefined || begun.step > until ? 'and it was not delivered' : `whose handler had not ended`;
  const words = `CPU${initiator} sent CPU${target} an IPI, ${when}, and went on`;
  return { words, cause: flushCause('notServed'), former: flushCause('noIpi'), step: sent.step };
}

/** What should_flush_tlb saw of the target. */
function passedOver(story: Story, asked: RawStep, from: number, initiator: number, target: number): Part {
  const { kernel, names } = story;
  const state = kernel.layout.cpus[target].tlbstate;
  const looked = (word: number): RawStep | undefined =>
    story.steps.findLast(
      ({ step, cpu, kind, a }) =>
        step >= from && step <= asked.step && cpu === initiator && kind === K.OP_READ_ONCE && a === word,
    );
  const loaded = looked(state.loadedMm);
  const lazy = looked(state.isLazy);
  const wasLazy = lazy !== undefined && lazy.value !== 0;
  const reason = wasLazy
    ? `saw CPU${target} lazy`
    : loaded === undefined
      ? 'said no'
      : `saw loaded_mm = ${names.mm(loaded.value)} on CPU${target}`;
  const decisive = wasLazy ? lazy : (loaded ?? asked);
  const hidden = decisive.unseen;
  const buffered =
    hidden === null
      ? ''
      : `, whose store of ${names.value(decisive.a, hidden.value)} was still in its store buffer`;
  story.mark(decisive, `should_flush_tlb ${reason}${buffered}: no IPI`);
  const also = wasLazy ? laziness(story, lazy, target) : [];
  return {
    also,
    words: `should_flush_tlb ${reason}${buffered}${buffered === '' ? '' : ','} and sent no IPI`,
    cause: seen(wasLazy, loaded, hidden !== null),
    step: decisive.step,
  };
}

/** Where the target had said that it is lazy, and where it says otherwise. */
function laziness(story: Story, looked: RawStep, target: number): RawStep[] {
  const load = story.traffic.loads.find(({ step }) => step === looked);
  if (load === undefined) return [];
  const [said, later] = [load.from, story.traffic.missed(load)];
  const own: RawStep[] = [];
  if (said !== null && said.cpu === target) {
    story.mark(said.made, `CPU${target} says that it is lazy`);
    own.push(said.made);
  }
  if (later !== null && later.cpu === target && later.made.step > looked.step) {
    story.mark(later.made, `CPU${target} says only here that it is lazy no longer`);
    own.push(later.made);
  }
  return own;
}

function seen(wasLazy: boolean, loaded: RawStep | undefined, isBuffered: boolean): FlushCause {
  if (wasLazy) return flushCause('sawLazy', isBuffered);
  if (loaded === undefined) return flushCause('saidNo');
  return loaded.value === LOADED_MM_SWITCHING
    ? flushCause('sawSwitching')
    : flushCause('sawOther', isBuffered);
}

/**
 * Whether the initiator went on before the target had taken its request; null if not, or if nobody noted it.
 */
export function waitersView(
  story: Story,
  from: number,
  until: number,
  initiator: number,
  target: number,
): Part | null {
  const csd = story.kernel.layout.cpus[initiator].cfd.csd[target];
  const notes = (step: RawStep, kind: number): boolean =>
    step.events.some((event) => event.kind === kind && event.a === csd);
  const queued = story.after(from, (step) => step.cpu === initiator && notes(step, E.EV_CSD_QUEUED));
  if (queued === undefined) return null;
  const returned = story.after(queued.step, (step) => step.cpu === initiator && story.returns(step));
  if (returned === undefined || returned.step > until) return null;
  const request = { asked: queued, returned, initiator, target };
  const early = answeredEarly(story, request);
  if (early === null) {
    const served = story.after(queued.step, (step) => step.cpu === target && notes(step, E.EV_IPI_SERVED));
    if (served !== undefined && served.step < returned.step) return null;
    // Nobody notes it: the target's answer has to do.
    if (served === undefined && answered(story, request) !== undefined) return null;
  }
  story.mark(queued, `CPU${initiator} asks CPU${target} for the flush`);
  const elsewhere = early ?? waitedElsewhere(story, request);
  if (elsewhere !== null) return elsewhere;
  const words = `CPU${initiator} went on before CPU${target} had served its request`;
  return { words, cause: flushCause('notServed'), step: queued.step };
}
