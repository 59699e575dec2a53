import { FIRST_USER_MM } from '../kernel/constants.js';
import * as H from '../machine/hardware.js';
import * as K from '../machine/op-kinds.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import { flushCause } from './cause.js';
import type { Explanation } from './explanation.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';
import { interrupted } from './switch-view.js';

/**
 * A translation of another mm that was used: where it was made, and how its PCID came to be loaded for this
 * one without a flush.
 */
export function crossMm(story: Story, { cpu, page, filledUnder, running }: FactsOf<'cross-mm'>): Explanation {
  const use = story.steps.at(-1);
  if (use === undefined) return story.lastStepOnly();
  story.mark(use, story.violation.message);
  const { machine, names } = story;
  const block = machine.block(cpu);
  const entry = use.kind === K.STEP_HOST ? block + H.LATCH_BASE : machine.mmu.lookup(block, page);
  if (entry < 0) return story.unexplained();
  const filledAt = machine.mem[entry + H.TLB_STEP];
  const fill = story.steps.find(({ step }) => step === filledAt);
  const [other, own] = [filledUnder, running].map((mm) => names.mm(mm + FIRST_USER_MM));
  if (fill !== undefined) story.mark(fill, `CPU${cpu}'s TLB entry for page ${page} of ${other} is made`);
  const loaded = story.before(
    use.step,
    (step) => step.cpu === cpu && step.kind === K.OP_WRITE_CR3 && step.step > filledAt,
  );
  if (loaded === undefined) return story.unexplained();
  const pcid = machine.mem[entry + H.TLB_KEY] >> 8;
  const isKept = loaded.c !== 0;
  story.mark(loaded, `PCID ${loaded.b} is loaded for ${own} ${isKept ? 'without a flush' : 'with a flush'}`);
  const part =
    interrupted(story, -1, use.step, cpu) ??
    (isKept && loaded.b === pcid ? recycled(story, loaded, cpu, own) : null);
  if (part === null) return story.unexplained();
  story.tell(part.words, part.step, ...(part.also ?? []));
  return story.end(part.cause, part.step, null, { kind: 'outcome', facts: story.violation.facts });
}

/** The slot was taken over from another mm before its PCID was loaded. */
function recycled(story: Story, loaded: RawStep, cpu: number, own: string): Part {
  const asid = Math.max(0, loaded.b - 1);
  const slot = story.kernel.layout.cpus[cpu].tlbstate.ctxs[asid];
  const taken = story.before(
    loaded.step,
    ({ cpu: by, kind, a }) =>
      by === cpu &&
      slot !== undefined &&
      a === slot.ctxId &&
      (kind === K.OP_WRITE_ONCE || kind === K.OP_CMPXCHG_PAIR),
  );
  if (taken !== undefined)
    story.mark(taken, `slot ${asid} is taken over for ${own}; its PCID still has entries of another mm`);
  const words = `CPU${cpu} took slot ${asid} over for ${own}, and loaded PCID ${loaded.b} without a flush`;
  return {
    words,
    cause: flushCause('recycled'),
    step: loaded.step,
    also: taken === undefined ? [] : [taken],
  };
}
