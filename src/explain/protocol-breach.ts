import * as E from '../kernel/events.js';
import { CSD_FLAGS } from '../kernel/structs.js';
import * as K from '../machine/op-kinds.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import type { Explanation } from './explanation.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';

/** What nobody may do with a call descriptor or a lock, and what had been done with it before. */

interface CsdFacts {
  readonly cpu: number;
  readonly csd: number;
}

/** A csd that its target still has is queued again: the first time, who has taken it, what was waited for. */
export function csdReused(story: Story, { cpu, csd }: CsdFacts): Explanation {
  const last = story.steps.at(-1);
  if (last === undefined) return story.lastStepOnly();
  const name = nameOf(story, csd);
  const queued = story.before(last.step, (step) => step.cpu === cpu && notes(step, E.EV_CSD_QUEUED, csd));
  if (queued !== undefined) {
    story.mark(queued, `CPU${cpu} queues ${name}`);
    const taken = story.after(queued.step, (step) => notes(step, E.EV_IPI_SERVED, csd));
    if (taken !== undefined) story.mark(taken, `CPU${taken.cpu} takes it from its queue`);
    const how = taken === undefined ? 'nobody had taken it' : `CPU${taken.cpu} had not given it back`;
    story.tell(
      `CPU${cpu} had queued it at step ${queued.step}, and ${how}`,
      queued,
      ...(taken === undefined ? [] : [taken]),
    );
    tellWait(story, { cpu, word: csd + CSD_FLAGS, from: queued, until: last });
  }
  story.mark(last, story.violation.message);
  return story.end({ kind: 'outcome', facts: story.violation.facts }, last.step);
}

/** What the CPU had waited for, or seen, in the word that says whether it may go on. */
function tellWait(
  story: Story,
  {
    cpu,
    word,
    from,
    until,
  }: { readonly cpu: number; readonly word: number; readonly from: RawStep; readonly until: RawStep },
): void {
  const isWithin = ({ step }: RawStep): boolean => step > from.step && step < until.step;
  const load = story.traffic.loads.findLast(
    (one) => one.cpu === cpu && one.address === word && isWithin(one.step),
  );
  const locked = story.before(
    until.step,
    (step) => isWithin(step) && step.cpu === cpu && step.kind === K.OP_WRITE_ONCE && step.a === word,
  );
  const name = story.names.word(word, -1);
  if (locked !== undefined) story.mark(locked, `CPU${cpu} locks it again`);
  if (load === undefined) {
    story.tell(`CPU${cpu} did not look at ${name} before it locked it again`, ...(locked ? [locked] : []));
    return;
  }
  story.mark(load.step, `CPU${cpu} finds ${story.names.value(word, load.value)} in ${name}, and goes on`);
  const by = load.from === null ? [] : [load.from.made];
  for (const made of by) story.mark(made, `CPU${made.cpu} stores what lets CPU${cpu} go on`);
  story.tell(`CPU${cpu} had found ${story.names.value(word, load.value)} in ${name}`, load.step, ...by);
}

/** A csd that was unlocked, and its function has not run: who asked, and where the target took it. */
export function acknowledged(story: Story, { cpu, csd }: CsdFacts): Explanation {
  const last = story.steps.at(-1);
  if (last === undefined) return story.lastStepOnly();
  const name = nameOf(story, csd);
  const taken = story.before(last.step + 1, (step) => notes(step, E.EV_IPI_SERVED, csd));
  const queued = story.before(last.step, (step) => notes(step, E.EV_CSD_QUEUED, csd));
  if (queued !== undefined) story.mark(queued, `CPU${queued.cpu} queues ${name}`);
  story.mark(last, story.violation.message);
  if (taken === undefined) return story.lastStepOnly();
  if (taken !== last) story.mark(taken, `CPU${cpu} takes ${name}, and flushes nothing before it unlocks it`);
  story.tell(
    `CPU${cpu} had taken it at step ${taken.step}`,
    taken,
    ...(queued === undefined ? [] : [queued]),
  );
  return story.end({ kind: 'outcome', facts: story.violation.facts }, last.step);
}

/** A lock that was unlocked by who did not hold it: who had it last, and gave it back. */
export function unlockedFree(story: Story, { cpu, lock }: FactsOf<'unlock-of-free'>): Explanation {
  const last = story.steps.at(-1);
  if (last === undefined) return story.lastStepOnly();
  const name = story.names.word(lock, -1);
  const touched = (kind: number): RawStep | undefined =>
    story.before(last.step, (step) => step.kind === kind && step.a === lock);
  const locked = touched(K.OP_SPIN_LOCK);
  const unlocked = touched(K.OP_SPIN_UNLOCK);
  if (locked !== undefined) story.mark(locked, `CPU${locked.cpu} locks ${name}`);
  if (unlocked !== undefined && unlocked.step > (locked?.step ?? -1)) {
    story.mark(unlocked, `CPU${unlocked.cpu} unlocks ${name}: from here on nobody holds it`);
    story.tell(
      `CPU${unlocked.cpu} had unlocked it at step ${unlocked.step} already`,
      unlocked,
      ...(locked === undefined ? [] : [locked]),
    );
  } else if (locked !== undefined && locked.cpu !== cpu)
    story.tell(`CPU${locked.cpu} had locked it at step ${locked.step}`, locked);
  else story.tell('nobody had locked it');
  story.mark(last, story.violation.message);
  story.tell('', last);
  return story.end({ kind: 'outcome', facts: story.violation.facts }, last.step);
}

function nameOf({ kernel }: Story, csd: number): string {
  return kernel.layout.layout.recordOf(csd);
}

function notes({ events }: RawStep, kind: number, csd: number): boolean {
  return events.some((event) => event.kind === kind && event.a === csd);
}
