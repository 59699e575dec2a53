import * as K from '../machine/op-kinds.js';
import { flushCause } from './cause.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';

/** A flush by broadcast: who asked for it, whether the target's MMU carried it out, who waited for that. */

/** The initiator's last INVLPGB between a request and a use; undefined: it broadcast nothing. */
export function broadcastOf(
  { steps }: Story,
  from: number,
  until: number,
  initiator: number,
): RawStep | undefined {
  return steps.findLast(
    ({ step, cpu, kind }) => step > from && step < until && cpu === initiator && kind === K.OP_INVLPGB,
  );
}

/** The initiator went on while the target's MMU had not carried out its broadcast; null if it had. */
export function unsynced(story: Story, asked: RawStep, until: number, target: number): Part | null {
  const { step: from, cpu: initiator } = asked;
  const done = story.after(
    from,
    ({ cpu, kind, value }) => cpu === target && kind === K.STEP_INVALIDATE && value === initiator,
  );
  const returned = story.after(from, (step) => step.cpu === initiator && story.returns(step));
  if (returned === undefined || returned.step > until) return null;
  if (done !== undefined && done.step < returned.step) return null;
  story.mark(asked, `CPU${initiator} broadcasts the flush; CPU${target}'s MMU has not carried it out yet`);
  const isSynced = ({ step, cpu, kind }: RawStep): boolean =>
    cpu === initiator && kind === K.OP_TLBSYNC && step > from && step < returned.step;
  const waited = story.steps.find(isSynced);
  const left = waited ?? leaves(story, asked) ?? returned;
  const how = waited === undefined ? 'without a TLBSYNC of its own' : 'though its TLBSYNC had ended';
  if (left !== returned)
    story.mark(left, `CPU${initiator} goes on ${how}: the broadcast is still on its way`);
  const words =
    `CPU${initiator} broadcast its flush and went on ${how}, before CPU${target}'s MMU had ` +
    'carried it out';
  return { words, cause: flushCause('notServed'), step: left.step, also: [asked] };
}

/** The CPU's first step after the function that broadcasts: where a wait would have stood. */
function leaves(story: Story, { step: from, cpu, site }: RawStep): RawStep | undefined {
  const broadcasting = site?.functions.at(-2);
  if (broadcasting === undefined) return undefined;
  return story.after(
    from,
    (step) => step.cpu === cpu && step.site !== null && !step.site.functions.includes(broadcasting),
  );
}
