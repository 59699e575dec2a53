import { FIRST_USER_MM } from '../kernel/constants.js';
import { Ghost } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import { ACCESS_OK, WALK_DONE } from '../machine/mmu.js';
import * as K from '../machine/op-kinds.js';
import { PTE_PRESENT, PTE_WRITE, pteFrame } from '../machine/pte.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import { throughOthersTable } from './cross-mm.js';
import type { Explanation } from './explanation.js';
import { flushStory } from './flush-story.js';
import { isByLatch, othersVpid } from './host-code-view.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';
import type { StaleEntry } from './survived.js';

/** An old translation that was used: its making, the change that it missed, and why nothing flushed it. */

/** Of an entry that was there when the execution began. */
const BEFORE_ALL = -1;

/** The access, and the translation that it went through. */
interface Use {
  readonly executed: RawStep;
  readonly entry: StaleEntry;
  /** Step in which the entry was made. */
  readonly filledAt: number;
  /** The frame that it leads to, if that is still known. */
  readonly frame: number | null;
  readonly isWrite: boolean;
}

export function staleUse(story: Story, facts: FactsOf<'stale-use'>): Explanation {
  const judged = story.steps.at(-1);
  if (judged === undefined) return story.lastStepOnly();
  story.mark(judged, story.violation.message);
  const mm = facts.mm + FIRST_USER_MM;
  const { cpu: target, page } = facts;
  const use = facts.isBuffered
    ? bufferedUse(story, judged, mm, page)
    : directUse(story, judged, mm, facts.isWrite);
  if (use === null) return story.unexplained();
  const { executed, entry, filledAt, frame } = use;
  const fill = story.steps.find(({ step }) => step === filledAt);
  const shared = othersVpid(story, fill, target);
  if (shared !== null) return shared;
  const name = story.names.mm(mm);
  if (fill !== undefined)
    story.mark(
      fill,
      `CPU${target}'s TLB entry for page ${page} of ${name} is made` +
        (frame === null ? '' : ` (frame ${frame})`),
    );
  if (executed !== judged)
    story.mark(executed, `CPU${target} stores through the entry; the store waits in its store buffer`);
  const change = story.after(filledAt, (step) => step.step < judged.step && revokes(step, mm, page, use));
  if (change === undefined) {
    const others =
      fill === undefined ? null : throughOthersTable(story, judged, fill, { cpu: target, page, mm });
    return others ?? story.unexplained();
  }
  story.mark(change, `this takes away what CPU${target}'s entry still says`);
  return flushStory(story, { change, use: judged, executed, mm, target, entry });
}

/** The access that was judged when it was executed, or that its host has completed. */
function directUse({ machine, kernel }: Story, judged: RawStep, mm: number, isWrite: boolean): Use | null {
  const { mem } = machine;
  const block = machine.block(judged.cpu);
  const latch = block + H.LATCH_BASE;
  const entry = isByLatch(judged) ? latch : machine.mmu.lookup(block, judged.a);
  if (entry < 0) return null;
  const key = mem[entry + H.TLB_KEY];
  const root = machine.word(kernel.layout.mms[mm].pgd);
  return {
    executed: judged,
    entry: { page: key & 0xff, pcid: key >> 8, root },
    filledAt: mem[entry + H.TLB_STEP],
    frame: Ghost.mmOf(mem[entry + H.TLB_OWNER]) === mm ? pteFrame(mem[entry + H.TLB_PTE]) : null,
    isWrite,
  };
}

/**
 * The store that has left the store buffer now: user stores leave it in the order in which they were
 * executed.
 */
function bufferedUse(
  { machine, kernel, steps }: Story,
  judged: RawStep,
  mm: number,
  page: number,
): Use | null {
  const own = steps.filter(({ cpu }) => cpu === judged.cpu);
  const left = own.reduce((sum, step) => sum + userStoresLeft(step), 0);
  const stores = own.filter(
    ({ kind, b, value }) => kind === K.OP_USER_ACCESS && b !== 0 && value === ACCESS_OK,
  );
  const executed = stores[left - 1] ?? stores.findLast(({ a }) => a === page);
  if (executed === undefined) return null;
  const filled = own.findLast(
    ({ step, kind, a, value }) =>
      step < executed.step &&
      a === page &&
      ((kind === K.OP_WALK && value === WALK_DONE) || kind === K.STEP_WALK),
  );
  const loaded = own.findLast(({ step, kind }) => step < executed.step && kind === K.OP_WRITE_CR3);
  const root = machine.word(kernel.layout.mms[mm].pgd);
  return {
    executed,
    entry: { page, pcid: loaded?.b ?? 0, root },
    filledAt: filled?.step ?? BEFORE_ALL,
    frame: null,
    isWrite: true,
  };
}

function userStoresLeft(step: RawStep): number {
  const drained = step.drained.filter(({ kind }) => kind === H.SB_USER).length;
  return drained + (step.kind === K.STEP_DRAIN && step.c === H.SB_USER ? 1 : 0);
}

/** What takes away a right that is used, or leads elsewhere. */
function revokes(step: RawStep, mm: number, page: number, { isWrite, frame }: Use): boolean {
  const { kind, b } = step;
  if (step.c !== mm || step.d !== page) return false;
  if (kind === K.OP_PTEP_GET_AND_CLEAR) return true;
  if (kind === K.OP_PTEP_SET_WRPROTECT) return isWrite;
  if (kind !== K.OP_SET_PTE) return false;
  if ((b & PTE_PRESENT) === 0 || (isWrite && (b & PTE_WRITE) === 0)) return true;
  return frame !== null && pteFrame(b) !== frame;
}
