/**
 * The full recordings, each against the counts that its recorder took.
 */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../src/findings/scenario-schema.js';
import { defaultWindowOf } from '../../src/trace/choose.js';
import { traceInfo } from '../../src/trace/info.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { renderTraceInfo } from '../../src/trace/render-info.js';
import { RECORDINGS } from './recordings.js';

/**
 * Ours to the recorder's names, where they differ: it counts a system call's entry and exit, and each vector,
 * by itself.
 */
function expectedKinds(counts: Readonly<Record<string, number>>): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const [name, number] of Object.entries(counts)) {
    const kind = name
      .replace(/^sys_.*_(enter|exit)$/, 'sys_$1')
      .replace(/^write_cr3_\d$/, 'write_cr3')
      .replace(/^page_fault_(user|kernel)$/, 'page_fault')
      .replace(/^(call_function|call_function_single|reschedule)_(entry|exit)$/, 'irq_vector');
    kinds[kind] = (kinds[kind] ?? 0) + number;
  }
  return kinds;
}

describe.skipIf(RECORDINGS.length === 0)('the full recordings', () => {
  it.each(RECORDINGS.map((path) => [basename(path, '.trace.gz'), path]))('%s', async (_, path) => {
    const recording = readRecording(path);
    const info = traceInfo(recording);
    expect({ ...info.byKind }).toEqual(expectedKinds(recording.meta?.eventCounts ?? {}));
    expect(info.lostEvents).toBe(0);
    expect(Object.keys(info.unknown)).toEqual([]);

    // The recorder's own checks: a send is a native_flush_multi; a CR3 write is a flush on task switch, with
    // the no-flush bit or not.
    const reason = (code: number) =>
      info.reasons.find((found) => found.reason === code) ?? { full: 0, pages: 0, nothing: 0 };
    const all = ({ full, pages, nothing }: { full: number; pages: number; nothing: number }): number =>
      full + pages + nothing;
    expect(all(reason(4))).toBe(info.shootdowns.sends);
    expect(reason(0).nothing).toBe(info.perCpu.reduce((sum, cpu) => sum + cpu.cr3NoFlush, 0));
    expect(all(reason(0))).toBe(info.perCpu.reduce((sum, cpu) => sum + cpu.cr3NoFlush + cpu.cr3Flush, 0));

    // Nearly every flush is modelled, and none is lost: the three groups together are all flush requests and
    // reclaim batches.
    const sum = (group: Readonly<Record<string, number>>): number =>
      Object.values(group).reduce((a, b) => a + b, 0);
    const { modelled, approximated, ignored } = info.import;
    expect(sum(modelled) + sum(approximated) + sum(ignored)).toBe(
      (info.byKind.flush_mm_range ?? 0) + (info.byKind.batch_flush ?? 0),
    );
    expect(sum(modelled)).toBeGreaterThan(0.8 * (sum(modelled) + sum(approximated) + sum(ignored)));
    for (const line of renderTraceInfo(info).split('\n')) expect(line.length).toBeLessThanOrEqual(100);

    const { scenario } = await defaultWindowOf(path);
    expect(scenarioSchema.safeParse(scenario).success).toBe(true);
    expect(scenario.pcid).toBe(recording.meta?.pcid);
  });
});
