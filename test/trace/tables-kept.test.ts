/**
 * An unmap frees page tables in the simulated kernel exactly if the recorded one did: a flush with freed
 * tables goes to every CPU of the mask and so hides what a filtered one may miss.
 */
import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM } from '../../src/kernel/constants.js';
import { kernelFunctions } from '../../src/kernel/functions.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { classifyFlush, forksWithin } from '../../src/trace/classify.js';
import { historyOf } from '../../src/trace/history.js';
import { importWindow } from '../../src/trace/import.js';
import { readRecording } from '../../src/trace/read-recording.js';
import type { Recording } from '../../src/trace/recording.js';
import { listWindows, RELAXED_RULE, type TraceWindow } from '../../src/trace/window.js';
import { runMany } from '../kernel/harness.js';
import { CARRIED } from './recordings.js';

const EXECUTIONS = 5;
const recording = readRecording(CARRIED);

/** How many recorded unmaps of the window freed tables. */
function recordedFreeing(from: Recording, window: TraceWindow): number {
  const history = historyOf(from);
  const forks = forksWithin(history, window.first, window.end);
  const calls = new Set<unknown>();
  for (const flush of history.flushes) {
    if (flush.index < window.first || flush.index >= window.end || !flush.event.freed || !flush.freedTables)
      continue;
    if (classifyFlush(flush, forks).op === 'munmap') calls.add(flush.syscall ?? flush);
  }
  return calls.size;
}

/** How many unmaps of `EXECUTIONS` runs freed tables in the simulated kernel. */
function simulatedFreeing(window: TraceWindow): number {
  const { scenario } = importWindow(recording, window);
  const unmapping = new Map<number, boolean>();
  let freeing = 0;
  runMany(scenario, {
    profile: '6.18',
    executions: EXECUTIONS,
    strategies: ['random'],
    replace: {
      *doMunmap(cpu: KernelCpu, mm: number, start: number, end: number, nominalPages: number) {
        expect(mm).toBeGreaterThanOrEqual(FIRST_USER_MM);
        unmapping.set(cpu.id, false);
        yield* kernelFunctions.doMunmap(cpu, mm, start, end, nominalPages);
        if (unmapping.get(cpu.id) === true) freeing++;
        unmapping.delete(cpu.id);
      },
      *pteFreeTlb(cpu: KernelCpu, table: number, start: number, end: number) {
        if (unmapping.has(cpu.id)) unmapping.set(cpu.id, true);
        yield* kernelFunctions.pteFreeTlb(cpu, table, start, end);
      },
    },
  });
  return freeing;
}

describe('page tables of the recording that the project carries', () => {
  it.each(listWindows(recording))('lines $firstLine to $lastLine frees as many as recorded', (window) => {
    expect(simulatedFreeing(window)).toBe(EXECUTIONS * recordedFreeing(recording, window));
  });

  it('some are freed, and the notes call none other than recorded', () => {
    let freed = 0;
    for (const window of listWindows(recording, RELAXED_RULE)) {
      const { tally } = importWindow(recording, window);
      const labels = Object.keys(tally.tables);
      expect(labels.filter((label) => !label.endsWith('as recorded'))).toEqual([]);
      freed += tally.tables['munmap with tables freed as recorded'] ?? 0;
    }
    expect(freed).toBeGreaterThan(0);
  });
});
