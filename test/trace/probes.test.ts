/** What a recording lacks is told by what its other lines prove. */
import { describe, expect, it } from 'vitest';
import type { EventKind } from '../../src/trace/events.js';
import { traceInfo } from '../../src/trace/info.js';
import { parseTrace } from '../../src/trace/parse.js';
import { missingProbes, neededForScenario } from '../../src/trace/probes.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { renderTraceInfo } from '../../src/trace/render-info.js';
import { CARRIED } from './recordings.js';

const whole = readRecording(CARRIED);
const without = (...kinds: readonly EventKind[]) => ({
  ...whole,
  events: whole.events.filter(({ kind }) => !kinds.includes(kind)),
});

/**
 * The kernel's own events: what `trace-cmd record -e tlb -e ipi -e sched -e irq_vectors -e syscalls` writes.
 */
const TRACEPOINTS: ReadonlySet<EventKind> = new Set<EventKind>([
  ...(['tlb_flush', 'sched_switch', 'sched_process_fork', 'irq_vector', 'page_fault'] as const),
  ...(['sys_enter', 'sys_exit', 'ipi_send_cpu', 'ipi_send_cpumask'] as const),
]);
const tracepoints = { ...whole, events: whole.events.filter(({ kind }) => TRACEPOINTS.has(kind)) };

describe('missing probes', () => {
  it('are none in a whole recording', () => {
    expect(missingProbes(whole.events).filter(({ proven }) => proven)).toEqual([]);
  });

  it.each([
    'flush_mm_range',
    'flush_mm_range_ret',
    'native_flush_multi',
    'flush_func',
    'should_flush',
    'should_flush_ret',
    'switch_mm',
    'write_cr3',
    'enter_lazy',
    'tlb_flush',
  ] as const)('%s is shown to be missing', (kind) => {
    expect(missingProbes(without(kind).events)).toContainEqual({ probe: kind, proven: true });
  });

  it('are not claimed where the file may just begin too late', () => {
    const one = parseTrace(
      '  a-1 [000] d..2. 1.000000: tlb_flush: pages:1 reason:remote shootdown (1)\n',
      'f',
    );
    expect(missingProbes(one.events)).toContainEqual({ probe: 'flush_func', proven: false });
  });

  it('without which no scenario can be made', () => {
    expect(neededForScenario(missingProbes(tracepoints.events))).toEqual(['flush_mm_range', 'switch_mm']);
    expect(neededForScenario(missingProbes(whole.events))).toEqual([]);
  });
});

describe('a summary of tracepoints alone', () => {
  const [info, expected] = [traceInfo(tracepoints), traceInfo(whole)];

  it('counts what they tell as the probes do', () => {
    const told = ({ perCpu }: typeof info) =>
      perCpu.map(({ cr3Flush, cr3NoFlush, sent }) => ({ cr3Flush, cr3NoFlush, sent }));
    expect(told(info)).toEqual(told(expected));
    const { sends, maskIpis, singleIpis, withoutIpi } = expected.shootdowns;
    expect(info.shootdowns).toMatchObject({ sends, maskIpis, singleIpis, withoutIpi });
  });

  it('has no zeros for what they do not', () => {
    expect(info.shootdowns).toMatchObject({
      shouldFlushYes: null,
      shouldFlushNo: null,
      pv: null,
      deferred: null,
    });
    for (const cpu of info.perCpu)
      expect(cpu).toMatchObject({ pcids: null, lazyStretches: null, lazyTime: null });
    const page = renderTraceInfo(info);
    expect(page).toContain('Missing probes');
    expect(page).toContain(
      'No scenario can be made of it (--scenario trace:FILE) without flush_mm_range, switch_mm',
    );
    for (const line of page.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
