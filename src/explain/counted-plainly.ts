import * as K from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';

/**
 * The generation was read and stored. Answers whether a barrier stands between the change and what the
 * initiator looks at next.
 */
export function countedPlainly(story: Story, counted: RawStep): boolean {
  const { cpu } = counted;
  const isOwn = (step: RawStep): boolean => step.cpu === cpu && step.kind < K.STEP_PREEMPT;
  const isOrdered = story.after(counted.step, isOwn)?.kind === K.OP_SMP_MB;
  const read = story.before(
    counted.step,
    ({ cpu: by, kind, a }) => by === cpu && kind === K.OP_READ_ONCE && a === counted.a,
  );
  if (read === undefined) return isOrdered;
  const what = isOrdered
    ? 'in two steps: another CPU may count to the same'
    : 'in two steps and without a barrier: its change may still be buffered';
  story.mark(read, `CPU${cpu} counts ${what}`);
  story.tell(`CPU${cpu} counted it ${isOrdered ? 'in two steps' : 'without a barrier'}`, read);
  return isOrdered;
}
