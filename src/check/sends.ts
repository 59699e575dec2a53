/** Sends: flush_tlb_multi, native and PV, and the IPIs that follow. */
import type { EventKind, EventOf, TraceEvent } from '../trace/events.js';
import * as G from './gates.js';
import { compareTrim, judgeRequest } from './infos.js';
import {
  agreed,
  type Context,
  contradicts,
  differs,
  differsHere,
  learnt,
  type Outcome,
  type Step,
} from './judgement.js';
import { cpusOf, has, hex, low32 } from './masks.js';
import { inInterrupt } from './order.js';
import { adoptRequest, fillInfo, finish, proceed } from './requests.js';
import { compareGiven, compareMask } from './sampled-values.js';
import { online, requestMask, type Send, type State } from './state.js';

export const flushMulti: Step<EventOf<'kvm_flush_multi' | 'native_flush_multi'>> = (s, event, ctx) => {
  const { cpu } = event;
  const view = s.cpus[cpu];
  proceed(s, cpu, 'sent', ctx);
  ctx.tell(judgeRequest(s, event, ctx));
  if (event.kind === 'native_flush_multi' && view.pvSince !== null) {
    const since = view.pvSince;
    view.pvSince = null;
    compareGiven(s, cpu, event, ctx);
    const outcome = judgeDropped(s, event, since, ctx);
    ctx.tell(outcome);
    if (outcome.verdict !== 'agreed') s.mem[s.lab.layout.kvm.mask[cpu]] = low32(event.cpus) & online(s);
    openSend(s, event, ctx);
    return;
  }
  const isFromBefore = view.request === null && !view.hasAsked;
  if (s.lab.gate(cpu) !== G.GATE_MULTI) {
    finish(s, cpu, ctx);
    if (view.request === null) adoptRequest(s, event, ctx);
    else fillInfo(s, cpu, event);
    const mask = requestMask(s, cpu, s.mms.handle(event.mm));
    s.lab.start(cpu, (c) => c.fn.flushTlbMulti(c, mask));
  }
  compareTrim(s, event, ctx);
  // Of a native send whose PV flush lies before the file only what that left is known, not the mm's mask.
  if (isFromBefore && s.pv && event.kind === 'native_flush_multi') ctx.tell(learnt('cpus'));
  else compareMask(s, 'cpus', s.mem[s.lab.per(cpu).flushInfo.mm], event.cpus, ctx);
  compareGiven(s, cpu, event, ctx);
  if (event.kind === 'kvm_flush_multi') {
    view.pvSince = event.time;
    s.lab.run(cpu, true);
  } else if (isFromBefore && s.pv) {
    // Nor whom the model would have left to the native flush.
    ctx.tell(learnt('IPI targets'));
    ctx.tell(learnt('IPI really sent'));
  } else openSend(s, event, ctx);
};

/** The CPUs that kvm_flush_tlb_multi, begun at `since`, left to the native flush. */
function judgeDropped(s: State, event: EventOf<'native_flush_multi'>, since: number, ctx: Context): Outcome {
  const kernel = low32(event.cpus);
  const model = s.lab.mask(s.lab.layout.kvm.mask[event.cpu]);
  const beyond = event.cpus >> 32n !== 0n;
  // Without the hypervisor's log nothing tells which vCPUs were preempted.
  if (!ctx.host.logged) return learnt('pv dropped');
  const [kernelText, modelText] = [hex(event.cpus), hex(model)];
  if (kernel === model && !beyond) return agreed('pv dropped');
  const raced = !beyond && ctx.host.racedByte(kernel ^ model, since, event.time);
  // The guest left out whom it then did not ask: by its own lines it saw other bytes than the hypervisor's
  // log has.
  const served = ctx.order.servedBy(ctx.at);
  const isOwn =
    !beyond && cpusOf(kernel ^ model).every((target) => has(kernel, target) === served.has(target));
  if (!raced && isOwn) return contradicts('pv dropped', event.line, kernelText, modelText);
  return differsHere(ctx, 'pv dropped', kernelText, modelText, raced);
}

