import type { ScriptStep } from '../vocabulary/scenario.js';

/**
 * Words to write scripts with. mms are indices (A = 0, B = 1, ...), pages are virtual page numbers, ranges
 * are half open.
 */

export const A = 0;
export const B = 1;
export const C = 2;
export const D = 3;
export const E = 4;

export const run = (mm: number): ScriptStep => ({ op: 'run', mm });
export const kthread: ScriptStep = { op: 'kthread' };
export const idle: ScriptStep = { op: 'idle' };
export const deepIdle: ScriptStep = { op: 'idle', deep: true };
export const read = (...pages: number[]): ScriptStep[] =>
  pages.map((page) => ({ op: 'access', page, write: false }));
export const write = (...pages: number[]): ScriptStep[] =>
  pages.map((page) => ({ op: 'access', page, write: true }));
export const mmap = (start: number, end: number, writable = true): ScriptStep => ({
  op: 'mmap',
  start,
  end,
  write: writable,
});
export const munmap = (start: number, end: number, nominalPages?: number): ScriptStep => ({
  op: 'munmap',
  start,
  end,
  ...nominal(nominalPages),
});
export const dontneed = (start: number, end: number, nominalPages?: number): ScriptStep => ({
  op: 'madvise',
  start,
  end,
  ...nominal(nominalPages),
});
export const protectRo = (start: number, end: number, nominalPages?: number): ScriptStep => ({
  op: 'mprotect',
  start,
  end,
  write: false,
  ...nominal(nominalPages),
});
export const protectRw = (start: number, end: number, nominalPages?: number): ScriptStep => ({
  op: 'mprotect',
  start,
  end,
  write: true,
  ...nominal(nominalPages),
});
export const fork = (child: number): ScriptStep => ({ op: 'fork', child });
export const exit: ScriptStep = { op: 'exit' };
export const reclaim = (mm: number, page: number): ScriptStep => ({ op: 'reclaim', mm, page });
export const migrate = (mm: number, page: number): ScriptStep => ({
  op: 'reclaim',
  mm,
  page,
  unbatched: true,
});

/** A script from steps and lists of steps. */
export const script = (...parts: readonly (ScriptStep | readonly ScriptStep[])[]): ScriptStep[] =>
  parts.flat() as ScriptStep[];

/** `times` repetitions. */
export const repeat = (
  times: number,
  ...parts: readonly (ScriptStep | readonly ScriptStep[])[]
): ScriptStep[] => Array.from({ length: times }, () => script(...parts)).flat();

function nominal(pages: number | undefined): { nominalPages?: number } {
  return pages === undefined ? {} : { nominalPages: pages };
}
