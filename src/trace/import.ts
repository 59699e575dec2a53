/**
 * A window of a recording to a scenario: one script per CPU, made of what the recording shows (who ran which
 * mm when, who asked for which flush, the forks, mappings and faults that matter to them), with accesses
 * added so that stale translations can be made and used.
 */
import type { Scenario } from '../vocabulary/scenario.js';
import type { AccessBudget, AccessPlan } from './accesses.js';
import { AddressSpaces, flushPages, MADV_PAGEOUT, type RangeUse, syscallPages } from './address-space.js';
import { type Classified, classifyFlush, forksWithin } from './classify.js';
import { addEarlierStays } from './earlier-stays.js';
import { type FlushRecord, type History, historyOf } from './history.js';
import { INIT_CTX, type MachineState } from './machine-state.js';
import type { Recording } from './recording.js';
import { scanWindow } from './scan-window.js';
import { ScriptBuilder } from './script-builder.js';
import { machineBefore, startState } from './start-state.js';
import { count, emptyImportTally, type ImportTally, tallyNotes } from './tally.js';
import { escapeText, TraceError } from './trace-error.js';
import type { TraceWindow } from './window.js';

/** Limits of a scenario made from a recording. */
const MAX_PAGES = 64;
const MAX_MMS = 32;
const MAX_CPUS = 256;
/** Scripts longer than this get fewer added accesses. */
const WANTED_STEPS = 60;
/**
 * From generous to none: the first with which every script has at most {@link WANTED_STEPS} steps is used,
 * else the last.
 */
const BUDGETS: readonly AccessBudget[] = [
  { perStay: 4, rounds: 2, perFlush: 2 },
  { perStay: 3, rounds: 2, perFlush: 1 },
  { perStay: 2, rounds: 2, perFlush: 1 },
  { perStay: 2, rounds: 1, perFlush: 1 },
  { perStay: 1, rounds: 1, perFlush: 1 },
];
/**
 * More steps than this make a flush full, where the meta file does not say (tlb_single_page_flush_ceiling).
 */
const DEFAULT_CEILING = 33;

export interface ImportOptions {
  /** Speculative walks per execution. Default 2. */
  readonly walks?: number;
  /** Accesses added; default: see above. */
  readonly accesses?: AccessBudget;
}

export interface Imported {
  readonly scenario: Scenario;
  readonly tally: ImportTally;
  /**
   * Contexts of the scenario's mms, in its order; a negative one is a child that never ran in the recording.
   */
  readonly ctxs: readonly number[];
}

/** What the passes over a window share. */
export interface ImportContext {
  readonly recording: Recording;
  readonly window: TraceWindow;
  readonly flushes: ReadonlyMap<number, readonly [FlushRecord, Classified]>;
  readonly ctxs: readonly number[];
  readonly spaces: AddressSpaces;
  readonly ceiling: number;
  /** Child context of each fork of the window, by the index of its flush. */
  readonly children: ReadonlyMap<number, number>;
}

/**
 * Imports a window. Throws TraceError when the window holds nothing that can be hunted (no flush of an mm
 * that a CPU runs), or more than a scenario can hold.
 */
export function importWindow(
  recording: Recording,
  window: TraceWindow,
  options: ImportOptions = {},
): Imported {
  const machine = machineBefore(recording, window.first);
  const context = contextOf(recording, window, machine);
  const { ctxs, spaces } = context;
  const tally = emptyImportTally();
  const builders = machine.cpus.map(() => new ScriptBuilder());
  const scanned = scanWindow(context, machine, builders, tally);
  const pcid = usesPcid(recording);
  const { first, end } = window;
  const start = startState(recording, machine, { ctxs, unborn: scanned.forked, spaces, first, end });
  const slots = pcid
    ? start.cpus
    : start.cpus.map(({ slots, nextAsid: _, ...cpu }) => ({ ...cpu, slots: (slots ?? []).slice(0, 1) }));
  // A child shares pages with its parent: what it does to them matters even if nobody flushes it.
  const born = [...scanned.forked].map((ctx) => ctxs.indexOf(ctx));
  const flushed = new Set([...scanned.flushes.map((flush) => flush.mm), ...scanned.exited, ...born]);
  const dropped = builders.reduce((sum, builder) => sum + builder.dropTail(flushed), 0);
  if (dropped > 0) count(tally.dropped, 'step at the end of a CPU in an mm that nobody flushes', dropped);
  const cpus = addEarlierStays({ mms: start.mms, cpus: slots }, scanned, builders, pcid, tally);
  return {
    ctxs,
    tally,
    scenario: {
      ...named(recording, window),
      cpus: recording.cpus,
      mms: start.mms,
      pages: Math.max(...ctxs.map((ctx) => spaces.of(ctx).pages)),
      slots: pcid ? 6 : 1,
      pcid,
      lazy: true,
      walks: options.walks ?? 2,
      start: cpus,
      scripts: scriptsOf(context, builders, options.accesses),
      notes: tallyNotes(tally),
    },
  };
}

