/**
 * A recording as the rest of the folder uses it: its events in file order, what its header said, and what the
 * meta file beside it says.
 */
import type { TraceEvent } from './events.js';
import type { KernelMarks } from './facts.js';

/** What the project reads from a `NAME.meta.json`. */
export interface RecordingMeta {
  /** The kernel's release and, where given, its version string. */
  readonly kernel: string;
  readonly kernelVersion?: string;
  readonly machine?: string;
  readonly cpus?: number;
  readonly pcid?: boolean;
  /** Pages that one INVLPGB covers at most. */
  readonly invlpgbCountMax?: number;
  /** More steps than this make a flush full. */
  readonly flushCeiling?: number;
  readonly workload?: string;
  /** Number of each event, by the recorder's own names (`summary.by_event`). */
  readonly eventCounts?: Readonly<Record<string, number>>;
  /** Hits that the kernel counted and for which no line was written, by probe (`check.kprobe_misses`). */
  readonly missedProbes?: Readonly<Record<string, number>>;
}

export interface Recording extends Partial<KernelMarks> {
  /** The file as it was named by the user; in messages only. */
  readonly file: string;
  /** The file's base name without `.gz` and `.trace`: what a scenario shows as its source. */
  readonly name: string;
  /** In file order; times never decrease. */
  readonly events: readonly TraceEvent[];
  /** Lines of the file, header lines included. */
  readonly lines: number;
  /**
   * CPUs: what the header says (`#P:N`; without one: what masks show), or the highest CPU of an event plus
   * one if that is more.
   */
  readonly cpus: number;
  /** Events that the tracer says it lost (`[LOST n EVENTS]`, or written minus in buffer). */
  readonly lostEvents: number;
  /** Times are ticks of a clock that counts something else than time, not microseconds. */
  readonly ticks: boolean;
  readonly meta?: RecordingMeta;
}
