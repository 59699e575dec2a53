/** Flush requests on their initiator: flush_tlb_mm_range and arch_tlbbatch_flush. */
import { INIT_MM, MM_NULL, TLB_FLUSH_ALL } from '../kernel/constants.js';
import { CSD_FLAGS } from '../kernel/structs.js';
import { type EventOf, FLUSH_ALL } from '../trace/events.js';
import * as G from './gates.js';
import { low32 } from './masks.js';
import type { Replay } from './replay.js';

/** A flush request under way on its initiator. */
interface Request {
  /** Index of its flush_mm_range or batch_flush. */
  readonly index: number;
  /** Handle; MM_NULL for a batch. */
  readonly mm: number;
  readonly batch: boolean;
  /** Pages of 4 KiB that the request asks for. */
  readonly pages: number;
}

export class Requests {
  readonly requests: (Request | null)[];
  readonly trims: boolean[];
  /** By CPU: whether the increments of its last batch are not in the model. */
  readonly unmapsUnknown: boolean[] = [];
  /** Lets a request count up and look at the mask: done late in the time between its line and the next of its own. */
  readonly laterRequest: number[] = [];

  constructor(
    readonly replay: Replay,
    cpus: number,
  ) {
    this.requests = new Array<Request | null>(cpus).fill(null);
    this.trims = new Array<boolean>(cpus).fill(false);
  }

  /** Somebody has seen a generation of the mm that only a request under way can have counted: the model counts it now. */
  seenCounted(mm: number, gen: number): void {
    for (let cpu = 0; cpu < this.replay.lab.cpus && this.replay.mem[this.replay.genWord(mm)] < gen; cpu++) {
      const from = this.laterRequest[cpu] ?? -1;
      const line = this.replay.events[from];
      if (line?.kind !== 'flush_mm_range' || from === this.replay.at || this.replay.mms.handle(line.mm) !== mm) continue;
      this.proceed(cpu, this.replay.order.sendOf(from) !== null);
    }
  }

  flushMmRange(cpu: number, event: EventOf<'flush_mm_range'>): void {
    this.finish(cpu);
    const mm = this.replay.named(event.mm, event.ctx);
    this.replay.values.compareGen(cpu, mm, event.gen);
    this.replay.values.compareMask('cpus', cpu, mm, this.replay.maskOf(mm), event.cpus);
    const full = event.end === FLUSH_ALL;
    const bytes = event.end - event.start;
    const steps = full ? 0 : Number(BigInt.asUintN(30, bytes >> BigInt(Math.min(63, event.stride))));
    const send = this.replay.order.sendOf(this.replay.at);
    this.trims[cpu] = send?.trim ?? false;
    this.requests[cpu] = { index: this.replay.at, mm, batch: false, pages: full ? -1 : Number(bytes >> 12n) };
    this.replay.lab.start(cpu, (c) => c.fn.flushTlbMmRange(c, mm, 0, full ? TLB_FLUSH_ALL : steps, steps, event.freed));
  }

  /** A send whose request is not in the file. */
  adoptRequest(cpu: number, event: EventOf<'kvm_flush_multi' | 'native_flush_multi'>): void {
    const mm = this.replay.mms.handle(event.mm);
    const pages = event.end === FLUSH_ALL ? -1 : Number((event.end - event.start) >> 12n);
    this.requests[cpu] = { index: this.replay.at, mm, batch: mm === MM_NULL, pages };
    this.fillInfo(cpu, event);
    if (mm === MM_NULL) this.learnBatch(cpu, event.cpus);
  }

  /** A batch whose unmaps the model could not make: they were of an mm that is not known, or came before the file. */
  private learnBatch(cpu: number, cpus: bigint): void {
    this.replay.mem[this.replay.lab.per(cpu).ubc.cpumask] = low32(cpus) & this.replay.online;
    this.unmapsUnknown[cpu] = true;
  }

