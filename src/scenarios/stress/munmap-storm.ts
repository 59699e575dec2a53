import type { Scenario, ScriptStep } from '../scenario.js';
import { A, mmap, munmap, read, repeat, run, script, write } from '../steps.js';

/**
 * Scenarios for throughput, made for a number of CPUs. All CPUs run threads of one process; each maps, touches and unmaps a page of its
 * own, again and again, so that every munmap shoots down all the others. Page 0 stays mapped, which keeps the table.
 */
const machine = { slots: 3, pcid: true, lazy: true, walks: 0, mms: [{}] } as const;
/** Pages that the CPUs share out at most: one table's, so that a munmap looks at no more. */
const STORM_PAGES_MAX = 8;
/** Rounds of a storm in one round of the script. */
const STORMS = 20;

function storm(cpu: number): ScriptStep[] {
  const page = 1 + (cpu % (STORM_PAGES_MAX - 1));
  return script(run(A), read(0), repeat(STORMS, mmap(page, page + 1), write(page), munmap(page, page + 1)));
}

export function munmapStorm(cpus: number): Scenario {
  return {
    ...machine,
    name: 'munmap-storm',
    summary: 'threads of one process map, touch and unmap pages as fast as they can, on every CPU',
    cpus,
    pages: Math.min(cpus + 1, STORM_PAGES_MAX),
    scripts: Array.from({ length: cpus }, (_, cpu) => storm(cpu)),
  };
}

/** As above on one CPU only; the others compute in the same process, and never wait for anything. */
export function munmapStormBusy(cpus: number): Scenario {
  return {
    ...machine,
    name: 'munmap-storm-busy',
    summary: 'one thread unmaps pages as fast as it can, the threads on all other CPUs compute',
    cpus,
    pages: 2,
    scripts: Array.from({ length: cpus }, (_, cpu) => (cpu === 0 ? storm(cpu) : script(run(A), repeat(400, read(0))))),
  };
}

/** Scenarios that only stress runs have, by name, for a number of CPUs. */
export const stressScenarios: readonly { readonly name: string; readonly summary: string; readonly make: (cpus: number) => Scenario }[] = [
  munmapStorm,
  munmapStormBusy,
].map((make) => {
  const { name, summary } = make(2);
  return { name, summary, make };
});
