/**
 * Takes the lines of a recording in file order: they drive the simulated kernel, whose decisions are
 * compared.
 */
import { FIRST_USER_MM } from '../kernel/constants.js';
import type { EventKind, TraceEvent } from '../trace/events.js';
import type { HypervisorEvent } from '../trace/hypervisor-log.js';
import type { Recording } from '../trace/recording.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { hasLoaded } from './beliefs.js';
import type { Board } from './board.js';
import { broadcastFlush, invlpgb, tlbsync, transitionDone, transitionWait } from './broadcasts.js';
import { flushFunc, tlbFlush } from './flushes.js';
import { freeGlobalAsid, useGlobalAsid } from './global-asids.js';
import { Host } from './hypervisor.js';
import type { Context, Step, StepOf } from './judgement.js';
import { type CheckedKernel, Lab, ownFunctions, SLOTS } from './lab.js';
import { low32 } from './masks.js';
import { named, newLife } from './mm-lives.js';
import { Mms } from './mms.js';
import { inInterrupt, Order } from './order.js';
import { Races } from './races.js';
import { batchFlush, countedSomewhere, finish, forget, proceed, unmap } from './requests.js';
import { compareGen, compareMask } from './sampled-values.js';
import { closeSend, flushMulti, followSend, sawIpis } from './sends.js';
import { shouldFlushRet } from './should-flush.js';
import { answer, CpuState, genWord, loadedMm, type State } from './state.js';
import { dropSwitch, endSwitch, enterLazy, switchMm, writeCr3 } from './switches.js';

/** Generation of an mm that no line has told: high enough that a slot can be seen to be behind it. */
const UNSEEN_GEN = 2 ** 20;
/** ctx_id of the first new mm in the model. */
const FIRST_CTX_ID = 1_000_000;
/** Vectors of the function call interrupts (arch/x86/include/asm/irq_vectors.h). */
const CALL_FUNCTION_SINGLE_VECTOR = 251;
const CALL_FUNCTION_VECTOR = 252;

/** What each kind of line does; the other kinds decide nothing that is checked. */
const STEPS: { readonly [K in EventKind]?: StepOf<K> } = {
  flush_mm_range: (s, { cpu }, ctx) => {
    proceed(s, cpu, 'kept', ctx);
    s.cpus[cpu].broadcasting = false;
    s.cpus[cpu].laterRequest = ctx.at;
  },
  flush_mm_range_ret: (s, { cpu }, ctx) => {
    proceed(s, cpu, 'kept', ctx);
    finish(s, cpu, ctx);
    Object.assign(s.cpus[cpu], { request: null, broadcasting: false });
  },
  batch_flush: batchFlush,
  kvm_flush_multi: flushMulti,
  native_flush_multi: flushMulti,
  should_flush: (s, { cpu, target }, ctx) => {
    s.cpus[cpu].asked = { target, index: ctx.at };
  },
  should_flush_ret: shouldFlushRet,
  flush_func: flushFunc,
  tlb_flush: tlbFlush,
  switch_mm: switchMm,
  write_cr3: writeCr3,
  enter_lazy: enterLazy,
  use_global_asid: useGlobalAsid,
  free_global_asid: freeGlobalAsid,
  bcast_flush: broadcastFlush,
  invlpgb,
  transition_wait: transitionWait,
  transition_done: transitionDone,
  tlbsync,
  exit_mmap: (s, event, ctx) => {
    const mm = named(s, event.mm, event.ctx);
    compareGen(s, 'gen', mm, event.gen, ctx);
    compareMask(s, 'cpus', mm, event.cpus, ctx);
  },
  mmdrop: (s, event) => {
    const mm = named(s, event.mm, event.ctx);
    s.mms.dropped(mm);
    newLife(s, mm);
  },
  ipi_mask: (s, event) => sawIpis(s, event, low32(event.cpus)),
  ipi_single: (s, event) => sawIpis(s, event, 2 ** event.target),
  kvm_ipi_mask: (s, event) => {
    const { vector } = event;
    if (vector === CALL_FUNCTION_VECTOR || vector === CALL_FUNCTION_SINGLE_VECTOR)
      sawIpis(s, event, low32(event.cpus));
  },
  irq_vector: (s, { cpu, phase, vectorKind }) => {
    if (phase !== 'entry' || vectorKind === 'reschedule') return;
    s.mem[s.lab.per(cpu).cfd.queue] = 0;
    s.cpus[cpu].queue = 'arrived';
  },
};

/**
 * Lines of mms with a global ASID, and of broadcasts: the model takes no more of them than where the CPU is.
 */
const PASSED_STEPS: typeof STEPS = {
  flush_mm_range: (s, { cpu }, ctx) => forget(s, cpu, ctx),
  native_flush_multi: (s, { cpu }, ctx) => forget(s, cpu, ctx),
  flush_mm_range_ret: (s, { cpu }, ctx) => forget(s, cpu, ctx),
  batch_flush: (s, { cpu }, ctx) => {
    forget(s, cpu, ctx);
    // The batch's unmaps have counted, whoever flushes.
    if (s.cpus[cpu].mmKnown) unmap(s, cpu);
    else countedSomewhere(s);
  },
  flush_func: (s, { cpu, init }) => {
    // Its request may have been sent before the mm had its ASID: whoever waits is answered.
    if (init < s.lab.cpus) answer(s, init, cpu);
  },
  switch_mm: (s, event, ctx) => {
    // In an interrupt a flush_func makes it: what the CPU's task asks for goes on.
    if (!inInterrupt(event)) finish(s, event.cpu, ctx);
    dropSwitch(s, event.cpu, ctx);
    hasLoaded(s, event.cpu, named(s, event.next, event.nctx));
  },
};

