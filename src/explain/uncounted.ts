import { EV_OPERATION } from '../kernel/events.js';
import * as K from '../machine/op-kinds.js';
import { pteFrame } from '../machine/pte.js';
import { flushCause } from './cause.js';
import type { Explanation } from './explanation.js';
import type { StaleChange } from './flush-story.js';
import { overtaker } from './overtaker.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';

/**
 * No request was counted between the change and the use: it came too late, or was asked for by an old one.
 */

/** Nobody was asked before the use. */
export function uncounted(story: Story, { change, use, mm }: StaleChange, isDone: boolean): Explanation {
  const initiator = change.cpu;
  const { tlbGen } = story.kernel.layout.mms[mm];
  const former = flushCause('notCounted');
  const read = uncountedRead(story, change, use, tlbGen);
  const freed = read === undefined ? freedEarly(story, change, use.step) : null;
  story.tell(`CPU${initiator} had not counted a flush request for its change`, change);
  if (!isDone) overtaker(story, change, use);
  if (freed !== null) return story.end(flushCause('freedEarly'), freed.step, null, former);
  if (read === undefined) {
    flushedBefore(story, change, tlbGen);
    return story.end(former, change.step);
  }
  story.mark(read, `CPU${initiator} takes generation ${read.value} for its change, and does not count it up`);
  story.tell(`it asked for generation ${read.value}, which is older`, read);
  return story.end(flushCause('sameGeneration'), read.step, null, former);
}

/** The operation's flush came before its change. */
function flushedBefore(story: Story, change: RawStep, tlbGen: number): void {
  const isOwn = ({ cpu, kind }: RawStep): boolean => cpu === change.cpu && kind < K.STEP_PREEMPT;
  const counted = story.before(
    change.step,
    (step) => isOwn(step) && step.kind === K.OP_FETCH_ADD && step.a === tlbGen,
  );
  if (counted === undefined) return;
  const isBetween = (step: RawStep): boolean =>
    step.step > counted.step && step.step < change.step && step.cpu === change.cpu;
  const isOver = story.steps.some(
    (step) =>
      isBetween(step) &&
      (step.kind === K.OP_USER_ACCESS || step.events.some(({ kind }) => kind === EV_OPERATION)),
  );
  if (isOver) return;
  story.mark(counted, `CPU${change.cpu} asks for its flush, and has not made its change yet`);
  story.tell(`its flush had been asked for before the change`, counted);
}

/** The load of the generation that the initiator asked for in the place of one of its own. */
function uncountedRead(story: Story, change: RawStep, use: RawStep, tlbGen: number): RawStep | undefined {
  const { cpu } = change;
  const { newTlbGen } = story.kernel.layout.cpus[cpu].flushInfo;
  const isWithin = ({ step, cpu: by }: RawStep): boolean =>
    by === cpu && step > change.step && step < use.step;
  const asked = story.steps.find(
    (step) => isWithin(step) && step.kind === K.OP_WRITE_ONCE && step.a === newTlbGen,
  );
  if (asked === undefined) return undefined;
  const read = story.before(
    asked.step,
    (step) => isWithin(step) && step.kind === K.OP_READ_ONCE && step.a === tlbGen,
  );
  return read?.value === asked.b ? read : undefined;
}

/** The initiator's free of the page that it took away, before `until`; null where it came later. */
export function freedEarly(story: Story, change: RawStep, until: number): RawStep | null {
  if (change.kind !== K.OP_PTEP_GET_AND_CLEAR) return null;
  const frame = pteFrame(change.value);
  const freed = story.after(
    change.step,
    ({ step, cpu, kind, a }) => step < until && cpu === change.cpu && kind === K.OP_FREE_FRAME && a === frame,
  );
  if (freed === undefined) return null;
  story.mark(freed, `CPU${change.cpu} frees the page: nobody has been asked to forget it`);
  const dropped = story.before(freed.step, ({ cpu, kind }) => cpu === change.cpu && kind < K.STEP_PREEMPT);
  const isReference = dropped?.kind === K.OP_FETCH_ADD;
  if (isReference) story.mark(dropped, `CPU${change.cpu} gives the last reference to the page back`);
  story.tell(
    `CPU${change.cpu} freed frame ${frame} before it had counted a flush request`,
    freed,
    ...(isReference ? [dropped] : []),
  );
  return freed;
}
