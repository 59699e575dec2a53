import { lazyEnded } from './circumstance.js';
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
  return story.end({ kind: 'outcome', facts: violation.facts }, null, lazyEnded(story, last.cpu));
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
  for (const { step, cpu, address, value, from } of knownTo(story, last)) {
    const word = names.word(address, -1);
    const is = names.value(address, value);
    story.mark(step, `CPU${cpu} goes by ${word}, which is ${is}`);
    if (from === null) continue;
    story.mark(from.made, `CPU${from.cpu} stores what CPU${cpu} goes by: ${word} is ${is}`);
    const by = `CPU${from.cpu}'s store of step ${from.made.step}${arrives(from)}`;
    story.tell(`CPU${cpu} read ${is} in ${word}, by ${by}`, step, from.made);
  }
}

/**
 * What the function that asserts had loaded itself, or had its callees load; where that is nothing that
 * anybody has stored, the function that called it, and so on outwards. What the CPU has filled in for its own
 * functions to read tells nothing.
 */
function knownTo(story: Story, last: RawStep): readonly Load[] {
  const { traffic, kernel } = story;
  const own = new Set<number>(Object.values(kernel.layout.cpus[last.cpu].flushInfo));
  const functions = last.site?.functions ?? [];
  for (let depth = functions.length; depth > 0; depth--) {
    const begin = calledAt(story, last, functions.slice(0, depth));
    const loads = latest(traffic, last.cpu, last.step).filter(
      ({ step, address, from }) => step.step >= begin && from !== null && !own.has(address),
    );
    const words = new Set(loads.map(({ address }) => address));
    const newest = [...words].flatMap((word) => loads.find(({ address }) => address === word) ?? []);
    if (newest.length > 0) return newest.slice(0, WORDS_MAX);
  }
  return [];
}

/** The first step of the call, of these functions, in which the CPU stands with `last`. */
function calledAt({ steps }: Story, last: RawStep, functions: readonly string[]): number {
  const own = steps.filter(({ cpu, site, step }) => cpu === last.cpu && site !== null && step <= last.step);
  const before = own.findLast(({ site }) => functions.some((name, at) => site?.functions[at] !== name));
  return before === undefined ? 0 : before.step + 1;
}
