import { TABLE_PAGES } from '../../machine/ghost.js';
import type { Scenario, ScriptStep } from '../../vocabulary/scenario.js';
import { A, dontneed, mmap, munmap, read, repeat, run, script, write } from '../steps.js';

/**
 * Scenarios for throughput, made for a number of CPUs. All CPUs run threads of one process; each maps a
 * stretch of memory of its own, touches every page of it and unmaps it page by page, again and again, so that
 * every munmap shoots down all the others. The first page of each stretch stays mapped, which keeps its
 * table.
 */
const machine = { slots: 3, pcid: true, lazy: true, walks: 0, mms: [{}] } as const;
/** Pages of an address space at most: a root's entries, each a table. */
const PAGES_MAX = TABLE_PAGES * TABLE_PAGES;
/** Rounds of a storm in one round of the script. */
const STORMS = 4;

/**
 * Pages of each CPU's stretch: a table's, so that CPUs meet at the locks of the process and not at those of a
 * table; fewer for many CPUs.
 */
function stretch(cpus: number): number {
  return Math.max(2, Math.min(TABLE_PAGES, Math.floor(PAGES_MAX / cpus)));
}

/** The CPU's stretch: its first page, and those after it. Beyond PAGES_MAX / 2 CPUs, some share one. */
function stretchOf(cpu: number, cpus: number): { first: number; pages: number; own: number[] } {
  const pages = stretch(cpus);
  const first = (cpu * pages) % PAGES_MAX;
  return { first, pages, own: Array.from({ length: pages - 1 }, (_, i) => first + 1 + i) };
}

function dontneeds(cpu: number, cpus: number): ScriptStep[] {
  const { own } = stretchOf(cpu, cpus);
  const touches = own.map((page) => write(page));
  const gifts = own.map((page) => dontneed(page, page + 1));
  return script(run(A), repeat(STORMS, ...touches, ...gifts));
}

function storm(cpu: number, cpus: number): ScriptStep[] {
  const { first, pages, own } = stretchOf(cpu, cpus);
  const touches = own.map((page) => write(page));
  const unmaps = own.map((page) => munmap(page, page + 1));
  return script(run(A), read(first), repeat(STORMS, mmap(first + 1, first + pages), ...touches, ...unmaps));
}

export function munmapStorm(cpus: number): Scenario {
  return {
    ...machine,
    name: 'munmap-storm',
    summary: 'threads of one process map, touch and unmap pages as fast as they can, on every CPU',
    cpus,
    pages: Math.min(cpus * stretch(cpus), PAGES_MAX),
    scripts: Array.from({ length: cpus }, (_, cpu) => storm(cpu, cpus)),
  };
}

/**
 * As above with MADV_DONTNEED, which holds mmap_lock for reading only: shootdowns of several CPUs are under
 * way at the same time, where munmaps of one process follow each other.
 */
export function dontneedStorm(cpus: number): Scenario {
  return {
    ...munmapStorm(cpus),
    name: 'dontneed-storm',
    summary:
      'threads of one process touch pages and give them back (MADV_DONTNEED) as fast as they can, ' +
      'on every CPU',
    scripts: Array.from({ length: cpus }, (_, cpu) => dontneeds(cpu, cpus)),
  };
}

/** As munmap-storm on one CPU only; the others compute in the same process, and never wait for anything. */
export function munmapStormBusy(cpus: number): Scenario {
  return {
    ...machine,
    name: 'munmap-storm-busy',
    summary: 'one thread unmaps pages as fast as it can, the threads on all other CPUs compute',
    cpus,
    pages: TABLE_PAGES,
    scripts: Array.from({ length: cpus }, (_, cpu) =>
      cpu === 0 ? storm(0, 1) : script(run(A), repeat(400, read(0))),
    ),
  };
}

/** Scenarios that only stress runs have, by name, for a number of CPUs. */
export const stressScenarios: readonly {
  readonly name: string;
  readonly summary: string;
  readonly make: (cpus: number) => Scenario;
}[] = [munmapStorm, dontneedStorm, munmapStormBusy].map((make) => {
  const { name, summary } = make(2);
  return { name, summary, make };
});
