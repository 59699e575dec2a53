/** Sends: flush_tlb_multi, native and PV, and the IPIs that follow. */
import type { EventOf, TraceEvent } from '../trace/events.js';
import { type Context, differsHere, type Step } from './context.js';
import * as G from './gates.js';
import { hex, low32 } from './masks.js';
import { agreed, differs, learnt, type Outcome } from './outcome.js';
import { adoptRequest, fillInfo, finish, proceed } from './requests.js';
import { online, requestMask, type State } from './state.js';
import { compareGiven, compareMask } from './values.js';

export const flushMulti: Step<EventOf<'kvm_flush_multi' | 'native_flush_multi'>> = (s, event, ctx) => {
  const { cpu } = event;
  const view = s.cpus[cpu];
  proceed(s, cpu, true, ctx);
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
  if (s.lab.gate(cpu) !== G.GATE_MULTI) {
    finish(s, cpu, ctx);
    if (view.request === null) adoptRequest(s, event, ctx);
    else fillInfo(s, cpu, event);
    const mask = requestMask(s, cpu, s.mms.handle(event.mm));
    s.lab.start(cpu, (c) => c.fn.flushTlbMulti(c, mask));
  }
  compareMask(s, 'cpus', cpu, s.mem[s.lab.per(cpu).flushInfo.mm], event.cpus, ctx);
  compareGiven(s, cpu, event, ctx);
  if (event.kind === 'kvm_flush_multi') {
    view.pvSince = event.time;
    s.lab.run(cpu, true);
  } else openSend(s, event, ctx);
};

/** The CPUs that kvm_flush_tlb_multi, begun at `since`, left to the native flush. */
function judgeDropped(s: State, event: EventOf<'native_flush_multi'>, since: number, ctx: Context): Outcome {
  const kernel = low32(event.cpus);
  const model = s.lab.mask(s.lab.layout.kvm.mask[event.cpu]);
  const beyond = event.cpus >> 32n !== 0n;
  // Without the hypervisor's log nothing tells which vCPUs were preempted.
  if (!ctx.host.logged) return learnt('pv dropped');
  if (kernel === model && !beyond) return agreed('pv dropped');
  const raced = !beyond && ctx.host.racedByte(kernel ^ model, since, event.time);
  return differsHere(ctx, 'pv dropped', `0x${event.cpus.toString(16)}`, hex(model), raced);
}

function openSend(s: State, { cpu, line }: TraceEvent, ctx: Context): void {
  closeSend(s, cpu, ctx);
  s.lab.ports[cpu].ipis = 0;
  s.cpus[cpu].send = { line, kernel: 0 };
}

/** The send's IPIs are all out. */
export function closeSend(s: State, cpu: number, ctx: Context): void {
  const { send } = s.cpus[cpu];
  s.cpus[cpu].send = null;
  if (send === null) return;
  const model = s.lab.ports[cpu].ipis;
  if (model >>> 0 === send.kernel >>> 0) ctx.tell(agreed('IPI really sent'));
  else ctx.tell(differs('IPI really sent', send.line, hex(send.kernel), hex(model), false));
}

/** An IPI that the CPU's task sends; an interrupt's is none of the request. */
export function sawIpis(s: State, event: TraceEvent, targets: number): void {
  const { send } = s.cpus[event.cpu];
  if (send !== null && (event.flags === '' || event.flags[2] === '.')) send.kernel |= targets;
}
