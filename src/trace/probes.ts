/**
 * Which probes of docs/recording.md a recording lacks. That a probe has no line may mean that nothing
 * happened; other lines prove that something did: the kernel passes the probed place between two of them on
 * one CPU.
 */
import {
  TLB_FLUSH_ON_TASK_SWITCH,
  TLB_LOCAL_MM_SHOOTDOWN,
  TLB_LOCAL_SHOOTDOWN,
  TLB_REMOTE_SEND_IPI,
} from '../kernel/constants.js';
import type { EventKind, TraceEvent } from './events.js';
import { isFuncReason } from './reasons.js';

/** A probe, or the group of which any one will do. */
export type Probe =
  | 'flush_mm_range'
  | 'flush_mm_range_ret'
  | 'batch_flush'
  | 'native_flush_multi'
  | 'flush_func'
  | 'should_flush'
  | 'should_flush_ret'
  | 'switch_mm'
  | 'write_cr3'
  | 'enter_lazy'
  | 'tlb_flush'
  | 'ipi_*'
  | 'exit_mmap'
  | 'mmdrop';

/** What is known of a probe that has no line. */
export interface MissingProbe {
  readonly probe: Probe;
  /** Whether other lines prove that its place was passed. */
  readonly proven: boolean;
}

/** The event kinds that a probe's lines become. */
const LINES: Readonly<Record<Probe, readonly EventKind[]>> = {
  flush_mm_range: ['flush_mm_range'],
  flush_mm_range_ret: ['flush_mm_range_ret'],
  batch_flush: ['batch_flush'],
  native_flush_multi: ['native_flush_multi'],
  flush_func: ['flush_func'],
  should_flush: ['should_flush'],
  should_flush_ret: ['should_flush_ret'],
  switch_mm: ['switch_mm'],
  write_cr3: ['write_cr3'],
  enter_lazy: ['enter_lazy'],
  tlb_flush: ['tlb_flush'],
  'ipi_*': ['ipi_mask', 'ipi_single', 'kvm_ipi_mask'],
  exit_mmap: ['exit_mmap'],
  mmdrop: ['mmdrop'],
};
const PROBES = Object.keys(LINES) as readonly Probe[];

/** A user's task, by what only those do. */
const isUserLine = (event: TraceEvent): boolean =>
  event.kind === 'sys_enter' || (event.kind === 'page_fault' && event.user);
const asksTargets = (event: TraceEvent): boolean =>
  event.kind === 'native_flush_multi' && !event.freed && (event.cpus & ~(1n << BigInt(event.cpu))) !== 0n;

/** `users`: the tasks that are known to be users'. */
type Proof = (event: TraceEvent, users: ReadonlySet<number>) => boolean;

/** Whether a line proves that the probe's place was passed since the CPU's line before that proved it. */
const PROOFS = Object.entries<Proof>({
  flush_mm_range: (event) => event.kind === 'flush_mm_range_ret' || isFlush(event, TLB_LOCAL_MM_SHOOTDOWN),
  flush_mm_range_ret: (event) => event.kind === 'flush_mm_range',
  // Only a batch of reclaim is flushed without an mm.
  batch_flush: (event) =>
    isFlush(event, TLB_LOCAL_SHOOTDOWN) || (event.kind === 'native_flush_multi' && event.mm === '0x0'),
  native_flush_multi: (event) => isFlush(event, TLB_REMOTE_SEND_IPI),
  flush_func: (event) => event.kind === 'tlb_flush' && isFuncReason(event.reason),
  should_flush: (event) => event.kind === 'should_flush_ret' || asksTargets(event),
  should_flush_ret: (event) => event.kind === 'should_flush' || asksTargets(event),
  switch_mm: (event) => event.kind === 'write_cr3' || isFlush(event, TLB_FLUSH_ON_TASK_SWITCH),
  write_cr3: (event) => isFlush(event, TLB_FLUSH_ON_TASK_SWITCH),
  enter_lazy: (event, users) =>
    event.kind === 'sched_switch' && event.nextPid === 0 && users.has(event.prevPid),
  tlb_flush: (event) => event.kind === 'native_flush_multi' || event.kind === 'write_cr3',
  'ipi_*': (event) =>
    event.kind === 'irq_vector' && event.phase === 'entry' && event.vectorKind !== 'reschedule',
} satisfies Partial<Record<Probe, Proof>>) as readonly (readonly [Probe, Proof])[];

function isFlush(event: TraceEvent, reason: number): boolean {
  return event.kind === 'tlb_flush' && event.reason === reason;
}

/** Watches a recording go by, in file order. */
export class ProbeWatch {
  private readonly seen = new Set<EventKind>();
  private readonly users = new Set<number>();
  /**
   * By probe and kind of line: the number of lines that prove it, by CPU. One passage may have several lines,
   * each of another kind.
   */
  private readonly proofs = new Map<Probe, Map<EventKind, number[]>>();

  take(event: TraceEvent): void {
    this.seen.add(event.kind);
    if (isUserLine(event)) this.users.add(event.pid);
    for (const [probe, proves] of PROOFS) {
      if (!proves(event, this.users)) continue;
      const kinds = this.proofs.get(probe) ?? new Map<EventKind, number[]>();
      this.proofs.set(probe, kinds);
      const counts = kinds.get(event.kind) ?? [];
      kinds.set(event.kind, counts);
      counts[event.cpu] = (counts[event.cpu] ?? 0) + 1;
    }
  }

  /** The probes without a line, in the order of the table above. */
  missing(): MissingProbe[] {
    return PROBES.filter((probe) => !LINES[probe].some((kind) => this.seen.has(kind))).map((probe) => ({
      probe,
      // One line alone may stand for what was passed before the file.
      proven: [...(this.proofs.get(probe)?.values() ?? [])].some((counts) =>
        counts.some((number) => number >= 2),
      ),
    }));
  }
}

/** The probes that the events have no line of. */
export function missingProbes(events: readonly TraceEvent[]): MissingProbe[] {
  const watch = new ProbeWatch();
  for (const event of events) watch.take(event);
  return watch.missing();
}

/** What a scenario is made of: who asked for which flush, and which mm each CPU runs. */
const FOR_SCENARIO: ReadonlySet<Probe> = new Set<Probe>(['flush_mm_range', 'switch_mm']);

/** The probes without which no scenario can be made of the recording. */
export const neededForScenario = (missing: readonly MissingProbe[]): Probe[] =>
  missing.map(({ probe }) => probe).filter((probe) => FOR_SCENARIO.has(probe));