  batchFlush(cpu: number, event: EventOf<'batch_flush'>): void {
    this.finish(cpu);
    const mask = this.replay.lab.per(cpu).ubc.cpumask;
    this.unmapsUnknown[cpu] = !this.replay.beliefs.cpus[cpu].mmKnown;
    if (this.unmapsUnknown[cpu]) {
      this.learnBatch(cpu, event.cpus);
      this.replay.board.learn('cpus');
    } else {
      this.unmap(cpu);
      this.replay.values.compareMask('cpus', cpu, MM_NULL, mask, event.cpus);
    }
    this.requests[cpu] = { index: this.replay.at, mm: MM_NULL, batch: true, pages: -1 };
    this.trims[cpu] = false;
    const send = this.replay.order.sendOf(this.replay.at);
    this.replay.lab.start(cpu, (c) => c.fn.archTlbbatchFlush(c));
    this.expectSend(cpu, send !== null);
  }

  /** Reclaim on the CPU unmaps a page of the mm that its task runs in. */
  unmap(cpu: number): void {
    const mm = this.replay.beliefs.loadedMm(cpu);
    if (mm <= INIT_MM || mm === this.replay.mms.unknown || this.replay.mem[this.replay.lab.per(cpu).tlbstate.isLazy] !== 0) return;
    const own = this.replay.own;
    this.replay.lab.interrupt(cpu, (c) => own.archTlbbatchAddPending(c, mm));
    if (this.replay.lab.gate(cpu) === G.GATE_INC_GEN && this.replay.lab.interrupted(cpu)) this.replay.lab.run(cpu, false);
    this.replay.mms.view(mm).genKnown = false;
  }

  proceed(cpu: number, sends: boolean): void {
    const from = this.laterRequest[cpu] ?? -1;
    this.laterRequest[cpu] = -1;
    const line = this.replay.events[from];
    if (line?.kind === 'flush_mm_range') {
      const at = this.replay.at;
      this.replay.at = from;
      this.flushMmRange(cpu, line);
      this.replay.at = at;
    }
    if (this.replay.lab.gate(cpu) !== G.GATE_INC_GEN) return;
    this.replay.lab.run(cpu, false);
    this.expectSend(cpu, sends);
  }

  /** Whether the request goes to other CPUs: known at once, because the mask is. */
  expectSend(cpu: number, sends: boolean): void {
    const model = this.replay.lab.gate(cpu) === G.GATE_MULTI;
    if (!sends) {
      const from = this.requests[cpu]?.index ?? this.replay.at;
      const line = this.replay.events[from].line;
      if (model && this.replay.order.sendNotShown(from)) this.replay.board.learn('no tlb_flush');
      else if (model) this.replay.board.differ('no tlb_flush', line, 'no send', 'a send', this.racedMask(cpu));
      else this.replay.board.agree('no tlb_flush');
    }
    if (model !== sends) this.replay.lab.abandon(cpu);
  }

  /** Whether every other CPU of the mask can have entered it only just now. */
  racedMask(cpu: number): boolean {
    const mm = this.requests[cpu]?.mm ?? MM_NULL;
    let others = this.replay.lab.mask(this.replay.maskOf(mm)) & ~(1 << cpu);
    for (let other = 0; others !== 0; other++, others >>>= 1) {
      if (
        (others & 1) !== 0 &&
        !this.replay.races.changesMasks(cpu, other, this.requests[cpu]?.index ?? this.replay.at, this.replay.order.next[this.replay.at])
      )
        return false;
    }
    return true;
  }

