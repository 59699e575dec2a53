/** Ways to change one line of a recording so that the kernel would have decided otherwise. */
import { type EventKind, type EventOf, FLUSH_ALL, type TraceEvent } from '../../src/trace/events.js';

export type Random = (bound: number) => number;

/**
 * What stands in the place of a line: nothing, one line, or several; null: this line cannot be changed so.
 */
type Change = (event: TraceEvent, random: Random, around: Around) => readonly TraceEvent[] | null;

export interface Around {
  readonly events: readonly TraceEvent[];
  readonly index: number;
  readonly cpus: number;
}

/** The next line of the same CPU. */
export function nextOwn({ events, index }: Around): TraceEvent | undefined {
  for (let at = index + 1; at < events.length; at++)
    if (events[at].cpu === events[index].cpu) return events[at];
  return undefined;
}

function on<K extends EventKind>(
  kinds: readonly K[],
  change: (event: EventOf<K>, random: Random, around: Around) => object | null,
): Change {
  return (event, random, around) => {
    if (!(kinds as readonly EventKind[]).includes(event.kind)) return null;
    const fields = change(event as EventOf<K>, random, around);
    return fields === null ? null : [{ ...event, ...fields } as TraceEvent];
  };
}

/** Drops the line, if it is one of `kinds` and `fits`. */
const lose =
  (kind: EventKind, fits: (event: TraceEvent, around: Around) => boolean = () => true): Change =>
  (event, _, around) =>
    event.kind === kind && fits(event, around) ? [] : null;

/** A `struct flush_tlb_info` of a batch. */
const EVERYTHING = { mm: '0x0', start: 0n, end: FLUSH_ALL, gen: 0, stride: 0, freed: false, trim: false };

const REQUEST = ['flush_mm_range'] as const;
const SEND = ['native_flush_multi', 'kvm_flush_multi'] as const;
const FUNC = ['flush_func'] as const;
const isFull = (event: { end: bigint }): boolean => event.end === FLUSH_ALL;

const start = (event: { start: bigint; end: bigint }): object | null =>
  isFull(event) ? null : { start: event.start + 0x1000n };
const end = (event: { start: bigint; end: bigint }): object | null =>
  isFull(event) ? null : { end: event.end + 0x2000n };
const stride = (event: { stride: number; end: bigint }): object | null =>
  isFull(event) ? null : { stride: event.stride === 12 ? 21 : 12 };
const freed = (event: { freed: boolean }): object => ({ freed: !event.freed });
const trim = (event: { trim: boolean }): object => ({ trim: !event.trim });
const gen = (event: { gen: number }, random: Random): object | null =>
  event.gen < 4 ? null : { gen: event.gen + [1, -1, 3, 40][random(4)] };
const init = (event: { init: number }, random: Random, { cpus }: Around): object => ({
  init: (event.init + 1 + random(cpus - 1)) % cpus,
});
/** One CPU more or less. */
const cpusBit = (event: { cpus: bigint }, random: Random, { cpus }: Around): object => ({
  cpus: event.cpus ^ (1n << BigInt(random(cpus))),
});

/** Whether the native_flush_multi is what a kvm_flush_multi left. */
function isRest({ events, index }: Around): boolean {
  for (let at = index - 1; at >= 0; at--)
    if (events[at].cpu === events[index].cpu) return events[at].kind === 'kvm_flush_multi';
  return false;
}

/** A CR3 write with another ASID, flush bit or page table. */
const cr3 = (pcid: number, noFlush: boolean, table: bigint): object => ({
  pcid,
  noFlush,
  cr3: (noFlush ? 1n << 63n : 0n) | (table << 12n) | BigInt(pcid),
});
const tableOf = (event: EventOf<'write_cr3'>): bigint => (event.cr3 & ~(1n << 63n)) >> 12n;

