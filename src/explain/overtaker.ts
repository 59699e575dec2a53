import * as E from '../kernel/events.js';
import * as K from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';

/**
 * The use came while the flush of its change was under way: somebody else returned, and relied on that flush.
 */

/**
 * Whose operation returned, and with a promise, while the initiator's was still under way; silent if more
 * than one can have been it.
 */
export function overtaker(story: Story, change: RawStep, use: RawStep): void {
  const initiator = change.cpu;
  const others = story.steps.filter(
    ({ step, cpu, events }) =>
      step > change.step &&
      step < use.step &&
      cpu !== initiator &&
      events.some(({ kind }) => kind === E.EV_OPERATION),
  );
  const [first] = others;
  if (first === undefined || others.some(({ cpu }) => cpu !== first.cpu)) return;
  story.mark(
    first,
    `CPU${first.cpu}'s operation returns, and CPU${initiator}'s flush, on which it relies, is not done`,
  );
  const found = story.before(
    first.step,
    ({ step, cpu, kind, a }) =>
      step > change.step && cpu === first.cpu && kind === K.OP_READ_ONCE && a === change.a,
  );
  if (found !== undefined) story.mark(found, `CPU${first.cpu} finds the entry changed, and does not flush`);
  const { tlbFlushPending, tlbFlushBatched } = story.kernel.layout.mms[change.c];
  const looked = [tlbFlushPending, tlbFlushBatched].flatMap((word) => {
    const touches = ({ cpu, a, kind }: RawStep): boolean =>
      cpu === first.cpu && a === word && kind <= K.OP_FETCH_AND;
    const reads = (step: RawStep): boolean =>
      touches(step) && step.kind === K.OP_READ_ONCE && step.step > change.step;
    return story.before(first.step, reads) ?? story.before(first.step, touches) ?? [];
  });
  for (const look of looked)
    story.mark(look, `CPU${first.cpu} learns here of flushes that are pending, or could`);
  story.tell(
    `CPU${first.cpu}'s operation returned before CPU${initiator}'s flush was done`,
    first,
    ...(found === undefined ? [] : [found]),
    ...looked,
  );
}

/**
 * The mark of a batched unmap whose flush is pending was set for the change and cleared before that flush:
 * marks both, and who cleared it.
 */
export function erasedMark(story: Story, change: RawStep, use: RawStep, mm: number): void {
  const word = story.kernel.layout.mms[mm].tlbFlushBatched;
  const changes = ({ writes }: RawStep, isSet: boolean): boolean =>
    writes.some(
      ({ address, before, value }) =>
        address === word && (isSet ? value !== before && value !== 0 : before !== 0 && value === 0),
    );
  const within = story.steps.filter(({ step }) => step > change.step && step < use.step);
  const cleared = within.find((step) => changes(step, false));
  if (cleared === undefined) return;
  const set = story.before(cleared.step, (step) => changes(step, true));
  if (set !== undefined) story.mark(set, 'the mark says that a batched unmap is not flushed yet');
  story.mark(cleared, `CPU${cleared.cpu} clears the mark, and the flush of the change is still to come`);
  story.tell(`CPU${cleared.cpu} had cleared the mark of pending batched unmaps`, cleared);
}
