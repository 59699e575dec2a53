import type { Explanation } from './explanation.js';
import type { RawStep } from './raw-step.js';
import type { Story } from './story.js';
import { arrives, latest } from './torn-reads.js';
import type { Load } from './traffic.js';

/** An assertion of the kernel or of a variant's author that failed: what was known where it did. */

/** Words that are told. */
const WORDS_MAX = 3;

/** `judged`: the words that an assertion over the final memory looked at. */
export function asserted(story: Story, judged: readonly number[]): Explanation {
  const { steps, violation } = story;
  const last = steps.at(-1);
  if (last === undefined) return story.unexplained();
  if (violation.step > last.step) tellFinal(story, judged);
  else {
    if (last.asserted === null) tellWritten(story, last);
    else tellKnown(story, last);
    // Last, as it may be one of them.
    story.mark(last, violation.message);
  }
  return story.end({ kind: 'outcome', facts: violation.facts }, null);
}

/** Over the final memory: who stored it. */
function tellFinal(story: Story, judged: readonly number[]): void {
  const { traffic, names, machine } = story;
  for (const address of judged.slice(-WORDS_MAX)) {
    const store = traffic.last(address);
    const is = `${names.word(address, -1)} is ${names.value(address, machine.mem[address])}`;
    if (store !== undefined) story.mark(store.made, `${is} from here on, and is judged at the end`);
    story.tell(`at the end ${is}`, ...(store === undefined ? [] : [store.made]));
  }
}

/** Over every state: it held before the step, so what reached memory there broke it. */
function tellWritten(story: Story, last: RawStep): void {
  const { traffic, names } = story;
  const landed = traffic.stores.filter((store) => store.landed === last).slice(-WORDS_MAX);
  for (const { address, value, made, cpu } of landed) {
    const became = `${names.word(address, -1)} became ${names.value(address, value)}`;
    const by = made === last ? '' : ` by CPU${cpu}'s store of step ${made.step}`;
    story.mark(made, `with this ${became}`);
    story.tell(`${became} at step ${last.step}${by}`, made);
  }
}

/** In the middle of a function: what the CPU had read last, and who had stored that. */
function tellKnown(story: Story, last: RawStep): void {
  const { names } = story;
  for (const { step, cpu, address, value, from } of knownTo(story, last.cpu, last.step)) {
    const word = names.word(address, -1);
    const is = names.value(address, value);
    story.mark(step, `CPU${cpu} goes by ${word}, which is ${is}`);
    if (from === null) {
      story.tell(`CPU${cpu} read ${is} in ${word}, as at the start`, step);
      continue;
    }
    story.mark(from.made, `CPU${from.cpu} stores what CPU${cpu} goes by: ${word} is ${is}`);
    const by = `CPU${from.cpu}'s store of step ${from.made.step}${arrives(from)}`;
    story.tell(`CPU${cpu} read ${is} in ${word}, by ${by}`, step, from.made);
  }
}

/**
 * The CPU's last loads, of each word the newest: those of words that anybody has stored first. What it has
 * filled in for its own functions to read tells nothing.
 */
function knownTo({ traffic, kernel }: Story, cpu: number, until: number): readonly Load[] {
  const own = new Set<number>(Object.values(kernel.layout.cpus[cpu].flushInfo));
  const words = new Set<number>();
  const loads = latest(traffic, cpu, until).filter(({ address }) => {
    const isNew = !own.has(address) && !words.has(address);
    words.add(address);
    return isNew;
  });
  const stored = loads.filter(({ from }) => from !== null);
  return [...stored, ...loads.filter(({ from }) => from === null)].slice(0, WORDS_MAX);
}
