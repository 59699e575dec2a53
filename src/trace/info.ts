/**
 * What a recording holds, as data: the answer of `trace info --json`.
 */
import { classifyFlush } from './classify.js';
import { FLUSH_ALL } from './events.js';
import { historyOf } from './history.js';
import { importWindow } from './import.js';
import { Collector } from './info-collector.js';
import type { CallerInfo, ScenarioInfo, TraceInfo } from './info-types.js';
import { recordingParts } from './read-parts.js';
import type { Recording } from './recording.js';
import { count, emptyTally } from './tally.js';
import { TraceError } from './trace-error.js';
import { listWindows, type RatedWindow, RELAXED_RULE, type TraceWindow, WINDOW_RULE } from './window.js';

export type { CallerInfo, CpuInfo, MmInfo, ReasonInfo, ScenarioInfo, TraceInfo } from './info-types.js';

/** The windows of one rule: how many, and the first with its scenario. */
interface Found {
  count: number;
  first: { readonly window: RatedWindow; readonly scenario: ScenarioInfo } | null;
}

/** Sums a recording up, part by part; what belongs together but lies in two parts is not found again. */
class Summary {
  private readonly collector = new Collector();
  private readonly callers = Object.create(null) as Record<string, CallerInfo>;
  private readonly tally = emptyTally();
  private readonly strict: Found = { count: 0, first: null };
  private readonly relaxed: Found = { count: 0, first: null };
  private reclaimBatches = 0;
  private events = 0;
  private firstTime: number | null = null;
  private last: Recording | null = null;

  take(part: Recording): void {
    this.last = part;
    this.firstTime ??= part.events[0]?.time ?? null;
    this.events += part.events.length;
    this.collector.grow(part.cpus);
    for (const event of part.events) this.collector.take(event);
    this.takeRequests(part);
    this.takeWindows(part, WINDOW_RULE, this.strict);
    if (this.strict.count === 0) this.takeWindows(part, RELAXED_RULE, this.relaxed);
  }

  private takeRequests(part: Recording): void {
    const history = historyOf(part);
    for (const flush of history.flushes) {
      const name = flush.caller ?? '(no return recorded)';
      this.callers[name] ??= { requests: 0, whole: 0, freedTables: 0 };
      const caller = this.callers[name];
      caller.requests++;
      if (flush.event.end === FLUSH_ALL) caller.whole++;
      if (flush.event.freed) caller.freedTables++;
      const { treatment, label } = classifyFlush(flush, history.forks);
      count(this.tally[treatment], label);
    }
    this.reclaimBatches += history.batchAt.size;
    for (const call of history.batchAt.values()) {
      if (call?.name === 'madvise') count(this.tally.modelled, 'reclaim (MADV_PAGEOUT)');
      else count(this.tally.ignored, 'reclaim batch whose pages the recording does not tell');
    }
  }

  private takeWindows(part: Recording, rule: typeof WINDOW_RULE, found: Found): void {
    const windows = listWindows(part, rule);
    const [window] = windows;
    found.count += windows.length;
    if (window !== undefined) found.first ??= { window, scenario: scenarioInfo(part, window) };
  }

  finish(): TraceInfo {
    const { last, strict, relaxed, collector } = this;
    if (last === null) throw new RangeError('no part');
    const lastTime = last.events.at(-1)?.time ?? 0;
    const { missing, ...collected } = collector.finish(lastTime);
    const found = strict.count > 0 ? strict : relaxed;
    const { meta } = last;
    return {
      name: last.name,
      kernel: meta?.kernel ?? null,
      kernelVersion: meta?.kernelVersion ?? null,
      machine: meta?.machine ?? null,
      workload: meta?.workload ?? null,
      cpus: last.cpus,
      lines: last.lines,
      events: this.events,
      lostEvents: last.lostEvents,
      ticks: last.ticks,
      firstTime: this.firstTime ?? 0,
      lastTime,
      byKind: collector.byKind,
      unknown: collector.unknown,
      missingProbes: missing,
      ...collected,
      callers: this.callers,
      reclaimBatches: this.reclaimBatches,
      import: this.tally,
      windows: {
        rule: strict.count > 0 ? 'strict' : relaxed.count > 0 ? 'relaxed' : 'none',
        count: found.count,
        default: found.first?.window ?? null,
        scenario: found.first?.scenario ?? null,
      },
    };
  }
}

/** Summarises a recording that has been read. Never throws for a parsed recording. */
export function traceInfo(recording: Recording): TraceInfo {
  const summary = new Summary();
  summary.take(recording);
  return summary.finish();
}

/**
 * Reads and summarises a recording of any length; `onBytes` is told of a long one how many bytes of the file
 * have been read. Throws TraceError as reading does.
 */
export async function traceInfoOf(path: string, onBytes?: (bytes: number) => void): Promise<TraceInfo> {
  const summary = new Summary();
  for await (const part of recordingParts(path, onBytes)) summary.take(part);
  return summary.finish();
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
