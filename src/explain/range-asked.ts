import { TLB_FLUSH_ALL } from '../kernel/constants.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';
import type { Load } from './traffic.js';

/** What a target was asked for: the range of a request, and who had stored it. */

/** A range that leaves the page out, and the step that says so. */
interface RangeAsked {
  readonly words: string;
  readonly stored: RawStep;
}

/** The range that the target read last before `until`; null where it has the page, or is everything. */
export function rangeAsked(story: Story, until: number, target: number, page: number): RangeAsked | null {
  const { kernel, traffic } = story;
  const lastOf = (words: readonly number[]): Load | undefined =>
    traffic.loads.findLast(
      ({ cpu, step, address }) => cpu === target && step.step < until && words.includes(address),
    );
  const infos = kernel.layout.cpus.map(({ flushInfo }) => flushInfo);
  const end = lastOf(infos.map((info) => info.end));
  if (end === undefined || end.value === TLB_FLUSH_ALL) return null;
  const info = infos.find((one) => one.end === end.address);
  const start = info === undefined ? undefined : traffic.last(info.start);
  const first = start?.value ?? 0;
  const decisive = page < first ? start : (end.from ?? undefined);
  if (decisive === undefined || (page >= first && page < end.value)) return null;
  const asked = rangeWords(first, end.value - 1);
  story.mark(decisive.made, `CPU${decisive.cpu} asks for ${asked}, not for page ${page}`);
  return { words: `CPU${decisive.cpu} had asked for ${asked}`, stored: decisive.made };
}

function rangeWords(first: number, last: number): string {
  if (last < first) return 'no page';
  return first === last ? `page ${first} only` : `pages ${first} to ${last} only`;
}

/** What is told, and of the range that was asked for. */
export function withRange(part: Part, asked: RangeAsked | null): Part {
  if (asked === null) return part;
  return { ...part, words: `${part.words}; ${asked.words}`, also: [...(part.also ?? []), asked.stored] };
}