/**
 * Flushes, mms and address spaces of the window; `machine` stands before it. Throws TraceError as importing
 * does.
 */
function contextOf(recording: Recording, window: TraceWindow, machine: MachineState): ImportContext {
  const history = historyOf(recording);
  const forks = forksWithin(history, window.first, window.end);
  const flushes = new Map<number, readonly [FlushRecord, Classified]>();
  for (const flush of history.flushes) {
    if (flush.index >= window.first && flush.index < window.end)
      flushes.set(flush.index, [flush, classifyFlush(flush, forks)]);
  }
  // A fork whose child never ran still writes its parent's pages protected: the child gets a number of its
  // own.
  const children = new Map(
    forks.map((fork, index) => [fork.flush.index, fork.childCtx ?? -1 - index] as const),
  );
  const uses = rangeUses(history, window, flushes);
  const asked = new Set([
    ...[...flushes.values()].filter(([, c]) => c.treatment !== 'ignored').map(([flush]) => flush.event.ctx),
    ...uses.filter((use) => use.flushed).map((use) => use.ctx),
  ]);
  const ctxs = mattering(recording, window, machine, asked, children);
  refuseSizes(recording, window, ctxs);
  const spaces = new AddressSpaces(history, ctxs, uses, forks, MAX_PAGES);
  const pages = Math.max(...ctxs.map((ctx) => spaces.of(ctx).pages));
  if (pages > MAX_PAGES) refuseMore(recording, window, `need ${pages} pages in one mm`, MAX_PAGES);
  const ceiling = recording.meta?.flushCeiling ?? DEFAULT_CEILING;
  return { recording, window, flushes, ctxs, spaces, children, ceiling };
}

function refuseSizes(recording: Recording, window: TraceWindow, ctxs: readonly number[]): void {
  const { file, cpus } = recording;
  const { firstLine, lastLine } = window;
  if (ctxs.length === 0)
    throw new TraceError(
      file,
      firstLine,
      `lines ${firstLine}..${lastLine} hold no flush of an mm that a CPU runs`,
      `expected at least one`,
    );
  if (ctxs.length > MAX_MMS) refuseMore(recording, window, `need ${ctxs.length} mms`, MAX_MMS);
  if (cpus > MAX_CPUS)
    throw new TraceError(file, firstLine, `the recording has ${cpus} CPUs`, `expected at most ${MAX_CPUS}`);
}

function refuseMore({ file }: Recording, window: TraceWindow, what: string, atMost: number): never {
  const { firstLine, lastLine } = window;
  throw new TraceError(
    file,
    firstLine,
    `lines ${firstLine}..${lastLine} ${what}`,
    `expected at most ${atMost} (take fewer lines)`,
  );
}

/** The scripts, with as many accesses added as leave them short enough. */
function scriptsOf(
  context: ImportContext,
  builders: readonly ScriptBuilder[],
  accesses: AccessBudget | undefined,
): Scenario['scripts'] {
  const plans = context.ctxs.map((ctx) => accessPlan(context, ctx));
  const render = (budget: AccessBudget) => builders.map((builder) => builder.render(plans, budget));
  const budgets = accesses === undefined ? BUDGETS : [accesses];
  const fitting =
    budgets.find((budget) => render(budget).every((script) => script.length <= WANTED_STEPS)) ??
    budgets.at(-1);
  return render(fitting ?? { perStay: 1, rounds: 1, perFlush: 1 });
}

function named(
  { name: recorded, meta }: Recording,
  { firstLine, lastLine }: TraceWindow,
): Pick<Scenario, 'name' | 'summary' | 'source'> {
  const lines = `${firstLine}..${lastLine}`;
  const name = escapeText(recorded).slice(0, 120);
  const kernel = meta === undefined ? '' : `, kernel ${escapeText(meta.kernel).slice(0, 120)}`;
  return {
    name: `trace:${name}:${lines}`,
    summary: `lines ${lines} of the recording ${name}${kernel}`,
    source: `trace:${name} lines ${lines}`,
  };
}

