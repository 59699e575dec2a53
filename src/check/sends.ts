/** Sends: flush_tlb_multi, native and PV, and the IPIs that follow. */
import { MM_NULL } from '../kernel/constants.js';
import type { EventOf, TraceEvent } from '../trace/events.js';
import * as G from './gates.js';
import { hex, low32 } from './masks.js';
import type { Replay } from './replay.js';

/** A send whose IPIs are being collected. */
interface Send {
  readonly line: number;
  model: number;
  kernel: number;
}

export class Sends {
  readonly sends: (Send | null)[];
  readonly pvPending: boolean[];
  readonly pvTime: number[] = [];

  constructor(
    readonly replay: Replay,
    cpus: number,
  ) {
    this.sends = new Array<Send | null>(cpus).fill(null);
    this.pvPending = new Array<boolean>(cpus).fill(false);
  }

  flushMulti(cpu: number, event: EventOf<'kvm_flush_multi' | 'native_flush_multi'>): void {
    const info = this.replay.lab.per(cpu).flushInfo;
    this.replay.requests.proceed(cpu, true);
    if (event.kind === 'native_flush_multi' && this.pvPending[cpu]) {
      this.pvPending[cpu] = false;
      this.replay.requests.compareGiven(cpu, event);
      const scratch = this.replay.lab.layout.kvm.mask[cpu];
      const kernel = low32(event.cpus);
      const model = this.replay.lab.mask(scratch);
      const beyond = event.cpus >> 32n !== 0n;
      if (kernel === model && !beyond) this.replay.board.agree('pv dropped');
      else {
        const raced = !beyond && this.replay.host.racedByte(kernel ^ model, this.pvTime[cpu], event.time);
        this.replay.differ('pv dropped', `0x${event.cpus.toString(16)}`, hex(model), raced);
        this.replay.mem[scratch] = kernel & this.replay.online;
      }
      this.openSend(cpu);
      return;
    }
    if (this.replay.lab.gate(cpu) !== G.GATE_MULTI) {
      this.replay.requests.finish(cpu);
      if (this.replay.requests.requests[cpu] === null) this.replay.requests.adoptRequest(cpu, event);
      else this.replay.requests.fillInfo(cpu, event);
      const mask =
        this.replay.mms.handle(event.mm) === MM_NULL
          ? this.replay.lab.per(cpu).ubc.cpumask
          : this.replay.maskOf(this.replay.mms.handle(event.mm));
      this.replay.lab.start(cpu, (c) => c.fn.flushTlbMulti(c, mask));
    }
    const mm = this.replay.mem[info.mm];
    this.replay.values.compareMask(
      'cpus',
      cpu,
      mm,
      mm === MM_NULL ? this.replay.lab.per(cpu).ubc.cpumask : this.replay.maskOf(mm),
      event.cpus,
    );
    this.replay.requests.compareGiven(cpu, event);
    if (event.kind === 'kvm_flush_multi') {
      this.pvPending[cpu] = true;
      this.pvTime[cpu] = event.time;
      this.replay.lab.run(cpu, true);
    } else this.openSend(cpu);
  }

  openSend(cpu: number): void {
    this.closeSend(cpu);
    this.sends[cpu] = { line: this.replay.events[this.replay.at].line, model: 0, kernel: 0 };
  }

  closeSend(cpu: number): void {
    const send = this.sends[cpu];
    this.sends[cpu] = null;
    if (send === null) return;
    if (send.model >>> 0 === send.kernel >>> 0) this.replay.board.agree('IPI really sent');
    else this.replay.board.differ('IPI really sent', send.line, hex(send.kernel), hex(send.model), false);
  }

  sawIpis(cpu: number, event: TraceEvent, targets: number): void {
    const send = this.sends[cpu];
    if (send !== null && (event.flags === '' || event.flags[2] === '.')) send.kernel |= targets;
  }
}