  /** The generation that the request carries. */
  compareGiven(cpu: number, event: EventOf<'kvm_flush_multi' | 'native_flush_multi' | 'flush_func'>): void {
    const info = this.replay.lab.per(event.init < this.replay.lab.cpus ? event.init : cpu).flushInfo;
    this.replay.values.learnGiven(this.replay.mms.handle(event.mm), event.gen);
    const model = this.replay.mem[info.newTlbGen];
    if (model === event.gen) {
      this.replay.board.agree('gen');
      return;
    }
    const mm = this.replay.mms.handle(event.mm);
    const request = this.requests[cpu];
    const [before, after] = this.replay.races.increments(cpu, mm, request?.index ?? this.replay.at, this.replay.at, this.replay.now);
    const raced = event.gen >= model - before && event.gen <= model + after;
    this.replay.differ('gen', String(event.gen), String(model), raced);
    this.replay.mem[info.newTlbGen] = event.gen;
    // Two requests that counted in the other order: the mm's generation is the same in the end.
    if (mm !== MM_NULL && !raced) this.replay.mem[this.replay.genWord(mm)] = Math.max(event.gen, this.replay.mem[this.replay.genWord(mm)]);
  }

  /** Puts a request that the model does not have into place: its initiator began before the recording, or the model went another way. */
  fillInfo(cpu: number, event: EventOf<'kvm_flush_multi' | 'native_flush_multi' | 'flush_func'>): void {
    const initiator = event.init < this.replay.lab.cpus ? event.init : cpu;
    const info = this.replay.lab.per(initiator).flushInfo;
    const mm = this.replay.mms.handle(event.mm);
    const full = event.end === FLUSH_ALL;
    if (this.replay.mem[info.mm] === mm && (this.replay.mem[info.end] === TLB_FLUSH_ALL) === full) return;
    this.replay.mem[info.mm] = mm;
    this.replay.mem[info.start] = 0;
    this.replay.mem[info.end] = full
      ? TLB_FLUSH_ALL
      : Number(BigInt.asUintN(30, (event.end - event.start) >> BigInt(Math.min(63, event.stride))));
    this.replay.mem[info.newTlbGen] = event.gen;
    this.replay.mem[info.initiatingCpu] = event.init;
    this.replay.mem[info.freedTables] = event.freed ? 1 : 0;
    this.replay.mem[info.trimCpumask] = event.trim ? 1 : 0;
    // It has counted, wherever that was.
    if (mm > INIT_MM) this.replay.mem[this.replay.genWord(mm)] = Math.max(event.gen, this.replay.mem[this.replay.genWord(mm)]);
  }

  /** Brings the CPU's task back to where a new activity can begin. */
  finish(cpu: number): void {
    this.replay.sends.closeSend(cpu);
    this.replay.sends.pvPending[cpu] = false;
    if (this.replay.lab.gate(cpu) === G.GATE_IDLE) return;
    for (let round = 0; round < 2 && this.replay.lab.gate(cpu) === -1; round++) {
      this.replay.lab.run(cpu, false);
      if (this.replay.lab.gate(cpu) !== -1) break;
      this.serveLate(cpu);
      this.replay.lab.run(cpu, false);
    }
    this.replay.lab.abandon(cpu);
    while (this.replay.lab.interrupted(cpu)) this.replay.lab.abandon(cpu);
    this.replay.lab.dropFlushes(cpu);
  }

  /** Drops the CPU's request, whoever has not answered it yet. */
  forget(cpu: number): void {
    this.proceed(cpu, this.replay.lab.gate(cpu) === G.GATE_MULTI);
    for (const csd of this.replay.lab.per(cpu).cfd.csd) this.replay.mem[csd + CSD_FLAGS] = 0;
    this.finish(cpu);
    this.requests[cpu] = null;
  }

  /** The initiator has returned, so every target has answered: what was not seen there (missed probes) is done now. */
  serveLate(cpu: number): void {
    for (let target = 0; target < this.replay.lab.cpus; target++) {
      if (target === cpu || !this.replay.lab.csdLocked(cpu, target)) continue;
      this.replay.flushes.serve(target, cpu);
      const flush = this.replay.lab.takeFlush(target, 1);
      if (flush !== null) this.replay.differ('no tlb_flush', `CPU ${target} did not flush`, this.replay.flushes.flushText(flush), false);
      this.replay.lab.dropFlushes(target);
      if (this.replay.lab.csdLocked(cpu, target)) this.replay.mem[this.replay.lab.per(cpu).cfd.csd[target] + CSD_FLAGS] = 0;
    }
  }
}
