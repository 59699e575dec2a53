/**
 * Stays from before the window: what the TLBs hold when it begins.
 *
 * A scenario starts with empty TLBs, but a slot that is as new as its mm means that the CPU ran the mm a
 * short while ago and still has its translations; coming back it will not flush them. Where a window makes a
 * CPU come back to such an mm, which others flush meanwhile, the script begins with a stay in it, and only
 * then goes into what the window finds the CPU in.
 */
import type { ScenarioCpu, ScriptStep } from '../vocabulary/scenario.js';
import type { EarlierStay } from './accesses.js';
import type { Scanned } from './scan-window.js';
import type { ScriptBuilder } from './script-builder.js';
import type { StartState } from './start-state.js';
import { count, type ImportTally } from './tally.js';

/** Puts the stays first in the scripts; returns the state in which the CPUs then begin. */
export function addEarlierStays(
  start: StartState,
  scanned: Scanned,
  builders: readonly ScriptBuilder[],
  pcid: boolean,
  tally: ImportTally,
): ScenarioCpu[] {
  return start.cpus.map((cpu, index) => {
    const builder = builders[index];
    const stays = builder === undefined ? [] : staysOf(start, scanned, builder, index, pcid);
    const first = stays[0];
    if (builder === undefined || first === undefined) return cpu;
    builder.beginEarlier(stays, found(cpu, stays.at(-1)?.mm, scanned));
    count(tally.added, 'stay from before the window in an mm whose slot was up to date', stays.length);
    const { lazy: _, ...rest } = cpu;
    return {
      ...rest,
      loadedMm: first.mm,
      loadedMmAsid: (cpu.slots ?? []).findIndex((slot) => slot?.mm === first.mm),
    };
  });
}

function staysOf(
  start: StartState,
  scanned: Scanned,
  builder: ScriptBuilder,
  index: number,
  pcid: boolean,
): EarlierStay[] {
  const cpu = start.cpus[index];
  if (cpu === undefined) return [];
  const stays: EarlierStay[] = [];
  for (const slot of cpu.slots ?? []) {
    if (slot === null || slot.tlbGen !== (start.mms[slot.mm]?.tlbGen ?? 1) || !builder.runs(slot.mm))
      continue;
    const loaded = slot.mm === cpu.loadedMm;
    // The window begins with a stay in an mm that the CPU is in; without PCIDs only the loaded mm has entries
    // at all.
    if ((loaded && cpu.lazy !== true) || (!loaded && !pcid)) continue;
    const pages = cachedPages(start, scanned, slot.mm, index);
    if (pages.length > 0) stays.push({ mm: slot.mm, pages });
  }
  // The one that is still loaded came last.
  return stays.sort((a, b) => Number(a.mm === cpu.loadedMm) - Number(b.mm === cpu.loadedMm));
}

/** Pages mapped from the start that another CPU flushes. */
function cachedPages(start: StartState, scanned: Scanned, mm: number, cpu: number): number[] {
  const ranges = scanned.flushes
    .filter((flush) => flush.mm === mm && flush.cpu !== cpu)
    .map((flush) => flush.range);
  const pages: number[] = [];
  for (const [from, to] of start.mms[mm]?.vmas ?? []) {
    for (let page = from; page < to; page++)
      if (ranges.some(({ start, end }) => page >= start && page < end)) pages.push(page);
  }
  return pages;
}

/** From the stay in `last` to what the window finds the CPU in. */
function found({ loadedMm, lazy }: ScenarioCpu, last: number | undefined, scanned: Scanned): ScriptStep[] {
  if (loadedMm === undefined) return [{ op: 'idle', deep: true }];
  if (lazy !== true) return [{ op: 'run', mm: loadedMm }];
  // A task of its own would keep an mm from exiting.
  return loadedMm === last || scanned.exited.has(loadedMm)
    ? [{ op: 'kthread' }]
    : [{ op: 'run', mm: loadedMm }, { op: 'kthread' }];
}
