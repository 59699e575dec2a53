import { LINE_WORDS } from '../machine/frame-bits.js';
import {
  type FrameGhost,
  ghostLayout,
  ghostLayoutApart,
  SPLIT_WORDS,
  TABLE_PAGES,
  TABLE_SHIFT,
} from '../machine/ghost.js';
import { HW_WORDS } from '../machine/hardware.js';
import { WANTED_WORDS } from '../machine/hypervisor.js';
import { type Field, Layout } from '../machine/layout.js';
import type { WordRange } from '../machine/operands.js';
import type { MmuLayout } from '../machine/program.js';
import { FRAMES_MAX } from '../machine/pte.js';
import { mmName } from '../vocabulary/mm-name.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { FIRST_USER_MM } from './constants.js';
import { NO_OWN_WORDS, type OwnLayout, type OwnWords, ownLayout } from './own-words.js';
import type { HypercallLayout, KvmLayout, MmStruct, PerCpu, RuleLayout, TlbContext } from './structs.js';

/**
 * Where the kernel's structures lie. Every field is a word address, fixed for a scenario, so protocol code
 * reads like the kernel's and can be lowered to literals.
 */

const CSD_FIELDS: readonly Field[] = [
  { name: 'next', format: 'csd' },
  { name: 'flags', format: 'number' },
  { name: 'func', format: 'number' },
  { name: 'info', format: 'number' },
];

export interface KernelLayout {
  readonly layout: Layout;
  readonly cpus: readonly PerCpu[];
  /** By mm handle; entries 0 and 1 are placeholders. */
  readonly mms: readonly MmStruct[];
  readonly kvm: KvmLayout;
  readonly hypercall: HypercallLayout;
  readonly rule: RuleLayout;
  /** Words that the variant asked for. */
  readonly own: OwnLayout;
  readonly maskWords: number;
  readonly lastCtxId: number;
  /** Per frame: reference count; page-table lock of a table page. */
  readonly pageRefcount: number;
  readonly pagePtl: number;
  /** From the VMA words of one table's pages to those of the next. */
  readonly vmaStride: number;
  readonly mmu: MmuLayout;
  /**
   * The words that kernel code may name: neither the null page nor what belongs to allocator, hardware and
   * oracles.
   */
  readonly words: WordRange;
  readonly hardwareBase: number;
  /** Ghost words of the oracle `split-page`, SPLIT_WORDS for each entry. */
  readonly splitPage: number;
  readonly gatherCapacity: number;
}

const NULL_PAGE_WORDS = 8;
/** Words that one frame holds: a leaf table of TABLE_PAGES entries, or a root. */
const FRAME_WORDS = TABLE_PAGES;

/** Where the word of a page's VMA lies after the first. */
export function vmaOffset(vmaStride: number, page: number): number {
  return (page >> TABLE_SHIFT) * vmaStride + (page & (TABLE_PAGES - 1));
}

/** Where the words that kernel, allocator and oracles keep for each frame lie, and its memory. */
type FrameLayout = Pick<
  MmuLayout,
  | 'framesBase'
  | 'frameStride'
  | 'freeTop'
  | 'freeStack'
  | 'freeLists'
  | 'freeListStride'
  | 'freeNext'
  | 'pageStride'
> &
  Pick<KernelLayout, 'pageRefcount' | 'pagePtl'>;

/** Packed: an array for each kind of word. */
function frameLayout(layout: Layout, frames: number): FrameLayout {
  const pageRefcount = layout.alloc('page.refcount', frames);
  const pagePtl = layout.alloc('page.ptl', frames);
  const framesBase = layout.alloc('frame memory', frames * FRAME_WORDS, 'pte');
  const freeTop = layout.alloc('free list top', 1, 'hidden');
  const freeStack = layout.alloc('free list', frames, 'hidden');
  const one = { frameStride: FRAME_WORDS, freeLists: 1, freeListStride: 1, pageStride: 1 };
  return { pageRefcount, pagePtl, framesBase, freeTop, freeStack, freeNext: freeStack, ...one };
}

