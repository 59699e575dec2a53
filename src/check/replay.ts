/** The replay: every line of the recording in file order, driving the simulated kernel and comparing what it decides. */
import type { Backend } from '../kernel/backend.js';
import { FIRST_USER_MM } from '../kernel/constants.js';
import type { Features } from '../kernel/features.js';
import { type KernelFunctions, kernelFunctions } from '../kernel/functions.js';
import { CSD_FLAGS } from '../kernel/structs.js';
import type { TraceEvent } from '../trace/events.js';
import type { Recording } from '../trace/recording.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { Beliefs } from './beliefs.js';
import { Board } from './board.js';
import { Flushes } from './flushes.js';
import { Host } from './host.js';
import type { HypervisorEvent } from './hypervisor-log.js';
import type { Kind } from './kinds.js';
import { Lab, SLOTS, type Verdicts } from './lab.js';
import { low32 } from './masks.js';
import { Mms } from './mms.js';
import { inInterrupt, Order } from './order.js';
import { OtherOrders } from './other-orders.js';
import { Races } from './races.js';
import { Requests } from './requests.js';
import { Sends } from './sends.js';
import { Switches } from './switches.js';
import { Targets } from './targets.js';
import { Values } from './values.js';

export interface CheckedKernel {
  readonly features: Features;
  readonly backend: Backend;
  readonly replace: Partial<KernelFunctions>;
}

/** Generation of an mm that no line has told: high enough that a slot can be seen to be behind it. */
const UNSEEN_GEN = 2 ** 20;

export class Replay {
  readonly host: Host;
  readonly values: Values;
  readonly requests: Requests;
  readonly sends: Sends;
  readonly targets: Targets;
  readonly flushes: Flushes;
  readonly orders: OtherOrders;
  readonly switches: Switches;
  readonly board = new Board();
  readonly lab: Lab;
  readonly mms: Mms;
  readonly order: Order;
  readonly races: Races;
  readonly beliefs: Beliefs;
  readonly own: KernelFunctions;
  /** Whether a CPU that switches away stays in the mm's mask. */
  readonly lazyCpumask: boolean;
  /** Index of the event at work. */
  at = 0;
  /** Index of the line that the replay has come to: later than `at` where what a line says is taken late. */
  now = 0;
  readonly events: readonly TraceEvent[];
  serial = 1_000_000;

  constructor(
    recording: Recording,
    kernel: CheckedKernel,
    pcid: boolean,
    hypervisor: readonly HypervisorEvent[],
    /** Events that are passed over, null: none. */
    private readonly passed: Uint8Array | null = null,
  ) {
    this.lazyCpumask = kernel.features.lazyCpumask;
    this.host = new Host(this, hypervisor, recording);
    this.values = new Values(this);
    this.requests = new Requests(this, recording.cpus);
    this.sends = new Sends(this, recording.cpus);
    this.targets = new Targets(this, recording.cpus);
    this.flushes = new Flushes(this);
    this.orders = new OtherOrders(this, recording.cpus);
    this.switches = new Switches(this, recording.cpus);
    this.events = recording.events;
    this.mms = new Mms(recording.events, recording.file);
    this.order = new Order(recording.events, recording.cpus);
    this.races = new Races(this.order, this.mms, (cpu) => this.beliefs.loadedMm(cpu));
    const scenario: Scenario = {
      name: recording.name,
      summary: 'a recording under check',
      cpus: recording.cpus,
      mms: Array.from({ length: this.mms.users }, () => ({ alive: false })),
      pages: 1,
      slots: SLOTS,
      pcid,
      lazy: true,
      walks: 0,
      scripts: Array.from({ length: recording.cpus }, () => []),
    };
    const verdicts: Verdicts = {
      shouldFlush: (cpu, target, answer) => this.targets.judgeShouldFlush(cpu, target, answer),
      cr3: (cpu, asid, flush) => this.switches.judgeCr3(cpu, asid, flush),
      trim: (cpu) => this.requests.trims[cpu],
      ipis: (cpu, targets) => {
        const send = this.sends.sends[cpu];
        if (send !== null) send.model = targets;
      },
    };
    this.own = { ...kernelFunctions, flushTlbMulti: kernel.backend.flushTlbMulti, ...kernel.replace };
    this.lab = new Lab(scenario, kernel.features, kernel.backend, kernel.replace, verdicts);
    for (let mm = FIRST_USER_MM; mm < FIRST_USER_MM + this.mms.users; mm++) {
      this.mem[this.lab.layout.mms[mm].ctxId] = this.serial++;
      this.mem[this.genWord(mm)] = UNSEEN_GEN;
    }
    this.beliefs = new Beliefs(this.lab, this.mms, pcid);
    this.host.startHypervisor();
  }

  run(): Board {
    for (this.at = 0; this.at < this.events.length; this.at++) {
      this.now = this.at;
      this.take(this.events[this.at]);
    }
    for (let cpu = 0; cpu < this.lab.cpus; cpu++) {
      this.requests.proceed(cpu, false);
      this.sends.closeSend(cpu);
    }
    return this.board;
  }

