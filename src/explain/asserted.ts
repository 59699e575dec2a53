import type { Explanation } from './explanation.js';
import type { Story } from './story.js';
import { arrives, latest } from './torn-reads.js';
import type { Load } from './traffic.js';

/** An assertion of the kernel or of a variant's author that failed: what was known where it did. */

/** Words that are told. */
const WORDS_MAX = 3;

/**
 * Marks what the CPU had read last and who had stored that, as it asserts what it knows; `judged`: the words
 * that an assertion over the final memory looked at.
 */
export function asserted(story: Story, judged: readonly number[]): Explanation {
  const { steps, violation, traffic, names, machine } = story;
  const last = steps.at(-1);
  if (last === undefined) return story.unexplained();
  if (violation.step > last.step) {
    for (const address of judged.slice(-WORDS_MAX)) {
      const store = traffic.last(address);
      const is = `${names.word(address, -1)} is ${names.value(address, machine.mem[address])}`;
      if (store !== undefined) story.mark(store.made, `${is} from here on, and is judged at the end`);
      story.tell(`at the end ${is}`, ...(store === undefined ? [] : [store.made]));
    }
    return story.end({ kind: 'outcome', facts: violation.facts }, null);
  }
  const known = knownTo(story, last.cpu, last.step);
  for (const { step, cpu, address, value, from } of known) {
    const word = names.word(address, -1);
    const is = names.value(address, value);
    story.mark(step, `CPU${cpu} goes by ${word}, which is ${is}`);
    if (from !== null)
      story.mark(from.made, `CPU${from.cpu} stores what CPU${cpu} goes by: ${word} is ${is}`);
    const stored =
      from === null
        ? 'as at the start'
        : `by CPU${from.cpu}'s store of step ${from.made.step}${arrives(from)}`;
    story.tell(`CPU${cpu} read ${is} in ${word}, ${stored}`, step, ...(from === null ? [] : [from.made]));
  }
  // Last, as it may be one of them.
  story.mark(last, violation.message);
  return story.end({ kind: 'outcome', facts: violation.facts }, null);
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