/** Whether the IPI is one of a send: the CPU's task sends it, with nothing disabled but preemption. */
const ofSend = (event: TraceEvent): boolean => event.flags[0] === '.' && event.flags[2] === '.';
const single = (mask: bigint): boolean => (mask & (mask - 1n)) === 0n;

function flushPages({ pages, reason }: EventOf<'tlb_flush'>, random: Random): object | null {
  if (reason === 0) return { pages: pages === 0 ? -1 : 0 };
  if (reason === 5) return null;
  return pages === -1 ? { pages: 1 + random(33) } : { pages: random(2) === 0 ? -1 : pages + 1 };
}

/** Lines of kernels that broadcast. */
const BROADCAST_MUTATIONS: Readonly<Record<string, Change>> = {
  'global ASID': on(['flush_mm_range', 'bcast_flush'], (event) =>
    event.asid === 0 ? null : { asid: event.asid + 1 },
  ),
  'global ASID of next': on(['switch_mm'], (event) =>
    event.nasid === 0 ? null : { nasid: event.nasid + 1 },
  ),
  'global ASID gone': on(['flush_mm_range'], (event) => (event.asid === 0 ? null : { asid: 0 })),
  'global ASID in transition': on(['flush_mm_range', 'bcast_flush'], (event) =>
    event.asid === 0 ? null : { transition: !event.transition },
  ),
  'ASID given': on(['use_global_asid'], (event, random) => ({ asid: event.asid + 1 + random(2000) })),
  'ASID given line lost': lose('use_global_asid'),
  'ASID freed': on(['free_global_asid'], (event, random) => ({ asid: event.asid + 1 + random(2000) })),
  'broadcast line lost': lose('bcast_flush'),
  'broadcast end': on(['bcast_flush'], end),
  'broadcast gen': on(['bcast_flush'], gen),
  'broadcast mask': on(['bcast_flush'], cpusBit),
  'INVLPGB PCID': on(['invlpgb'], (event, random) =>
    (event.rax & 2n) === 0n ? null : { pcid: event.pcid + 1 + random(6) },
  ),
  'INVLPGB pages': on(['invlpgb'], (event) => ((event.rax & 1n) === 0n ? null : { pages: event.pages + 1 })),
  'INVLPGB address': on(['invlpgb'], (event) =>
    (event.rax & 1n) === 0n ? null : { rax: event.rax + 0x1000n },
  ),
  'INVLPGB page size': on(['invlpgb'], (event) => ((event.rax & 1n) === 0n ? null : { large: !event.large })),
  'INVLPGB without ASID': on(['invlpgb'], (event) => ({ rax: event.rax ^ 4n })),
  'INVLPGB line lost': lose('invlpgb'),
  'INVLPGB twice': (event) => (event.kind === 'invlpgb' ? [event, { ...event }] : null),
  'TLBSYNC lost': lose('tlbsync'),
  'transition wait lost': lose('transition_wait'),
  'transition end lost': lose('transition_done'),
  'transition ends early': on(['transition_wait'], () => ({ kind: 'transition_done' })),
  'batch sent': (event) =>
    event.kind === 'invlpgb' && event.pcid === 0
      ? [{ ...event, kind: 'native_flush_multi', ...EVERYTHING, init: event.cpu, cpus: 15n }]
      : null,
};