/** The words of a `struct page` on threads; the rest of its cache line stays empty. */
const PAGE_FIELDS = ['refcount', 'ptl', 'next free', 'ghost allocation', 'ghost owner'] as const;

/**
 * For threads: each frame has a cache line for what the kernel keeps of it (Linux's `struct page` has one
 * too), and one for its memory and, behind it, the ghost numbers that the entries there were linked with:
 * they change together. Each CPU has a list of free frames.
 */
function frameLayoutApart(
  layout: Layout,
  frames: number,
  cpus: number,
  lineWords: number,
): FrameLayout & { readonly ghost: FrameGhost } {
  layout.line();
  const fields = Array.from(
    { length: lineWords },
    (_, at): Field => ({ name: PAGE_FIELDS[at] ?? 'unused', format: 'number' }),
  );
  const page = layout.allocTable(frames, fields, (frame) => `page(${frame})`);
  const frameStride = Math.ceil((2 * FRAME_WORDS) / lineWords) * lineWords;
  const framesBase = layout.alloc('frame memory', frames * frameStride, 'pte');
  const freeTop = layout.alloc('free list tops', cpus * lineWords, 'hidden');
  const at = (field: (typeof PAGE_FIELDS)[number]): number => page + PAGE_FIELDS.indexOf(field);
  return {
    pageRefcount: at('refcount'),
    pagePtl: at('ptl'),
    pageStride: lineWords,
    framesBase,
    frameStride,
    freeTop,
    freeStack: layout.alloc('free frames at the start', frames, 'hidden'),
    freeLists: cpus,
    freeListStride: lineWords,
    freeNext: at('next free'),
    ghost: {
      frameStride: lineWords,
      frameAlloc: at('ghost allocation'),
      frameOwner: at('ghost owner'),
      linkedAlloc: framesBase + FRAME_WORDS,
    },
  };
}

/**
 * Frames that a scenario can use at once: per mm a root, its tables and its pages, and slack for copies in
 * flight on every CPU; never more than an entry can name (a machine that needs more says that it is out of
 * frames).
 */
function framesFor(scenario: Scenario, framesMax: number): number {
  const tables = Math.ceil(scenario.pages / TABLE_PAGES);
  return Math.min(framesMax, 1 + scenario.mms.length * (1 + tables + scenario.pages) + scenario.cpus * 4);
}

function perCpu(
  layout: Layout,
  cpu: number,
  scenario: Scenario,
  maskWords: number,
  gatherCapacity: number,
): PerCpu {
  const word = (name: string, format: Parameters<Layout['alloc']>[2] = 'number'): number =>
    layout.allocOf(cpu, name, 1, format);
  const mask = (name: string): number => layout.allocOf(cpu, name, maskWords, 'mask');
  // Lines of its own for what others write (csds, queue) or read while it is written (tlb_state, the
  // request).
  const first = (name: string, format: Parameters<Layout['alloc']>[2] = 'number'): number => {
    layout.line();
    return word(name, format);
  };
  layout.line();
  const ctxs: TlbContext[] = [];
  for (let asid = 0; asid < scenario.slots; asid++) {
    const ctxId = layout.allocOf(cpu, `ctxs[${asid}].ctx_id`, 1, 'number', 2);
    ctxs.push({ ctxId, tlbGen: word(`ctxs[${asid}].tlb_gen`) });
  }
  layout.line();
  const csds = layout.allocTable(scenario.cpus, CSD_FIELDS, (target) => `csd(${cpu}->${target})`);
  const csd = Array.from({ length: scenario.cpus }, (_, target) => csds + target * CSD_FIELDS.length);
  return {
    tlbstate: {
      loadedMm: first('loaded_mm', 'mm'),
      loadedMmAsid: word('loaded_mm_asid', 'asid'),
      nextAsid: word('next_asid', 'asid'),
      invalidateOther: word('invalidate_other', 'bool'),
      isLazy: word('is_lazy', 'bool'),
      ctxs,
    },
    flushInfo: {
      mm: first('flush_info.mm', 'mm'),
      start: word('flush_info.start'),
      end: word('flush_info.end'),
      newTlbGen: word('flush_info.new_tlb_gen'),
      initiatingCpu: word('flush_info.initiating_cpu'),
      strideShift: word('flush_info.stride_shift'),
      freedTables: word('flush_info.freed_tables', 'bool'),
      trimCpumask: word('flush_info.trim_cpumask', 'bool'),
    },
    cfd: {
      csd,
      cpumask: mask('cfd.cpumask'),
      cpumaskIpi: mask('cfd.cpumask_ipi'),
      queue: first('call_single_queue', 'csd'),
    },
    ubc: {
      cpumask: mask('tlb_ubc.cpumask'),
      flushRequired: word('tlb_ubc.flush_required', 'bool'),
      writable: word('tlb_ubc.writable', 'bool'),
      unmappedPages: word('tlb_ubc.unmapped_pages', 'bool'),
    },
    gather: {
      mm: first('tlb.mm', 'mm'),
      start: word('tlb.start'),
      end: word('tlb.end'),
      fullmm: word('tlb.fullmm', 'bool'),
      needFlushAll: word('tlb.need_flush_all', 'bool'),
      freedTables: word('tlb.freed_tables', 'bool'),
      clearedPtes: word('tlb.cleared_ptes', 'bool'),
      pagesCount: word('tlb.nr_pages'),
      pages: layout.allocOf(cpu, 'tlb.pages', gatherCapacity),
      tablesCount: word('tlb.nr_tables'),
      tables: layout.allocOf(cpu, 'tlb.tables', gatherCapacity),
    },
    current: {
      mm: word('current.mm', 'mm'),
      activeMm: word('current.active_mm', 'mm'),
      threads: layout.allocOf(cpu, 'threads', FIRST_USER_MM + scenario.mms.length),
    },
  };
}

