import { INVLPGB_PCID } from '../machine/broadcast.js';
import * as K from '../machine/op-kinds.js';
import { flushCause } from './cause.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';
import type { Store } from './traffic.js';

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

/** Another PCID than the one that the stale entry is under. */
interface Named {
  readonly broadcast: RawStep;
  readonly entryPcid: number;
  readonly mm: number;
  readonly target: number;
}

/**
 * The broadcast named the mm's global PCID, and the target has the entry under one of its own: what kept the
 * initiator from asking it by IPI; null where the PCIDs are the same.
 */
export function ofAnotherPcid(story: Story, { broadcast, entryPcid, mm, target }: Named): Part | null {
  const { step, cpu: initiator, b: pcid } = broadcast;
  if (pcid === entryPcid || (broadcast.a & INVLPGB_PCID) === 0) return null;
  const pool = story.kernel.layout.globalAsids;
  const under = `entry is under PCID ${entryPcid}`;
  story.mark(broadcast, `CPU${initiator} broadcasts the flush of PCID ${pcid}; the ${under}`);
  const words = `CPU${initiator} broadcast the flush of PCID ${pcid}, and CPU${target}'s ${under}`;
  const part = { words, cause: flushCause('otherPcid'), step, former: flushCause('nothing') };
  const looked = story.traffic.loads.find(
    (load) => load.cpu === initiator && load.address === pool.transition[mm] && load.step.step > step,
  );
  if (looked === undefined || looked.value !== 0) return { ...part, also: [] };
  const { transition, asid } = pool;
  const name = story.names.word(transition[mm], -1);
  story.mark(looked.step, `CPU${initiator} sees ${name} false: no IPI to CPUs under a PCID of their own`);
  const given = story.traffic.stores.findLast(
    ({ address, landed, value }) =>
      address === asid[mm] && value !== 0 && landed !== null && landed.step < step,
  );
  const late = looked.hidden ?? story.traffic.missed(looked);
  const saw = `it saw ${name} false at step ${looked.step.step}, and sent no IPI`;
  return {
    ...part,
    words: `${words}; ${saw}${lateWords(story, late)}`,
    also: [looked.step, ...markedStores(story, given, late)],
  };
}

function lateWords({ names }: Story, late: Store | null): string {
  if (late === null) return '';
  return `; CPU${late.cpu} stored ${names.value(late.address, late.value)} there at step ${late.made.step}`;
}

/** Where the mm got its global ASID, and where that was said to be under way. */
function markedStores(story: Story, given: Store | undefined, late: Store | null): RawStep[] {
  const { names } = story;
  const said = (store: Store, how: string): RawStep => {
    const { made, cpu, address, value } = store;
    story.mark(made, `CPU${cpu} stores ${names.value(address, value)} in ${names.word(address, -1)}${how}`);
    return made;
  };
  return [
    ...(given === undefined ? [] : [said(given, '')]),
    ...(late === null ? [] : [said(late, ', which the other CPU does not see yet')]),
  ];
}
