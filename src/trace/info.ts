/**
 * What a recording holds, as data: the answer of `trace info --json`.
 */
import { classifyFlush } from './classify.js';
import { FLUSH_ALL } from './events.js';
import { historyOf } from './history.js';
import { importWindow } from './import.js';
import { Collector } from './info-collector.js';
import type { CallerInfo, ScenarioInfo, TraceInfo } from './info-types.js';
import type { Recording } from './recording.js';
import { count, emptyTally } from './tally.js';
import { TraceError } from './trace-error.js';
import { listWindows, RELAXED_RULE, type TraceWindow, WINDOW_RULE } from './window.js';

export type { CallerInfo, CpuInfo, MmInfo, ReasonInfo, ScenarioInfo, TraceInfo } from './info-types.js';

/** Summarises a recording. Never throws for a parsed recording. */
export function traceInfo(recording: Recording): TraceInfo {
  const history = historyOf(recording);
  const collector = new Collector(recording.cpus);
  for (const event of recording.events) collector.take(event);
  const firstTime = recording.events[0]?.time ?? 0;
  const lastTime = recording.events.at(-1)?.time ?? 0;
  const { mms, reasons } = collector.finish(lastTime);

  const callers = Object.create(null) as Record<string, CallerInfo>;
  const tally = emptyTally();
  for (const flush of history.flushes) {
    const name = flush.caller ?? '(no return recorded)';
    callers[name] ??= { requests: 0, whole: 0, freedTables: 0 };
    const caller = callers[name];
    caller.requests++;
    if (flush.event.end === FLUSH_ALL) caller.whole++;
    if (flush.event.freed) caller.freedTables++;
    const { treatment, label } = classifyFlush(flush, history.forks);
    count(tally[treatment], label);
  }
  for (const call of history.batchAt.values()) {
    if (call?.name === 'madvise') count(tally.modelled, 'reclaim (MADV_PAGEOUT)');
    else count(tally.ignored, 'reclaim batch whose pages the recording does not tell');
  }
  const strict = listWindows(recording, WINDOW_RULE);
  const relaxed = strict.length > 0 ? [] : listWindows(recording, RELAXED_RULE);
  const found = strict.length > 0 ? strict : relaxed;
  return {
    name: recording.name,
    kernel: recording.meta?.kernel ?? null,
    kernelVersion: recording.meta?.kernelVersion ?? null,
    machine: recording.meta?.machine ?? null,
    workload: recording.meta?.workload ?? null,
    cpus: recording.cpus,
    lines: recording.lines,
    events: recording.events.length,
    lostEvents: recording.lostEvents,
    ticks: recording.ticks,
    firstTime,
    lastTime,
    byKind: collector.byKind,
    unknown: collector.unknown,
    mms,
    callers,
    reclaimBatches: history.batchAt.size,
    reasons,
    shootdowns: collector.shootdowns,
    perCpu: collector.perCpu,
    import: tally,
    windows: {
      rule: strict.length > 0 ? 'strict' : relaxed.length > 0 ? 'relaxed' : 'none',
      count: found.length,
      default: found[0] ?? null,
      scenario: found[0] === undefined ? null : scenarioInfo(recording, found[0]),
    },
  };
}

function scenarioInfo(recording: Recording, window: TraceWindow): ScenarioInfo {
  try {
    const { cpus, mms, pages, scripts, notes } = importWindow(recording, window).scenario;
    const steps = scripts.reduce((sum, script) => sum + script.length, 0);
    return { cpus, mms: mms.length, pages, steps, notes: notes ?? [] };
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return { cpus: 0, mms: 0, pages: 0, steps: 0, notes: [`refused: ${error.message}`] };
  }
}