function openSend(s: State, { cpu, line }: TraceEvent, ctx: Context): void {
  closeSend(s, cpu, ctx);
  s.lab.ports[cpu].ipis = 0;
  const queued = s.cpus.reduce((mask, { queue }, other) => mask | (queue === 'empty' ? 0 : 1 << other), 0);
  s.cpus[cpu].send = { index: ctx.at, line, kernel: 0, queued, until: ctx.at, isTraced: false, isOut: false };
}

/** The send's IPIs are all out. */
export function closeSend(s: State, cpu: number, ctx: Context): void {
  const { send } = s.cpus[cpu];
  s.cpus[cpu].send = null;
  if (send === null) return;
  const isCut = ctx.at >= ctx.order.events.length;
  if (!send.isTraced && !isCut) ctx.tell(differs('no tlb_flush', send.line, 'none of the send', 'one'));
  const { ipis } = s.lab.ports[cpu];
  const isSame = ipis >>> 0 === send.kernel >>> 0;
  // A file may end before the line of an IPI.
  ctx.tell(isCut && !isSame ? learnt('IPI targets') : judgeTargets(s, cpu, send, ipis, ctx));
  ctx.tell(
    isSame ? agreed('IPI really sent') : differs('IPI really sent', send.line, hex(send.kernel), hex(ipis)),
  );
}

/**
 * Who got an IPI: all CPUs that the model sends to but those whose queue may have held something, and no
 * other than its targets.
 */
function judgeTargets(
  s: State,
  cpu: number,
  { index, until, line, kernel, queued }: Send,
  ipis: number,
  ctx: Context,
): Outcome {
  if (ipis >>> 0 === kernel >>> 0) return agreed('IPI targets');
  const targets = s.mem[s.lab.per(cpu).cfd.cpumask];
  // The mask is read once more than its line shows it; an idle CPU that polls takes its calls without an IPI.
  const isOpen = (other: number): boolean => ctx.races.changesMasks(cpu, other, index, until);
  const served = ctx.order.servedBy(index);
  const left = cpusOf(ipis & ~kernel & ~queued);
  const unsent = left.filter(
    (other) => (served.has(other) || !isOpen(other)) && !ctx.order.servedInIdle(index, other),
  );
  const stray = cpusOf(kernel & ~targets).filter((other) => !isOpen(other));
  if (kernel === 0 && unsent.length === 1 && (s.missed.ipi_single ?? 0) > 0) {
    // A single IPI without a line, and the recorder says that it has missed such lines.
    s.missed.ipi_single--;
    return contradicts('IPI targets', line, hex(kernel), hex(ipis));
  }
  return differs('IPI targets', line, hex(kernel), hex(ipis), unsent.length + stray.length === 0);
}

/** An IPI for a function call: of the send that its CPU's task is in, or one that fills queues. */
export function sawIpis(s: State, event: TraceEvent, targets: number): void {
  for (const target of cpusOf(targets & online(s))) s.cpus[target].queue = 'called';
  for (const [cpu, { send }] of s.cpus.entries()) {
    if (send === null) continue;
    if (cpu === event.cpu && !send.isOut && !inInterrupt(event)) send.kernel |= targets;
    else send.queued |= targets;
  }
}

/** Lines of a CPU's task while its send is under way. */
const SENDING: ReadonlySet<EventKind> = new Set<EventKind>([
  ...(['native_flush_multi', 'tlb_flush', 'should_flush', 'should_flush_ret'] as const),
  ...(['ipi_mask', 'ipi_single', 'kvm_ipi_mask', 'ipi_send_cpu', 'ipi_send_cpumask'] as const),
]);

/**
 * Any line of the CPU: one of its task that is none of a send shows that all IPIs are out, and one after an
 * IPI's arrival that the queue was emptied.
 */
export function followSend(s: State, event: TraceEvent, at: number): void {
  const view = s.cpus[event.cpu];
  if (view.queue === 'arrived') view.queue = 'empty';
  const { send } = view;
  if (send === null || send.isOut || inInterrupt(event)) return;
  send.until = at;
  send.isOut = !SENDING.has(event.kind);
}
