/** The host of a PV guest: which vCPUs it has put, from its log. */
import type { Recording } from '../trace/recording.js';
import { asSeenByGuest, type GuestSight, type HypervisorEvent, LOG_SLACK } from './hypervisor-log.js';
import type { State } from './state.js';

/** How many entries of the log around the present one a PV flush can meet. */
const NEAR = 64;

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
