import * as K from '../machine/op-kinds.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import { leftMask } from './circumstance.js';
import type { Explanation } from './explanation.js';
import { initiatorsView } from './request-to-target.js';
import type { Story } from './story.js';

/**
 * A walk in a table that had been freed: the unlinking, the request that did not reach the walker, the
 * freeing.
 */
export function freedTableWalk(story: Story, { frame }: FactsOf<'freed-table-walk'>): Explanation {
  const last = story.steps.at(-1);
  if (last === undefined) return story.lastStepOnly();
  story.mark(last, story.violation.message);
  const freed = story.before(
    last.step,
    (step) => (step.kind === K.OP_FREE_FRAME || step.kind === K.OP_FREE_FRAME_RCU) && step.a === frame,
  );
  if (freed === undefined) return story.unexplained();
  story.mark(freed, `the page-table page in frame ${freed.a} is freed`);
  const unlinked = story.before(
    freed.step,
    (step) =>
      step.kind === K.OP_SET_PTE &&
      step.cpu === freed.cpu &&
      step.b === 0 &&
      step.d >= story.machine.ghost.pages,
  );
  if (unlinked === undefined) return story.unexplained();
  story.mark(unlinked, 'the table is unlinked');
  const told = initiatorsView(story, unlinked.step, freed.step, freed.cpu, last.cpu);
  if (told === null) return story.unexplained();
  story.tell(told.words, told.step);
  const isUnasked = told.cause.kind === 'noIpi';
  return story.end(
    told.cause,
    told.step,
    isUnasked ? leftMask(story, last.cpu, unlinked.c, freed.step, last.step) : null,
  );
}
