import { EV_OPERATION } from '../kernel/events.js';
import * as K from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';

const isReturn = ({ kind }: { readonly kind: number }): boolean => kind === EV_OPERATION;

/** Whether an initiator that asked a target nothing had seen it in the mm's mask; who had changed that. */
export function seenInMask(
  story: Story,
  {
    from,
    until,
    initiator,
    target,
    mm,
  }: {
    readonly from: number;
    readonly until: number;
    readonly initiator: number;
    readonly target: number;
    readonly mm: number;
  },
): { readonly words: string; readonly step: number; readonly also: readonly RawStep[] } | null {
  const word = story.kernel.layout.mms[mm].cpumask + (target >> 5);
  const has = (bits: number): boolean => ((bits >>> (target & 31)) & 1) !== 0;
  const isOwn = ({ cpu }: RawStep): boolean => cpu === initiator;
  const returned = story.after(from, (step) => isOwn(step) && story.returns(step));
  const end = Math.min(until, returned?.step ?? until);
  const load = story.traffic.loads.findLast(
    ({ cpu, step, address }) => cpu === initiator && step.step < end && address === word,
  );
  if (load === undefined || load.step.kind !== K.OP_READ_ONCE) return null;
  const { step: look } = load;
  const isOlder = story.steps.some(
    (step) => step.step >= look.step && step.step < from && isOwn(step) && step.events.some(isReturn),
  );
  if (isOlder) return null;
  const mask = story.names.word(word, -1);
  if (has(load.value)) {
    story.mark(look, `CPU${initiator} sees CPU${target} in ${mask}, and asks it nothing`);
    return {
      words: `CPU${initiator} saw CPU${target} in ${mask} and had sent it no IPI`,
      step: look.step,
      also: [],
    };
  }
  story.mark(look, `CPU${initiator} does not see CPU${target} in ${mask}`);
  const words = `CPU${initiator} did not see CPU${target} in ${mask}`;
  const [left, later] = [load.from, story.traffic.missed(load)];
  if (left !== null && has(left.before)) {
    story.mark(left.made, `CPU${left.cpu} takes CPU${target} out of ${mask}`);
    const by = `, where CPU${left.cpu} had taken it out at step ${left.made.step}`;
    return { words: words + by, step: look.step, also: [left.made] };
  }
  if (later !== null && later.made.step < until && has(later.value)) {
    story.mark(later.made, `CPU${target} enters ${mask} only here`);
    return {
      words: `${words}, which enters it only at step ${later.made.step}`,
      step: look.step,
      also: [later.made],
    };
  }
  return { words, step: look.step, also: [] };
}
