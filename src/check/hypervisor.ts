/** The host of a PV guest: which vCPUs it has put, from its log. */
import type { HypervisorEvent } from '../trace/hypervisor-log.js';
import type { Recording } from '../trace/recording.js';
import type { State } from './state.js';

/** How many entries of the log around the present one a PV flush can meet. */
const NEAR = 64;

/**
 * How long before its line in the log the guest sees a vCPU out, or in again, in microseconds: the recorder's
 * emulator polls every 50 us (and log and recording fit to about 2 us). Taking the byte to change at the line
 * leaves one PV flush in forty unexplained, this one in two hundred.
 */
export const LOG_LAG = 48;
/**
 * How long before its line the byte can have changed at the earliest, in microseconds (69 us were seen on a
 * busy host).
 */
export const LOG_SLACK = 80;

/** An entry of the log, when the guest saw it. */
export interface GuestSight extends HypervisorEvent {
  /** The time in the log. */
  readonly logged: number;
}

/**
 * The log as the guest saw it: in the order in which the bytes changed. A vCPU that wrote a line of the
 * recording was in, so a put comes after the vCPU's last line before it.
 */
export function asSeenByGuest(
  log: readonly HypervisorEvent[],
  lines: readonly { readonly cpu: number; readonly time: number }[],
): GuestSight[] {
  const times = new Map<number, number[]>();
  for (const { cpu, time } of lines) {
    const of = times.get(cpu);
    if (of === undefined) times.set(cpu, [time]);
    else of.push(time);
  }
  const at = new Map<number, number>();
  const previous = new Map<number, number>();
  const seen = log.map((event, index) => {
    const own = times.get(event.vcpu) ?? [];
    let next = at.get(event.vcpu) ?? 0;
    while (next < own.length && own[next] <= event.time) next++;
    at.set(event.vcpu, next);
    const lastLine = next === 0 ? 0 : own[next - 1];
    const earliest = Math.max(previous.get(event.vcpu) ?? 0, event.put ? lastLine : 0);
    const time = Math.max(event.time - LOG_LAG, Math.min(earliest, event.time));
    previous.set(event.vcpu, time);
    return { ...event, time, logged: event.time, index };
  });
  return seen.sort((a, b) => a.time - b.time || a.index - b.index);
}

export class Host {
  private readonly log: readonly GuestSight[];
  private at = 0;

  constructor(log: readonly HypervisorEvent[], recording: Recording) {
    const guest = log.filter(({ vcpu }) => vcpu < recording.cpus);
    this.log = asSeenByGuest(guest, recording.events);
  }

  /** Whether there is a log at all. */
  get logged(): boolean {
    return this.log.length > 0;
  }

  /**
   * Whether the byte of every vCPU of `differing` can have changed while a PV flush between these times
   * looked at it.
   */
  racedByte(differing: number, from: number, to: number): boolean {
    let left = differing;
    const near = this.log.slice(Math.max(0, this.at - NEAR), this.at + NEAR);
    for (const event of near)
      if (event.logged >= from && event.logged - LOG_SLACK <= to) left &= ~(1 << event.vcpu);
    return left === 0;
  }

  /** Each vCPU was, before its first entry, what that entry ended. */
  start(s: State): void {
    const first = new Map<number, GuestSight>();
    for (const event of this.log) if (!first.has(event.vcpu)) first.set(event.vcpu, event);
    for (const [vcpu, event] of first) s.mem[s.lab.layout.kvm.preempted[vcpu]] = event.put ? 0 : 1;
  }

  /** Sets the preempted bytes as they are at `time`. */
  advance(s: State, time: number): void {
    for (; this.at < this.log.length; this.at++) {
      const event = this.log[this.at];
      if (event.time > time) return;
      s.mem[s.lab.layout.kvm.preempted[event.vcpu]] = event.put ? 1 : 0;
    }
  }
}
