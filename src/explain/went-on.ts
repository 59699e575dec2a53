import * as K from '../machine/op-kinds.js';
import { flushCause } from './cause.js';
import type { RawStep } from './raw-step.js';
import { flushes } from './slots-view.js';
import type { Part, Story } from './story.js';
import type { Load, Store } from './traffic.js';

/** What let an initiator go on that had asked a target: an answer that came too soon, or somebody else's. */

export interface Asked {
  readonly asked: RawStep;
  readonly returned: RawStep;
  readonly initiator: number;
  readonly target: number;
}

/** A wait of the initiator that ended by a store of the target. */
interface Answered {
  readonly wait: Load;
  readonly answer: Store;
}

/** The last answer of the target that the initiator waited for; undefined: it waited for none. */
export function answered(
  { traffic }: Story,
  { asked, returned, initiator, target }: Asked,
): Answered | undefined {
  const waits = traffic.loads.filter(
    ({ cpu, step }) =>
      cpu === initiator &&
      step.kind === K.OP_COND_LOAD_ACQUIRE &&
      step.step > asked.step &&
      step.step < returned.step,
  );
  return waits
    .flatMap((wait) => (wait.from === null ? [] : [{ wait, answer: wait.from }]))
    .findLast(({ answer }) => answer.cpu === target && answer.made.step > asked.step);
}

/** The target answered while it still had the request before it: null if it had not. */
export function answeredEarly(story: Story, request: Asked): Part | null {
  const { initiator, target } = request;
  const found = answered(story, request);
  if (found === undefined) return null;
  const { wait, answer } = found;
  const ended = story.after(answer.made.step, ({ cpu, kind }) => cpu === target && kind === K.OP_IRET);
  const info = new Set(infoWords(story, initiator));
  const isStillAtIt = (step: RawStep): boolean =>
    step.cpu === target && (flushes(step) || (step.kind === K.OP_READ_ONCE && info.has(step.a)));
  const late = story.after(
    answer.made.step,
    (step) => (ended === undefined || step.step < ended.step) && isStillAtIt(step),
  );
  if (late === undefined) return null;
  const word = story.names.word(answer.address, -1);
  story.mark(answer.made, `CPU${target} answers CPU${initiator}'s request, and has not carried it out`);
  story.mark(wait.step, `CPU${initiator}'s wait for ${word} is over`);
  story.mark(late, `CPU${target} carries the request out only here`);
  return {
    words:
      `CPU${target} stored to ${word} at step ${answer.made.step} before it had carried out ` +
      `CPU${initiator}'s request, and CPU${initiator} went on`,
    cause: flushCause('answeredEarly'),
    former: flushCause('notServed'),
    step: answer.made.step,
    also: [wait.step, late],
  };
}

/** What the initiator waited for in the place of the target's answer; null: it waited for nothing. */
export function waitedElsewhere(story: Story, { asked, returned, initiator, target }: Asked): Part | null {
  const wait = story.before(
    returned.step,
    ({ step, cpu, kind }) => step > asked.step && cpu === initiator && kind === K.OP_COND_LOAD_ACQUIRE,
  );
  if (wait === undefined) return null;
  const word = story.names.word(wait.a, -1);
  story.mark(wait, `CPU${initiator} waits for ${word}: that is no answer of CPU${target}`);
  return {
    words:
      `CPU${initiator} waited for ${word}, which is no answer of CPU${target}, and went on ` +
      `before CPU${target} had served its request`,
    cause: flushCause('waitedElsewhere'),
    former: flushCause('notServed'),
    step: wait.step,
    also: [asked],
  };
}

function infoWords({ kernel }: Story, initiator: number): number[] {
  return Object.values(kernel.layout.cpus[initiator].flushInfo);
}