  take(event: TraceEvent): void {
    this.host.advanceHypervisor(event.time);
    const cpu = event.cpu;
    const view = this.beliefs.cpus[cpu];
    view.idle = event.pid === 0;
    if (this.passed?.[this.at] === 1) {
      this.passOver(cpu, event);
      return;
    }
    switch (event.kind) {
      case 'flush_mm_range':
        this.requests.proceed(cpu, false);
        this.requests.laterRequest[cpu] = this.at;
        return;
      case 'flush_mm_range_ret':
        this.requests.proceed(cpu, false);
        this.requests.finish(cpu);
        this.requests.requests[cpu] = null;
        return;
      case 'batch_flush':
        this.requests.batchFlush(cpu, event);
        break;
      case 'kvm_flush_multi':
      case 'native_flush_multi':
        this.sends.flushMulti(cpu, event);
        break;
      case 'should_flush':
        this.targets.shouldTarget[cpu] = { target: event.target, index: this.at };
        return;
      case 'should_flush_ret':
        this.targets.shouldFlushRet(cpu, event);
        break;
      case 'flush_func':
        this.flushes.flushFunc(cpu, event);
        break;
      case 'tlb_flush':
        this.flushes.tlbFlush(cpu, event);
        break;
      case 'switch_mm':
        if (this.order.cr3Of(this.at) !== null) {
          this.switches.later[cpu] = this.at;
          return;
        }
        this.switches.switchMm(cpu, event);
        break;
      case 'write_cr3':
        this.switches.beginSwitch(cpu);
        this.switches.writeCr3(cpu, event);
        break;
      case 'enter_lazy':
        this.switches.enterLazy(cpu, event);
        break;
      case 'exit_mmap': {
        const mm = this.named(event.mm, event.ctx);
        this.values.compareGen(cpu, mm, event.gen);
        this.values.compareMask('cpus', cpu, mm, this.maskOf(mm), event.cpus);
        return;
      }
      case 'mmdrop': {
        const mm = this.named(event.mm, event.ctx);
        this.mms.dropped(mm);
        this.newLife(mm);
        return;
      }
      case 'ipi_mask':
        this.sends.sawIpis(cpu, event, low32(event.cpus));
        break;
      case 'ipi_single':
        this.sends.sawIpis(cpu, event, 2 ** event.target);
        break;
      case 'kvm_ipi_mask':
        if (event.vector === 251 || event.vector === 252) this.sends.sawIpis(cpu, event, low32(event.cpus));
        return;
      case 'irq_vector':
        if (event.phase === 'entry' && event.vectorKind !== 'reschedule') this.lab.mem[this.lab.per(cpu).cfd.queue] = 0;
        return;
      default:
        return;
    }
  }

  /** A line of an mm with a global ASID, or of a broadcast: the model takes no more of it than where the CPU is. */
  private passOver(cpu: number, event: TraceEvent): void {
    this.board.leave(event);
    switch (event.kind) {
      case 'flush_mm_range':
      case 'batch_flush':
      case 'native_flush_multi':
      case 'flush_mm_range_ret':
        this.requests.forget(cpu);
        // The batch's unmaps have counted, whoever flushes.
        if (event.kind === 'batch_flush') this.requests.unmap(cpu);
        return;
      case 'flush_func':
        // Its request may have been sent before the mm had its ASID: whoever waits is answered.
        if (event.init < this.lab.cpus) this.mem[this.lab.per(event.init).cfd.csd[cpu] + CSD_FLAGS] = 0;
        return;
      case 'switch_mm':
        // In an interrupt a flush_func makes it: what the CPU's task asks for goes on.
        if (!inInterrupt(event)) this.requests.finish(cpu);
        this.switches.drop(cpu);
        this.beliefs.hasLoaded(cpu, this.named(event.next, event.nctx));
        return;
      default:
        return;
    }
  }

  /** Mask of the CPUs that there are. */
  get online(): number {
    return this.lab.cpus >= 32 ? -1 : 2 ** this.lab.cpus - 1;
  }
  get mem(): Int32Array {
    return this.lab.mem;
  }
  maskOf(mm: number): number {
    return this.lab.layout.mms[mm].cpumask;
  }
  genWord(mm: number): number {
    return this.lab.layout.mms[mm].tlbGen;
  }
  named(pointer: string, ctx: number): number {
    const mm = this.mms.handle(pointer);
    const loaded = this.beliefs.cpus.some((view, cpu) => view.mmKnown && !view.tentative && this.beliefs.loadedMm(cpu) === mm);
    if (this.mms.named(mm, ctx, loaded)) this.newLife(mm);
    return mm;
  }
  newLife(mm: number): void {
    const words = this.lab.layout.mms[mm];
    this.mem[words.ctxId] = this.serial++;
    this.mem[words.tlbGen] = 0;
    this.mem[words.cpumask] = 0;
    for (let cpu = 0; cpu < this.lab.cpus; cpu++) {
      if (this.beliefs.loadedMm(cpu) === mm) this.beliefs.setBit(cpu, mm, true);
    }
  }

  differ(kind: Kind, kernel: string, model: string, raced: boolean): void {
    // While a request is under way that began before the file, its increment and what it asked for are unknown.
    if (!raced && this.at < this.order.headEnd) this.board.learn(kind);
    else this.board.differ(kind, this.events[this.at].line, kernel, model, raced);
  }
}