function mmStruct(layout: Layout, name: string, vmaWords: number, maskWords: number): MmStruct {
  const word = (field: string, format: Parameters<Layout['alloc']>[2] = 'number'): number =>
    layout.alloc(`${field}(${name})`, 1, format);
  // The locks and what is written under them apart from each other, and from what everybody reads.
  const first = (field: string): number => {
    layout.line();
    return word(field);
  };
  const vmas = (): number => {
    layout.line();
    return layout.alloc(`vma(${name})`, vmaWords, 'vma');
  };
  layout.line();
  return {
    ctxId: word('ctx_id'),
    tlbGen: first('tlb_gen'),
    nextTrimCpumask: word('next_trim_cpumask'),
    cpumask: layout.alloc(`mm_cpumask(${name})`, maskWords, 'mask'),
    mmUsers: word('mm_users'),
    mmCount: word('mm_count'),
    mmapLock: first('mmap_lock'),
    pageTableLock: first('page_table_lock'),
    anonVmaLock: first('anon_vma_lock'),
    tlbFlushPending: word('tlb_flush_pending'),
    tlbFlushBatched: word('tlb_flush_batched'),
    pgd: first('pgd'),
    alive: word('alive', 'bool'),
    vmas: vmas(),
  };
}

/** Lays out a scenario's kernel: kernel words first, then frames, hardware blocks and ghost words. */
export function kernelLayout(
  scenario: Scenario,
  framesMax: number = FRAMES_MAX,
  lineWords: number = LINE_WORDS,
  ownWords: OwnWords = NO_OWN_WORDS,
): KernelLayout {
  // One root of FRAME_WORDS tables: what lies beyond it is another frame's memory.
  if (scenario.pages > FRAME_WORDS * TABLE_PAGES)
    throw new Error(
      `the scenario "${scenario.name}" has ${scenario.pages} pages; at most ` +
        `${FRAME_WORDS * TABLE_PAGES} fit under one root`,
    );
  const layout = new Layout(lineWords);
  const maskWords = Math.ceil(scenario.cpus / 32);
  const gatherCapacity = scenario.pages + 8;
  const handles = FIRST_USER_MM + scenario.mms.length;
  // Addresses 0-7 stay unused, so that no pointer is NULL by accident.
  layout.alloc('null page', NULL_PAGE_WORDS, 'hidden');
  const lastCtxId = layout.alloc('last_mm_ctx_id');
  const cpus: PerCpu[] = [];
  for (let cpu = 0; cpu < scenario.cpus; cpu++)
    cpus.push(perCpu(layout, cpu, scenario, maskWords, gatherCapacity));
  const vmaStride = Math.ceil(TABLE_PAGES / lineWords) * lineWords;
  const mms: MmStruct[] = [];
  const mmNames = Array.from({ length: handles }, (_, handle) =>
    handle < 2 ? 'none' : handle === 2 ? 'init_mm' : mmName(handle - FIRST_USER_MM),
  );
  for (let handle = 0; handle < handles; handle++) {
    mms.push(
      mmStruct(
        layout,
        mmNames[handle],
        vmaOffset(vmaStride, handle < FIRST_USER_MM ? 0 : scenario.pages - 1) + 1,
        maskWords,
      ),
    );
  }
  const frames = framesFor(scenario, framesMax);
  const apart = lineWords > 1 ? frameLayoutApart(layout, frames, scenario.cpus, lineWords) : null;
  const { pageRefcount, pagePtl, ...frameWords } = apart ?? frameLayout(layout, frames);
  const graceCapacity = 2 * Math.ceil(scenario.pages / TABLE_PAGES) * scenario.mms.length + scenario.cpus;
  const grace = layout.alloc('grace period', 1 + graceCapacity * (1 + maskWords), 'hidden');
  layout.line();
  const hardwareBase = layout.alloc('hardware', HW_WORDS * scenario.cpus, 'hidden');
  const ghost =
    apart === null
      ? ghostLayout(layout, scenario.pages, handles, frames, FRAME_WORDS)
      : ghostLayoutApart(layout, scenario.pages, handles, lineWords, apart.ghost);
  // Last, so that the words of other guests keep their addresses.
  const holeEnd = layout.size;
  const kvm: KvmLayout = {
    preempted: cpus.map((_, cpu) => layout.allocOf(cpu, 'steal_time.preempted')),
    mask: cpus.map((_, cpu) => layout.allocOf(cpu, '__pv_cpu_mask', maskWords, 'mask')),
  };
  const perCpuWords = (
    name: string,
    words = 1,
    format: Parameters<Layout['alloc']>[2] = 'number',
    align = 1,
  ): number[] => cpus.map((_, cpu) => layout.allocOf(cpu, name, words, format, align));
  const hypercall: HypercallLayout = {
    requests: perCpuWords('hypercall.requests', maskWords, 'mask'),
    outstanding: perCpuWords('hypercall.outstanding'),
    wanted: perCpuWords('hypercall.wanted', WANTED_WORDS),
    parked: perCpuWords('parked', 1, 'bool'),
  };
  const rule: RuleLayout = {
    flushed: perCpuWords('flushed', maskWords, 'mask'),
    held: perCpuWords('held', maskWords, 'mask'),
    lock: perCpuWords('remote_gen_lock'),
    seq: perCpuWords('remote_gen_seq'),
    mailbox: perCpuWords('remote_gen_mailbox', 2, 'number', 2),
    unlazy: perCpuWords('please_unlazy', 1, 'bool'),
  };
  const own = ownLayout(layout, ownWords, scenario.cpus, mmNames);
  const end = layout.size;
  // After all others, so that they keep their addresses. Threads do not judge this.
  const splitPage =
    apart === null ? layout.alloc('ghost split pages', ghost.keys * handles * SPLIT_WORDS, 'hidden') : 0;
  const generations = mms
    .map((mm, handle) => [mm.tlbGen, handle] as const)
    .filter(([, handle]) => handle >= FIRST_USER_MM);
  return {
    layout,
    cpus,
    mms,
    kvm,
    hypercall,
    rule,
    own,
    maskWords,
    lastCtxId,
    pageRefcount,
    pagePtl,
    vmaStride,
    words: { first: NULL_PAGE_WORDS, end, holeFirst: frameWords.freeTop, holeEnd },
    hardwareBase,
    splitPage,
    gatherCapacity,
    mmu: {
      ...frameWords,
      ghost,
      handles,
      frameWords: FRAME_WORDS,
      frames,
      grace,
      graceCapacity,
      generations,
      pages: scenario.pages,
    },
  };
}
