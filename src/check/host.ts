/** The host of a PV guest: which vCPUs it has put, from its log. */
import type { Recording } from '../trace/recording.js';
import { asSeenByGuest, type GuestSight, type HypervisorEvent, LOG_SLACK } from './hypervisor-log.js';
import type { Replay } from './replay.js';

export class Host {
  readonly hypervisor: readonly GuestSight[];
  hypervisorAt = 0;

  constructor(
    readonly replay: Replay,
    hypervisor: readonly HypervisorEvent[],
    recording: Recording,
  ) {
    const guest = hypervisor.filter(({ vcpu }) => vcpu < recording.cpus);
    this.hypervisor = asSeenByGuest(guest, recording.events);
  }

  /** Whether the byte of every vCPU of `differing` can have changed while a PV flush between these times looked at it. */
  racedByte(differing: number, from: number, to: number): boolean {
    let left = differing;
    const near = this.hypervisor.slice(Math.max(0, this.hypervisorAt - 64), this.hypervisorAt + 64);
    for (const event of near) if (event.logged >= from && event.logged - LOG_SLACK <= to) left &= ~(1 << event.vcpu);
    return left === 0;
  }

  startHypervisor(): void {
    const first = new Map<number, GuestSight>();
    for (const event of this.hypervisor) if (!first.has(event.vcpu)) first.set(event.vcpu, event);
    for (const [vcpu, event] of first) this.replay.mem[this.replay.lab.layout.kvm.preempted[vcpu]] = event.put ? 0 : 1;
  }

  advanceHypervisor(time: number): void {
    for (; this.hypervisorAt < this.hypervisor.length; this.hypervisorAt++) {
      const event = this.hypervisor[this.hypervisorAt];
      if (event.time > time) return;
      this.replay.mem[this.replay.lab.layout.kvm.preempted[event.vcpu]] = event.put ? 1 : 0;
    }
  }
}
