import type { KernelConfig } from '../kernel/kernel-cpu.js';
import { CSD_FLAGS } from '../kernel/structs.js';
import { CPU_AGENT, kindOfAgent } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';
import { OP_CMPXCHG, OP_SEND_IPI, STEP_PREEMPT } from '../machine/op-kinds.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import { personally, waitingWords } from '../vocabulary/violation-facts.js';
import { asserted } from './asserted.js';
import { crossMm } from './cross-mm.js';
import type { Explanation } from './explanation.js';
import { freedTableWalk } from './freed-table-walk.js';
import type { KernelNames } from './names.js';
import type { OwnCalls } from './own-calls.js';
import { tellOwnDifferences } from './own-differences.js';
import { acknowledged, csdReused, unlockedFree } from './protocol-breach.js';
import type { RawStep } from './raw-step.js';
import { repeats } from './repeats.js';
import { splitPage } from './split-page.js';
import { staleUse } from './stale-use.js';
import { Story } from './story.js';

/**
 * Why an execution of the simulated kernel ended as it did. The machine stands where it ended; `steps` are
 * all its steps; `judged`: the words that an assertion over the final memory looked at, in order; `own`:
 * what the variant's own functions did otherwise than its base's, where that was followed.
 */
export function explain(
  machine: Machine,
  kernel: KernelConfig,
  steps: readonly RawStep[],
  names: KernelNames,
  violation: JudgedViolation,
  judged: readonly number[] = [],
  own: OwnCalls | null = null,
): Explanation {
  const story = new Story(machine, kernel, steps, names, violation);
  const explanation = byClass(story, judged);
  if (own === null) return explanation;
  tellOwnDifferences(story, own);
  return story.more(explanation);
}

function byClass(story: Story, judged: readonly number[]): Explanation {
  const { facts } = story.violation;
  switch (facts.class) {
    case 'stale-use':
      return staleUse(story, facts);
    case 'cross-mm':
      return crossMm(story, facts);
    case 'freed-table-walk':
      return freedTableWalk(story, facts);
    case 'split-page':
      return splitPage(story, facts);
    case 'csd-reuse':
      return csdReused(story, facts);
    case 'lost-ack':
      return acknowledged(story, facts);
    case 'unlock-of-free':
      return unlockedFree(story, facts);
    case 'assertion':
      return asserted(story, judged);
    case 'deadlock':
    case 'livelock':
      return stuck(story);
    default:
      return story.lastStepOnly();
  }
}

/** Where a CPU queued the request whose csd it waits for, if it has sent its target no interrupt since. */
function unsent(story: Story, cpu: number, word: number): RawStep | undefined {
  const { csd } = story.kernel.layout.cpus[cpu].cfd;
  const target = csd.findIndex((address) => address + CSD_FLAGS === word);
  if (target < 0) return undefined;
  const { queue } = story.kernel.layout.cpus[target].cfd;
  const queued = story.steps.findLast(
    (step) => step.cpu === cpu && step.kind === OP_CMPXCHG && step.a === queue && step.c === csd[target],
  );
  if (queued === undefined || queued.value !== 0) return undefined;
  if (story.after(queued.step, ({ kind, a }) => kind === OP_SEND_IPI && a === target) !== undefined)
    return undefined;
  const after = story.after(queued.step, (step) => step.cpu === cpu && step.kind < STEP_PREEMPT);
  story.mark(queued, `CPU${cpu} queues its request for CPU${target}; no IPI follows`);
  if (after !== undefined) story.mark(after, `CPU${cpu} goes on, and has sent CPU${target} no IPI`);
  story.tell(
    `CPU${cpu} queued its request for CPU${target} and sent no IPI`,
    queued,
    ...(after === undefined ? [] : [after]),
  );
  return queued;
}

/** Marks where every CPU stands that has not finished, and what it waits for was last changed. */
function stuck(story: Story): Explanation {
  const { machine, kernel, steps, names, violation } = story;
  const sources: RawStep[] = [];
  const waiting = machine.waits.unfinished();
  for (const stands of waiting) {
    const last = steps.findLast((step) => step.cpu === stands.cpu);
    const why = `then ${waitingWords(stands, personally(kernel.layout.layout))}`;
    if (last !== undefined) story.mark(last, why);
    for (const { word, value } of stands.waits) {
      const source = steps.findLast(({ writes }) => writes.some(({ address }) => address === word));
      if (source !== undefined) sources.push(source, ...madeBefore(story, word, source));
      const request = unsent(story, stands.cpu, word);
      if (request !== undefined) sources.push(request);
      if (source !== undefined && source !== last)
        story.mark(source, `${names.word(word, -1)} is ${names.value(word, value)} from here on`);
    }
  }
  if (violation.class === 'livelock') roundsOf(story, new Set(waiting.map(({ cpu }) => cpu)));
  story.tell('', ...sources);
  return story.end({ kind: 'stuck', waiting }, null);
}

/** The store that reached memory in a later step than its own. */
function madeBefore(story: Story, word: number, landed: RawStep): RawStep[] {
  const made = story.traffic.last(word)?.made;
  if (made === undefined || made === landed) return [];
  story.mark(made, `CPU${made.cpu} stores what is waited for`);
  return [made];
}

/** What each of them does over and over: its own operations, whatever buffers and MMUs do in between. */
function roundsOf(story: Story, stuck: ReadonlySet<number>): void {
  const own = story.steps.filter(({ agent }) => kindOfAgent(agent) === CPU_AGENT);
  for (const { words, marks } of repeats(own, stuck, story.names)) {
    for (const { step, why } of marks) story.mark(step, why);
    story.tell(words, ...marks.map(({ step }) => step));
  }
}
