import { CPU_AGENT, kindOfAgent } from '../machine/agents.js';
import { personally, waitingWords } from '../vocabulary/violation-facts.js';
import type { Explanation } from './explanation.js';
import type { RawStep } from './raw-step.js';
import { repeats } from './repeats.js';
import type { Story } from './story.js';
import { unansweredRequest } from './unanswered-request.js';

/** Why CPUs of the simulated kernel do not come to their end: a deadlock, or a livelock. */

/** Marks where every CPU stands that has not finished, and what it waits for was last changed. */
export function stuck(story: Story): Explanation {
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
      sources.push(...unansweredRequest(story, stands.cpu, word));
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