/** The ranges that operations of the window handle. */
function rangeUses(history: History, window: TraceWindow, flushes: ImportContext['flushes']): RangeUse[] {
  const uses: RangeUse[] = [];
  const within = (index: number | null): boolean =>
    index !== null && index >= window.first && index < window.end;
  for (const [flush, { op, treatment }] of flushes.values()) {
    if (treatment === 'ignored' || op === 'exit' || op === 'fork' || op === 'implied') continue;
    const call = flush.syscall === null ? null : syscallPages(flush.syscall);
    const range = flushPages(flush) ?? call;
    const tables = op !== 'munmap' ? null : flush.freedTables ? 'freed' : 'kept';
    if (range !== null) uses.push({ ctx: flush.event.ctx, range, flushed: true, tables });
    if (call !== null) uses.push({ ctx: flush.event.ctx, range: call, flushed: false, tables });
  }
  for (const [index, call] of history.batchAt) {
    const range = within(index) && call?.args.behavior === MADV_PAGEOUT ? syscallPages(call) : null;
    if (call?.ctx != null && range !== null) uses.push({ ctx: call.ctx, range, flushed: true, tables: null });
  }
  for (const call of history.syscalls) {
    const range = within(call.exit) && call.flushes.length === 0 ? syscallPages(call) : null;
    const tables = call.name === 'munmap' ? 'kept' : null;
    if (call.ctx !== null && range !== null) uses.push({ ctx: call.ctx, range, flushed: false, tables });
  }
  return uses;
}

/** Whether any CR3 write of the recording carried a PCID; true when it has none at all. */
function usesPcid(recording: Recording): boolean {
  let seen = false;
  for (const event of recording.events) {
    if (event.kind !== 'write_cr3') continue;
    if (event.pcid !== 0) return true;
    seen = true;
  }
  return recording.meta?.pcid ?? !seen;
}

/**
 * The mms that matter, in the order of their first sight: those with operations in the window, and of the
 * others those that a CPU runs which also has one of the first kind (they take its slots and its time away
 * from it).
 */
function mattering(
  recording: Recording,
  window: TraceWindow,
  machine: ReturnType<typeof machineBefore>,
  operated: ReadonlySet<number>,
  children: ReadonlyMap<number, number>,
): number[] {
  const wanted = new Set([...operated, ...children.values()]);
  const onCpu = machine.cpus.map((cpu) => new Set(cpu.ctx === null || cpu.ctx === INIT_CTX ? [] : [cpu.ctx]));
  const order = new Set<number>();
  machine.cpus.forEach((cpu) => {
    if (cpu.ctx !== null) order.add(cpu.ctx);
  });
  for (let i = window.first; i < window.end; i++) {
    const event = recording.events[i];
    if (event?.kind === 'switch_mm') onCpu[event.cpu]?.add(event.nctx);
    if (event?.kind === 'switch_mm') order.add(event.nctx);
    if (event?.kind === 'flush_mm_range') order.add(event.ctx);
  }
  const result = new Set(wanted);
  for (const ctxs of onCpu) {
    if ([...ctxs].some((ctx) => wanted.has(ctx))) for (const ctx of ctxs) result.add(ctx);
  }
  result.delete(INIT_CTX);
  return [...[...order].filter((ctx) => result.has(ctx)), ...[...result].filter((ctx) => !order.has(ctx))];
}

/**
 * Which pages to access, and how: by stores where an operation of the window takes the right to write away.
 */
function accessPlan(context: ImportContext, ctx: number): AccessPlan {
  const space = context.spaces.of(ctx);
  const pages = new Set<number>();
  const stores = new Set<number>();
  for (const [flush, { op, treatment }] of context.flushes.values()) {
    if (treatment === 'ignored') continue;
    const whole = op === 'fork' && (flush.event.ctx === ctx || context.children.get(flush.index) === ctx);
    if (!whole && context.spaces.of(flush.event.ctx) !== space) continue;
    const range = flushPages(flush);
    const mapped = whole ? context.spaces.whole(ctx) : range === null ? null : space.within(range);
    for (const page of space.flushed) {
      if (mapped === null || page < mapped.start || page >= mapped.end) continue;
      pages.add(page);
      if (op === 'mprotect' || op === 'fork' || op === 'cow') stores.add(page);
    }
  }
  for (const page of space.flushed) pages.add(page);
  // An mm without a flush gets one load a stay, so that its slot holds a translation that another mm must not
  // use.
  const flushed = pages.size > 0;
  if (!flushed) pages.add(0);
  return { pages: [...pages], stores, flushed };
}
