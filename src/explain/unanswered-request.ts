import { CSD_FLAGS } from '../kernel/structs.js';
import { OP_CMPXCHG, OP_IRET, OP_SEND_IPI, OP_XCHG, STEP_PREEMPT } from '../machine/op-kinds.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';

/** A request that a CPU waits for without end: it was not delivered, or its target has dropped it. */

interface Request {
  readonly cpu: number;
  readonly target: number;
  /** The flags of its csd, and its target's queue. */
  readonly word: number;
  readonly queue: number;
  readonly queued: RawStep;
}

/** Tells of the request whose csd `word` is of; answers the steps at which it went wrong, or none. */
export function unansweredRequest(story: Story, cpu: number, word: number): readonly RawStep[] {
  const { csd } = story.kernel.layout.cpus[cpu].cfd;
  const target = csd.findIndex((address) => address + CSD_FLAGS === word);
  if (target < 0) return [];
  const { queue } = story.kernel.layout.cpus[target].cfd;
  const queued = story.steps.findLast(
    (step) => step.cpu === cpu && step.kind === OP_CMPXCHG && step.a === queue && step.c === csd[target],
  );
  if (queued === undefined) return [];
  const request = { cpu, target, word, queue, queued };
  return dropped(story, request) ?? unsent(story, request) ?? [];
}

/** It was the first in the queue, and no interrupt has been sent since. */
function unsent(story: Story, { cpu, target, queued }: Request): RawStep[] | null {
  const isSent = story.after(queued.step, ({ kind, a }) => kind === OP_SEND_IPI && a === target);
  if (queued.value !== 0 || isSent !== undefined) return null;
  const after = story.after(queued.step, (step) => step.cpu === cpu && step.kind < STEP_PREEMPT);
  story.mark(queued, `CPU${cpu} queues its request for CPU${target}; no IPI follows`);
  if (after !== undefined) story.mark(after, `CPU${cpu} goes on, and has sent CPU${target} no IPI`);
  const own = [queued, ...(after === undefined ? [] : [after])];
  story.tell(`CPU${cpu} queued its request for CPU${target} and sent no IPI`, ...own);
  return own;
}

/** The target has taken it from its queue, and its handler ended without having unlocked it. */
function dropped(story: Story, { target, word, queue, queued }: Request): RawStep[] | null {
  const isOfTarget = (step: RawStep): boolean => step.cpu === target;
  const taken = story.after(
    queued.step,
    (step) => isOfTarget(step) && step.kind === OP_XCHG && step.a === queue,
  );
  if (taken === undefined) return null;
  const { step, handlerDepth } = taken;
  const ended = story.after(
    step,
    (one) => isOfTarget(one) && one.kind === OP_IRET && one.handlerDepth === handlerDepth,
  );
  const isTouched = story.traffic.stores.some(({ address, made }) => address === word && made.step > step);
  if (ended === undefined || isTouched) return null;
  const csd = story.names.word(word, -1).replace(/\.flags$/, '');
  story.mark(taken, `CPU${target} takes ${csd} from its queue`);
  story.mark(ended, `CPU${target}'s handler ends, and ${csd} is locked still`);
  story.tell(
    `CPU${target} took ${csd} from its queue at step ${step}, and its handler ended at step ` +
      `${ended.step} without having unlocked it`,
    taken,
    ended,
  );
  return [taken, ended];
}
