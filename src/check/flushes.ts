/** flush_tlb_func where it ran, and the tlb_flush that it traces or does not. */
import { INIT_MM, LOADED_MM_SWITCHING, MM_NULL, TLB_FLUSH_ALL, TLB_REMOTE_SHOOTDOWN, TLB_REMOTE_WRONG_CPU } from '../kernel/constants.js';
import type { EventOf } from '../trace/events.js';
import * as G from './gates.js';
import type { ModelFlush } from './lab.js';
import { inInterrupt, isFuncReason } from './order.js';
import type { Replay } from './replay.js';

export class Flushes {
  /** By CPU: the initiator of a flush_func whose flush is traced next; -1 when there is none. */
  readonly func: number[] = [];
  readonly slotGenLearnt: boolean[] = [];
  /** By CPU: whether the reason 5 that comes next tells something new of it. */
  private readonly wrongCpuLearnt: boolean[] = [];

  constructor(readonly replay: Replay) {}

  serve(cpu: number, initiator: number): void {
    const own = this.replay.own;
    const csd = this.replay.lab.per(initiator).cfd.csd[cpu];
    this.replay.mem[this.replay.lab.per(cpu).cfd.queue] = 0;
    if (this.replay.lab.cpu(cpu).depth >= 1) this.replay.lab.abandon(cpu);
    this.replay.lab.interrupt(cpu, function* (c) {
      yield* own.flushTlbFunc(c, initiator);
      yield* own.csdUnlock(c, csd);
    });
  }

  flushFunc(cpu: number, event: EventOf<'flush_func'>): void {
    const mm = this.replay.mms.handle(event.mm);
    const view = this.replay.beliefs.cpus[cpu];
    const local = event.init === cpu;
    if (local) this.replay.requests.proceed(cpu, false);
    this.replay.requests.fillInfo(cpu, event);
    this.replay.requests.compareGiven(cpu, event);
    const flushed = this.replay.order.flushOf(this.replay.at);
    const wrongCpu = flushed?.reason === TLB_REMOTE_WRONG_CPU;
    this.wrongCpuLearnt[cpu] = wrongCpu && this.learnOtherMm(cpu, mm);
    if (!view.mmKnown && !wrongCpu && (local || flushed !== null) && mm !== MM_NULL) this.replay.beliefs.learnMm(cpu, mm, false);
    if (!view.lazyKnown) this.replay.beliefs.setLazy(cpu, this.replay.order.after(this.replay.at)?.kind === 'switch_mm', true);
    if (
      !this.replay.beliefs.slotGenKnown(cpu) &&
      this.replay.mem[this.replay.lab.per(cpu).tlbstate.isLazy] === 0 &&
      (mm === MM_NULL || mm === this.replay.beliefs.loadedMm(cpu))
    ) {
      this.replay.beliefs.learnSlotGen(cpu, flushed === null || flushed.pages === 0 ? 0 : flushed.pages > 0 ? 1 : 2);
      this.slotGenLearnt[cpu] = true;
    }
    this.func[cpu] = event.init;
    if (flushed === null) {
      this.runFunc(cpu);
      const learnt = this.slotGenLearnt[cpu];
      this.slotGenLearnt[cpu] = false;
      // The file may end between the function and its flush.
      const cut = this.replay.order.isLast(this.replay.at) && this.replay.lab.hasFlush(cpu);
      if (!view.mmKnown || learnt || cut) this.replay.board.learn('no tlb_flush');
      else if (this.replay.lab.hasFlush(cpu)) {
        const flush = this.replay.lab.takeFlush(cpu, -1);
        this.replay.differ('no tlb_flush', 'none', this.flushText(flush), this.replay.orders.otherOrder(cpu, null));
      } else this.replay.board.agree('no tlb_flush');
      this.replay.lab.dropFlushes(cpu);
    }
  }

  /** The CPU has another mm loaded than `mm`, as its reason 5 shows: whether nothing had told that before. */
  private learnOtherMm(cpu: number, mm: number): boolean {
    const view = this.replay.beliefs.cpus[cpu];
    if (view.mmKnown && !view.tentative) return false;
    // enter_lazy names the mm that was borrowed last: a flush has pushed the CPU to init_mm since.
    if (view.tentative && this.replay.beliefs.loadedMm(cpu) === mm) this.replay.beliefs.learnMm(cpu, INIT_MM, false);
    return true;
  }

  /**
   * The flush_func that the CPU was last seen to enter. Its reads are placed at its tlb_flush where it has one: the generation is read as
   * late as possible, and lines are written before what they announce.
   */
  runFunc(cpu: number): void {
    const initiator = this.func[cpu] ?? -1;
    this.func[cpu] = -1;
    if (initiator < 0 || initiator >= this.replay.lab.cpus) return;
    this.replay.orders.remember(cpu, initiator);
    if (initiator !== cpu) {
      this.serve(cpu, initiator);
      return;
    }
    while (this.replay.lab.gate(cpu) === G.GATE_SHOULD_FLUSH) {
      this.replay.targets.answer = { kernel: this.replay.lab.gateArgument(cpu) === cpu, count: false, differs: false, judged: false };
      this.replay.lab.run(cpu, false);
    }
    if (this.replay.lab.gate(cpu) === G.GATE_FLUSH_FUNC) this.replay.lab.run(cpu, false);
    else {
      const own = this.replay.own;
      this.replay.lab.interrupt(cpu, (c) => own.flushTlbFunc(c, cpu));
    }
  }

  flushText(flush: ModelFlush | null): string {
    return flush === null ? 'none' : `${flush.pages} pages, reason ${flush.reason}`;
  }

