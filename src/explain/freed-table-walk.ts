import * as K from '../machine/op-kinds.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import { leftMask } from './circumstance.js';
import type { Explanation } from './explanation.js';
import type { RawStep } from './raw-step.js';
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
  const told = initiatorsView(story, unlinked.step, freed.step, freed.cpu, last.cpu, unlinked.c);
  if (told === null) {
    stillLoaded(story, unlinked, last);
    return story.unexplained();
  }
  story.tell(told.words, told.step);
  const isUnasked = told.cause.kind === 'noIpi';
  return story.end(
    told.cause,
    told.step,
    isUnasked ? leftMask(story, last.cpu, unlinked.c, freed.step, last.step) : null,
  );
}

/** The walker was asked, and has kept the tables: what it has loaded, and by what it went then. */
function stillLoaded(story: Story, unlinked: RawStep, walk: RawStep): void {
  const { kernel, names, traffic } = story;
  const { cpu } = walk;
  const loaded = story.before(walk.step, (step) => step.cpu === cpu && step.kind === K.OP_WRITE_CR3);
  if (loaded !== undefined) {
    story.mark(loaded, `CPU${cpu} has loaded these tables since`);
    story.tell(`CPU${cpu} had loaded CR3 last at step ${loaded.step}`, loaded);
  }
  const { loadedMm, isLazy } = kernel.layout.cpus[cpu].tlbstate;
  for (const word of [loadedMm, isLazy]) {
    const load = traffic.loads.findLast(
      (one) =>
        one.cpu === cpu &&
        one.address === word &&
        one.step.step > unlinked.step &&
        one.step.step < walk.step &&
        one.step.handlerDepth > 0,
    );
    if (load === undefined) continue;
    const is = `${names.word(word, cpu)} is ${names.value(word, load.value)}`;
    story.mark(load.step, `CPU${cpu} goes by that when it is asked: ${is}`);
    const by = load.from === null ? [] : [load.from.made];
    for (const made of by) story.mark(made, `CPU${made.cpu} stores what CPU${cpu} goes by: ${is}`);
    story.tell(`when CPU${cpu} was asked, its ${is}`, load.step, ...by);
  }
}
