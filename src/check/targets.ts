/** should_flush_tlb: which targets get an IPI. */
import type { EventOf } from '../trace/events.js';
import * as G from './gates.js';
import { inInterrupt } from './order.js';
import type { Replay } from './replay.js';

export class Targets {
  readonly shouldTarget: { target: number; index: number }[];
  /** By CPU: index of the last line that shows it to be lazy, a request for its mm that passed it over. */
  private readonly lazySeen: number[] = [];
  answer = { kernel: false, count: false, differs: false, judged: false };

  constructor(
    readonly replay: Replay,
    cpus: number,
  ) {
    this.shouldTarget = Array.from({ length: cpus }, () => ({ target: -1, index: 0 }));
  }

  shouldFlushRet(cpu: number, event: EventOf<'should_flush_ret'>): void {
    const target = this.shouldTarget[cpu].target;
    if (target < 0 || target >= this.replay.lab.cpus) {
      // Its first line is missing: the file begins in the middle of it.
      this.replay.board.learn('should_flush');
      return;
    }
    // The kernel may ask for its own CPU first (6.16): the model asks last, and is then told this answer.
    const ownFirst = target === cpu && this.asksOthersLater(cpu);
    // CPUs that the model asks and the kernel does not: the masks were read at different moments.
    while (
      !ownFirst &&
      this.replay.lab.gate(cpu) === G.GATE_SHOULD_FLUSH &&
      this.replay.lab.gateArgument(cpu) !== target &&
      this.precedes(cpu, this.replay.lab.gateArgument(cpu), target)
    ) {
      this.answer = { kernel: false, count: false, differs: false, judged: false };
      this.replay.lab.run(cpu, false);
    }
    this.answer = { kernel: event.ret, count: true, differs: false, judged: false };
    if (this.replay.lab.gate(cpu) === G.GATE_SHOULD_FLUSH && this.replay.lab.gateArgument(cpu) === target) this.replay.lab.run(cpu, false);
    else {
      const own = this.replay.own;
      const judge = (answer: boolean) => this.judgeShouldFlush(cpu, target, answer);
      this.replay.lab.interrupt(cpu, function* (c) {
        judge(yield* own.shouldFlushTlb(c, target));
      });
    }
    // Lines that make no request of this CPU (a file that begins in the middle of one): there was nothing to decide from.
    if (!this.answer.judged) this.replay.board.learn('should_flush');
    if (this.answer.differs) {
      const raced = this.otherAnswer(cpu, target, event.ret);
      this.replay.differ('should_flush', event.ret ? 'yes' : 'no', event.ret ? 'no' : 'yes', raced);
      if (raced && event.ret) this.replay.switches.seenSwitching(target);
    }
  }

  /** Whether the send at work asks for another CPU after this one's own answer. */
  private asksOthersLater(cpu: number): boolean {
    const { events, order } = this.replay;
    for (let at = order.next[this.replay.at]; at < events.length; at = order.next[at]) {
      const event = events[at];
      if (inInterrupt(event)) continue;
      return event.kind === 'should_flush' && event.target !== cpu;
    }
    return false;
  }

  /** Others are asked in ascending order, the CPU itself last. */
  precedes(cpu: number, first: number, second: number): boolean {
    return first !== cpu && (second === cpu || first < second);
  }

  judgeShouldFlush(cpu: number, target: number, answer: boolean): boolean {
    const { kernel, count } = this.answer;
    if (!count) return kernel;
    this.answer.judged = true;
    this.answer.count = false;
    const view = this.replay.beliefs.cpus[target];
    const info = this.replay.lab.per(cpu).flushInfo;
    if (!view.mmKnown || !view.lazyKnown) {
      this.replay.board.learn('should_flush');
      const mm = this.replay.mem[info.mm];
      if (view.mmKnown && mm === this.replay.beliefs.loadedMm(target)) this.replay.beliefs.setLazy(target, !kernel, true);
    } else if (answer === kernel) {
      this.replay.board.agree('should_flush');
      if (!kernel && this.replay.mem[info.mm] === this.replay.beliefs.loadedMm(target)) this.lazySeen[target] = this.replay.at;
    } else {
      this.answer.differs = true;
    }
    return kernel;
  }

  /** Whether should_flush_tlb gives the kernel's answer if the target looked as it can have looked: it is asked again. */
  otherAnswer(cpu: number, target: number, kernel: boolean): boolean {
    const { lazy, loaded } = this.replay.races.appearances(
      cpu,
      target,
      this.shouldTarget[cpu].index,
      this.replay.order.next[this.replay.at],
      this.lazySeen[target] ?? 0,
    );
    const state = this.replay.lab.per(target).tlbstate;
    const [loadedMm, isLazy] = [this.replay.mem[state.loadedMm], this.replay.mem[state.isLazy]];
    const own = this.replay.own;
    let explained = false;
    for (const mm of [loadedMm, ...loaded]) {
      for (const flag of lazy ? [isLazy, 1 - isLazy] : [isLazy]) {
        this.replay.mem[state.loadedMm] = mm;
        this.replay.mem[state.isLazy] = flag;
        this.replay.lab.interrupt(cpu, function* (c) {
          if ((yield* own.shouldFlushTlb(c, target)) === kernel) explained = true;
        });
      }
    }
    this.replay.mem[state.loadedMm] = loadedMm;
    this.replay.mem[state.isLazy] = isLazy;
    return explained;
  }
}