  tlbFlush(cpu: number, event: EventOf<'tlb_flush'>): void {
    if (event.reason === 4 && this.replay.lab.gate(cpu) === G.GATE_MULTI) this.replay.lab.run(cpu, true);
    if (isFuncReason(event.reason)) this.runFunc(cpu);
    if (
      isFuncReason(event.reason) &&
      !this.replay.lab.hasFlush(cpu) &&
      this.replay.events[this.replay.order.previous[this.replay.at]]?.kind !== 'flush_func'
    ) {
      this.missedFlushFunc(cpu, event);
    }
    const kernel: ModelFlush = { reason: event.reason, pages: event.pages };
    const flush = this.replay.lab.takeFlush(cpu, event.reason);
    const model = flush === null || flush.reason !== 4 ? flush : { reason: 4, pages: this.sentPages(cpu) };
    if (this.replay.order.isFirst(this.replay.at) || (event.reason === 0 && this.replay.switches.headless[cpu] === true)) {
      // The file begins between a function and its flush.
      this.replay.board.learn('tlb_flush');
    } else if (event.reason === TLB_REMOTE_WRONG_CPU && this.wrongCpuLearnt[cpu] === true) {
      this.wrongCpuLearnt[cpu] = false;
      this.replay.board.learn('tlb_flush');
    } else if (this.slotGenLearnt[cpu] && event.reason !== 4) {
      this.slotGenLearnt[cpu] = false;
      this.replay.board.learn('tlb_flush');
    } else if (isFuncReason(event.reason) && this.ofUnknownUnmaps(cpu)) {
      this.replay.board.learn('tlb_flush');
      this.adoptFlush(cpu, event.reason);
    } else if (model !== null && model.reason === kernel.reason && model.pages === kernel.pages) this.replay.board.agree('tlb_flush');
    else if (event.reason === 0) {
      const learnt = this.replay.switches.switches[cpu]?.flushLearnt === true;
      if (learnt) this.replay.board.learn('tlb_flush');
      else this.replay.differ('tlb_flush', this.flushText(kernel), this.flushText(model), this.replay.switches.cr3Raced[cpu] === true);
    } else {
      const raced = event.reason !== 4 && this.replay.orders.otherOrder(cpu, kernel);
      this.replay.differ('tlb_flush', this.flushText(kernel), this.flushText(model), raced);
      if (event.reason !== 4 && !raced) this.adoptFlush(cpu, event.reason);
    }
    if (isFuncReason(event.reason) && event.pages !== 0) {
      this.replay.orders.setBounds(
        cpu,
        this.replay.mem[this.replay.lab.per(cpu).tlbstate.loadedMmAsid],
        Math.max(0, this.replay.order.previous[this.replay.at]),
      );
    }
    if (event.reason === 0) this.replay.switches.switches[cpu] = null;
    if (event.reason === 4 || event.reason === 0) this.replay.lab.run(cpu, false);
  }

  /** Whether the CPU's last flush_func served a batch whose increments the model does not have. */
  private ofUnknownUnmaps(cpu: number): boolean {
    const initiator = this.replay.orders.before[cpu]?.initiator ?? -1;
    return this.replay.requests.requests[initiator]?.batch === true && this.replay.requests.unmapsUnknown[initiator] === true;
  }

  /** The kernel flushed the loaded mm's slot, or left the mask of the request's mm. */
  adoptFlush(cpu: number, reason: number): void {
    const state = this.replay.lab.per(cpu).tlbstate;
    const initiator = this.replay.orders.before[cpu]?.initiator ?? -1;
    if (reason === TLB_REMOTE_WRONG_CPU) {
      if (initiator >= 0) this.replay.beliefs.setBit(cpu, this.replay.mem[this.replay.lab.per(initiator).flushInfo.mm], false);
      return;
    }
    const mm = this.replay.beliefs.loadedMm(cpu);
    if (mm === LOADED_MM_SWITCHING) return;
    this.replay.mem[state.ctxs[this.replay.mem[state.loadedMmAsid]].tlbGen] = this.replay.mem[this.replay.genWord(mm)];
  }

  /** 4 KiB pages of the model's send: the request's range, or everything. */
  sentPages(cpu: number): number {
    const full = this.replay.mem[this.replay.lab.per(cpu).flushInfo.end] === TLB_FLUSH_ALL;
    return full ? -1 : (this.replay.requests.requests[cpu]?.pages ?? -1);
  }

  /** A flush whose flush_func has no line (a probe that was missed): it served whoever still waits for this CPU. */
  missedFlushFunc(cpu: number, event: EventOf<'tlb_flush'>): void {
    const wrongCpu = event.reason === TLB_REMOTE_WRONG_CPU;
    if (event.reason !== TLB_REMOTE_SHOOTDOWN && !(wrongCpu && inInterrupt(event))) {
      if (this.replay.lab.gate(cpu) === G.GATE_FLUSH_FUNC) this.replay.lab.run(cpu, false);
      return;
    }
    const loaded = this.replay.beliefs.loadedMm(cpu);
    for (let initiator = 0; initiator < this.replay.lab.cpus; initiator++) {
      if (initiator === cpu || !this.replay.lab.csdLocked(initiator, cpu)) continue;
      const mm = this.replay.mem[this.replay.lab.per(initiator).flushInfo.mm];
      if (wrongCpu !== (mm !== MM_NULL && mm !== loaded)) continue;
      this.replay.orders.remember(cpu, initiator);
      this.serve(cpu, initiator);
      return;
    }
  }
}
