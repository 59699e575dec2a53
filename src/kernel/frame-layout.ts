import { type FrameGhost, TABLE_PAGES } from '../machine/ghost.js';
import type { Field, Layout } from '../machine/layout.js';
import type { MmuLayout } from '../machine/program.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** Where frames lie, and what the kernel keeps of each. */

/** Words that one frame holds: a leaf table of TABLE_PAGES entries, or a root. */
export const FRAME_WORDS = TABLE_PAGES;

/**
 * Frames that a scenario can use at once: per mm a root, its tables and its pages, and slack for copies in
 * flight on every CPU; never more than an entry can name (a machine that needs more says that it is out of
 * frames).
 */
export function framesFor(scenario: Scenario, framesMax: number): number {
  const tables = Math.ceil(scenario.pages / TABLE_PAGES);
  return Math.min(framesMax, 1 + scenario.mms.length * (1 + tables + scenario.pages) + scenario.cpus * 4);
}

/** Where the words that kernel, allocator and oracles keep for each frame lie, and its memory. */
export interface FrameLayout
  extends Pick<MmuLayout, 'framesBase' | 'frameStride' | 'freeTop' | 'freeStack' | 'freeLists'> {
  readonly pageRefcount: number;
  readonly pagePtl: number;
  readonly pageStride: number;
}

/** Packed: an array for each kind of word. */
export function frameLayout(layout: Layout, frames: number): FrameLayout {
  const pageRefcount = layout.alloc('page.refcount', frames);
  const pagePtl = layout.alloc('page.ptl', frames);
  const framesBase = layout.alloc('frame memory', frames * FRAME_WORDS, 'pte');
  const freeTop = layout.alloc('free list top', 1, 'hidden');
  const freeStack = layout.alloc('free list', frames, 'hidden');
  const packed = { pageStride: 1, frameStride: FRAME_WORDS, freeLists: null };
  return { pageRefcount, pagePtl, framesBase, freeTop, freeStack, ...packed };
}

/** The words of a `struct page` that has a line; the rest of its cache line stays empty. */
const PAGE_FIELDS = ['refcount', 'ptl', 'next free', 'ghost allocation', 'ghost owner'] as const;

/**
 * For threads: each frame has a cache line for what the kernel keeps of it (Linux's `struct page` has one
 * too), and one for its memory and, behind it, the ghost numbers that the entries there were linked with:
 * they change together. Each CPU has a list of free frames.
 */
export function frameLayoutApart(
  layout: Layout,
  frames: number,
  cpus: number,
  lineWords: number,
): FrameLayout & { readonly ghost: FrameGhost } {
  layout.line();
  const fields = Array.from(
    { length: lineWords },
    (_, at): Field => ({ name: PAGE_FIELDS[at] ?? 'unused', format: 'number' }),
  );
  const page = layout.allocTable(frames, fields, (frame) => `page(${frame})`);
  const frameStride = Math.ceil((2 * FRAME_WORDS) / lineWords) * lineWords;
  const framesBase = layout.alloc('frame memory', frames * frameStride, 'pte');
  const freeTop = layout.alloc('free list tops', cpus * lineWords, 'hidden');
  const at = (field: (typeof PAGE_FIELDS)[number]): number => page + PAGE_FIELDS.indexOf(field);
  return {
    pageRefcount: at('refcount'),
    pagePtl: at('ptl'),
    pageStride: lineWords,
    framesBase,
    frameStride,
    freeTop,
    freeStack: layout.alloc('free frames at the start', frames, 'hidden'),
    freeLists: {
      lists: cpus,
      head: freeTop,
      headStride: lineWords,
      link: at('next free'),
      linkStride: lineWords,
    },
    ghost: {
      frameStride: lineWords,
      frameAlloc: at('ghost allocation'),
      frameOwner: at('ghost owner'),
      linkedAlloc: framesBase + FRAME_WORDS,
    },
  };
}
