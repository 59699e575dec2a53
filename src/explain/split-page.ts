import { FIRST_USER_MM } from '../kernel/constants.js';
import * as H from '../machine/hardware.js';
import * as K from '../machine/op-kinds.js';
import { pteFrame } from '../machine/pte.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import type { Explanation } from './explanation.js';
import type { RawStep } from './raw-step.js';
import { initiatorsView, waitersView } from './request-to-target.js';
import type { Part, Story } from './story.js';

/**
 * A page that was copied, and read through the old translation after a store through the new one: the copy,
 * and the flush that had to come before the new entry.
 */
export function splitPage(story: Story, facts: FactsOf<'split-page'>): Explanation {
  const last = story.steps.at(-1);
  if (last === undefined) return story.lastStepOnly();
  const { cpu, page, copy } = facts;
  const mm = facts.mm + FIRST_USER_MM;
  const { machine, names } = story;
  const entry = machine.mmu.lookup(machine.block(cpu), page);
  const madeAt = entry < 0 ? -1 : machine.mem[entry + H.TLB_STEP];
  const made = story.steps.find(({ step }) => step === madeAt);
  const name = names.mm(mm);
  if (made !== undefined)
    story.mark(made, `CPU${cpu}'s TLB entry for page ${page} of ${name} is made (frame ${facts.frame})`);
  const isOfEntry = ({ c, d }: RawStep): boolean => c === mm && d === page;
  const set = story.before(
    last.step,
    (step) => step.kind === K.OP_SET_PTE && isOfEntry(step) && pteFrame(step.b) === copy,
  );
  if (set === undefined) return story.lastStepOnly();
  const cleared = story.before(
    set.step,
    (step) => step.cpu === set.cpu && step.kind === K.OP_PTEP_GET_AND_CLEAR && isOfEntry(step),
  );
  if (cleared !== undefined) story.mark(cleared, `CPU${set.cpu} takes the old page out of the entry`);
  story.mark(set, `the copy is in the entry from here on (frame ${copy})`);
  const stored = story.before(last.step + 1, (step) => step.cpu !== cpu && landsUserStore(step));
  if (stored !== undefined) story.mark(stored, `a store of CPU${stored.cpu} to the copy is visible`);
  story.tell(`CPU${set.cpu} had put the copy in its place at step ${set.step}`, set);
  const why = unflushed(story, cleared ?? set, set, cpu, mm);
  story.tell(why.words, why.step, ...(why.also ?? []));
  story.mark(last, story.violation.message);
  return story.end({ kind: 'outcome', facts: story.violation.facts }, why.step);
}

/** Why the old translation was not flushed before the new entry was set. */
function unflushed(
  story: Story,
  cleared: RawStep,
  set: RawStep,
  target: number,
  mm: number,
): Pick<Part, 'words' | 'step' | 'also'> {
  const { cpu } = set;
  const { tlbGen } = story.kernel.layout.mms[mm];
  const counted = story.after(
    cleared.step,
    (step) => step.cpu === cpu && step.kind === K.OP_FETCH_ADD && step.a === tlbGen,
  );
  if (counted === undefined || counted.step > set.step) {
    if (counted !== undefined) story.mark(counted, `CPU${cpu} asks for the flush only here`);
    const words = `it had asked for no flush before that`;
    return { words, step: set.step, also: counted === undefined ? [] : [counted] };
  }
  story.mark(counted, `CPU${cpu} asks for a flush`);
  const part =
    initiatorsView(story, counted.step, set.step, cpu, target, mm) ??
    waitersView(story, counted.step, set.step, cpu, target);
  return (
    part ?? { words: `its flush of step ${counted.step} had not reached CPU${target}`, step: counted.step }
  );
}

function landsUserStore({ kind, c, drained }: RawStep): boolean {
  return (kind === K.STEP_DRAIN && c === H.SB_USER) || drained.some((store) => store.kind === H.SB_USER);
}
