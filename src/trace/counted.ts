/**
 * What a summary may say where a probe had no line: what a tracepoint tells as well is counted by that, the
 * rest is not known (null).
 */
import type { CpuInfo, TraceInfo } from './info-types.js';
import type { MissingProbe, Probe } from './probes.js';
import type { TracepointCounts } from './tracepoint-counts.js';

/** Counts as they are while it is not known what is missing. */
export type Counted<T> = { [K in keyof T]: NonNullable<T[K]> };
export type CpuCounts = Counted<CpuInfo>;
export type CountedShootdowns = Counted<TraceInfo['shootdowns']>;

/** The probes without a line that some other line shows to be missing. */
export const provenMissing = (missing: readonly MissingProbe[]): ReadonlySet<Probe> =>
  new Set(missing.filter(({ proven }) => proven).map(({ probe }) => probe));

/** The figures of CPU `index`. */
export function toldOfCpu(
  cpu: CpuCounts,
  index: number,
  lacks: ReadonlySet<Probe>,
  traced: TracepointCounts,
): CpuInfo {
  const { cr3Flush, cr3NoFlush, sent, served, flushed } = traced.cpu(index);
  return {
    ...cpu,
    ...(lacks.has('write_cr3') ? { cr3Flush, cr3NoFlush, pcids: null } : {}),
    ...(lacks.has('native_flush_multi') ? { sent } : {}),
    ...(lacks.has('flush_func') ? { served: Math.max(served, flushed) } : {}),
    ...(lacks.has('enter_lazy') ? { lazyStretches: null, lazyTime: null } : {}),
  };
}

export function toldOfShootdowns(
  counted: CountedShootdowns,
  missing: readonly MissingProbe[],
  traced: TracepointCounts,
): TraceInfo['shootdowns'] {
  const lacks = provenMissing(missing);
  const noSends = lacks.has('native_flush_multi');
  const noAnswers = missing.some(({ probe, proven }) => probe === 'should_flush_ret' && (proven || noSends));
  const { sends, maskIpis, singleIpis, withoutIpi } = traced;
  const ipis = traced.hasIpis
    ? { maskIpis, singleIpis, withoutIpi }
    : { maskIpis: null, singleIpis: null, withoutIpi: null };
  return {
    ...counted,
    ...(noSends ? { sends, ...ipis, pvIpis: null, pv: null, deferred: null } : {}),
    ...(noAnswers ? { shouldFlushYes: null, shouldFlushNo: null } : {}),
  };
}