export const MUTATIONS: Readonly<Record<string, Change>> = {
  ...BROADCAST_MUTATIONS,
  'request start': on(REQUEST, start),
  'request end': on(REQUEST, end),
  'request stride': on(REQUEST, stride),
  'request freed': on(REQUEST, freed),
  'request gen': on(REQUEST, gen),
  'request mask': on(REQUEST, cpusBit),
  'request ctx': on(REQUEST, (event) => ({ ctx: event.ctx + 500 })),
  'send start': on(SEND, start),
  'send end': on(SEND, end),
  'send stride': on(SEND, stride),
  'send freed': on(SEND, freed),
  'send trim': on(SEND, trim),
  'send gen': on(SEND, (event, random) => (event.mm === '0x0' ? null : gen(event, random))),
  'send mask': on(SEND, (event, random, around) =>
    event.kind === 'native_flush_multi' && isRest(around) ? null : cpusBit(event, random, around),
  ),
  'send init': on(SEND, init),
  'flush start': on(FUNC, start),
  'flush end': on(FUNC, end),
  'flush stride': on(FUNC, stride),
  'flush freed': on(FUNC, freed),
  'flush trim': on(FUNC, trim),
  'flush gen': on(FUNC, (event, random) => (event.mm === '0x0' ? null : gen(event, random))),
  'flush init': on(FUNC, init),
  'target answer': on(['should_flush_ret'], (event) => ({ ret: !event.ret })),
  'flush pages': on(['tlb_flush'], flushPages),
  'flush reason': on(['tlb_flush'], ({ reason }) => ({ reason: [1, 3, 1, 1, 3, 1][reason] })),
  'switch gen': on(['switch_mm'], (event, random) =>
    event.ngen < 4 ? null : { ngen: event.ngen + [1, -1, 3, 40][random(4)] },
  ),
  'switch mask': on(['switch_mm'], (event, random, { cpus }) => ({
    ncpus: event.ncpus ^ (1n << BigInt(random(cpus))),
  })),
  'switch ctx': on(['switch_mm'], (event) => (event.nctx < 3 ? null : { nctx: event.nctx + 700 })),
  'CR3 slot': on(['write_cr3'], (event, random) =>
    event.pcid === 0 ? null : cr3(1 + ((event.pcid + random(5)) % 6), event.noFlush, tableOf(event)),
  ),
  'CR3 flush bit': on(['write_cr3'], (event) =>
    event.pcid === 0 ? null : cr3(event.pcid, !event.noFlush, tableOf(event)),
  ),
  'CR3 page table': on(['write_cr3'], (event) => cr3(event.pcid, event.noFlush, tableOf(event) + 2n)),
  'IPI to fewer': on(['ipi_mask'], (event) =>
    single(event.cpus) || !ofSend(event) ? null : { cpus: event.cpus & (event.cpus - 1n) },
  ),
  'IPI to more': on(['ipi_mask'], (event, random, around) => {
    const more = event.cpus | (1n << BigInt(random(around.cpus)));
    return more === event.cpus || !ofSend(event) ? null : { cpus: more };
  }),
  'IPI to another': on(['ipi_single'], (event, _, { cpus }) => {
    const target = (event.target + 1) % cpus;
    return !ofSend(event) || target === event.cpu ? null : { target };
  }),
  'PV left to the host': on(['native_flush_multi'], (event, random, around) =>
    isRest(around)
      ? { cpus: event.cpus ^ (1n << BigInt((event.cpu + 1 + random(around.cpus - 1)) % around.cpus)) }
      : null,
  ),
  'PV mask': on(['kvm_flush_multi'], cpusBit),
  'batch mask': on(['batch_flush'], cpusBit),
  'exit gen': on(['exit_mmap'], gen),
  'exit mask': on(['exit_mmap'], cpusBit),
  'IPI line lost': lose('ipi_mask', ofSend),
  'flush_func line lost': lose(
    'flush_func',
    (event, around) => event.flags[2] !== '.' && nextOwn(around)?.kind === 'tlb_flush',
  ),
  'tlb_flush line lost': lose('tlb_flush', (event) => event.kind === 'tlb_flush' && event.pages !== 0),
  'send lost': lose('native_flush_multi', (_, around) => !isRest(around)),
  'switch_mm line lost': lose('switch_mm', (_, around) => nextOwn(around)?.kind === 'write_cr3'),
  'CR3 write lost': lose('write_cr3'),
  'flush that was not due': (event) =>
    event.kind === 'tlb_flush' && event.reason === 1 ? [event, { ...event }] : null,
};