/** A machine with the recording's CPUs and mms, none of which runs anything by itself. */
const emptyScenario = (recording: Recording, mms: number, pcid: boolean, globalAsids: number): Scenario => ({
  name: recording.name,
  summary: 'a recording under check',
  cpus: recording.cpus,
  mms: Array.from({ length: mms }, () => ({ alive: false })),
  pages: 1,
  globalAsids,
  ...(recording.meta?.invlpgbCountMax === undefined
    ? {}
    : { invlpgbCountMax: recording.meta.invlpgbCountMax }),
  slots: SLOTS,
  pcid,
  lazy: true,
  walks: 0,
  scripts: Array.from({ length: recording.cpus }, () => []),
});

/**
 * Global ASIDs behind the CPUs' own: PCIDs have 12 bits, one less in kernels that can isolate page tables
 * (CONFIG_MITIGATION_PAGE_TABLE_ISOLATION); MAX_ASID_AVAILABLE is 2 less than that gives.
 */
const GLOBAL_ASIDS = 2 ** 11 - 2 - SLOTS;
const GLOBAL_ASIDS_WITHOUT_ISOLATION = 2 ** 12 - 2 - SLOTS;

function globalAsidsOf({ events }: Recording): number {
  const isBeyond = ({ kind, ...event }: TraceEvent): boolean =>
    kind === 'use_global_asid' && 'asid' in event && event.asid > GLOBAL_ASIDS + SLOTS;
  return events.some(isBeyond) ? GLOBAL_ASIDS_WITHOUT_ISOLATION : GLOBAL_ASIDS;
}

function startState(recording: Recording, kernel: CheckedKernel, pcid: boolean): State {
  const mms = new Mms(recording.events, recording.file);
  const lab = new Lab(emptyScenario(recording, mms.users, pcid, globalAsidsOf(recording)), kernel);
  const cpus = Array.from({ length: lab.cpus }, () => new CpuState());
  const own = ownFunctions(kernel.backend, kernel.replace);
  const { lazyCpumask, filterLoadedMm } = kernel.features;
  const trims = filterLoadedMm ? (recording.ticks ? 'not told' : 'by the clock') : 'never';
  const s: State = {
    lab,
    mem: lab.mem,
    mms,
    pcid,
    pv: recording.events.some(({ kind }) => kind === 'kvm_flush_multi'),
    lazyCpumask,
    trims,
    missed: { ...recording.meta?.missedProbes },
    own,
    cpus,
    serial: FIRST_CTX_ID,
    broadcasts: kernel.backend.has.broadcasts === true,
    poolKnown: false,
  };
  for (let mm = FIRST_USER_MM; mm < FIRST_USER_MM + mms.users; mm++) {
    s.mem[lab.layout.mms[mm].ctxId] = s.serial++;
    s.mem[genWord(s, mm)] = UNSEEN_GEN;
  }
  for (let cpu = 0; cpu < lab.cpus; cpu++) {
    const state = lab.per(cpu).tlbstate;
    s.mem[state.loadedMm] = mms.unknown;
    s.mem[state.isLazy] = 0;
    for (const slot of state.ctxs) s.mem[slot.ctxId] = 0;
  }
  return s;
}

/**
 * Takes a recording's lines through the kernel, and tells the board what was compared; `log` is the
 * hypervisor's, `passed` marks the events that are not modelled.
 */
export function takeLines(
  recording: Recording,
  kernel: CheckedKernel,
  pcid: boolean,
  log: readonly HypervisorEvent[],
  passed: Uint8Array | null,
  board: Board,
): void {
  const { events } = recording;
  const s = startState(recording, kernel, pcid);
  const order = new Order(events, recording.cpus);
  const host = new Host(log, recording);
  const races = new Races(order, s.mms, (cpu) => loadedMm(s, cpu));
  const contextAt = (at: number): Context => ({
    order,
    races,
    host,
    at,
    now: at,
    tell: (outcome) => board.add(outcome),
  });
  host.start(s);
  events.forEach((event, at) => {
    host.advance(s, event.time);
    s.cpus[event.cpu].idle = event.pid === 0;
    followSend(s, event, at);
    const isPassed = passed?.[at] === 1;
    if (isPassed) board.leave(event);
    const step = (isPassed ? PASSED_STEPS : STEPS)[event.kind] as Step<TraceEvent> | undefined;
    step?.(s, event, contextAt(at));
  });
  const atEnd = { ...contextAt(events.length), now: events.length - 1 };
  for (let cpu = 0; cpu < s.lab.cpus; cpu++) endSwitch(s, cpu, atEnd);
  for (let cpu = 0; cpu < s.lab.cpus; cpu++) {
    proceed(s, cpu, 'kept', atEnd);
    closeSend(s, cpu, atEnd);
  }
}
