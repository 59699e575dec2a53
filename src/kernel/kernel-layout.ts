import { type BroadcastLayout, broadcastLayout } from '../machine/broadcast.js';
import { LINE_WORDS } from '../machine/frame-bits.js';
import {
  type GhostLayout,
  ghostLayout,
  ghostLayoutApart,
  SPLIT_WORDS,
  TABLE_PAGES,
  TABLE_SHIFT,
} from '../machine/ghost.js';
import { HW_WORDS } from '../machine/hardware.js';
import { Layout } from '../machine/layout.js';
import type { WordRange } from '../machine/operands.js';
import type { MmuLayout } from '../machine/program.js';
import { FRAMES_MAX } from '../machine/pte.js';
import type { RemoteActionBehaviour } from '../machine/remote-actions.js';
import type { LayOutUnit, UnitPlan } from '../machine/unit.js';
import { mmName } from '../vocabulary/mm-name.js';
import type { Scenario } from '../vocabulary/scenario.js';
import type { GuestOf } from './backend.js';
import { FIRST_USER_MM, INIT_MM } from './constants.js';
import { perCpu } from './cpu-layout.js';
import { FRAME_WORDS, type FrameLayout, frameLayout, frameLayoutApart, framesFor } from './frame-layout.js';
import { globalAsidLayout } from './global-asid-layout.js';
import { type GuestLayout, guestLayout } from './guest-layout.js';
import { type HypervLayout, hypervLayout } from './hyperv-layout.js';
import { mmStruct } from './mm-layout.js';
import { NO_OWN_WORDS, type OwnLayout, type OwnWords, ownLayout } from './own-words.js';
import { type RarLayout, rarLayout } from './rar/layout.js';
import type { GlobalAsidLayout, MmStruct, PerCpu } from './structs.js';
import { type XenLayout, xenLayout } from './xen-layout.js';

/**
 * Where the kernel's structures lie. Every field is a word address, fixed for a scenario, so protocol code
 * reads like the kernel's and can be lowered to literals.
 */

export interface KernelLayout extends GuestLayout {
  readonly layout: Layout;
  readonly cpus: readonly PerCpu[];
  /** By mm handle; entries 0 and 1 are placeholders. */
  readonly mms: readonly MmStruct[];
  /** Words that the variant asked for. */
  readonly own: OwnLayout;
  /** Without broadcasts: of no words, and null. */
  readonly globalAsids: GlobalAsidLayout;
  readonly broadcast: BroadcastLayout | null;
  /** Remote action requests; of no words without. */
  readonly rar: RarLayout;
  /** Of no words but for Hyper-V guests. */
  readonly hyperv: HypervLayout;
  /** Of no words but for Xen PV guests. */
  readonly xen: XenLayout;
  /** Hardware that the backend brings. */
  readonly unit: UnitPlan | null;
  readonly maskWords: number;
  readonly lastCtxId: number;
  /** Of frame 0: reference count; page-table lock of a table page; and from a frame's words to the next's. */
  readonly pageRefcount: number;
  readonly pagePtl: number;
  readonly pageStride: number;
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

/** Where the word of a page's VMA lies after the first. */
export function vmaOffset(vmaStride: number, page: number): number {
  return (page >> TABLE_SHIFT) * vmaStride + (page & (TABLE_PAGES - 1));
}

/** By mm handle, those of placeholders too. */
function mmNamesOf(scenario: Scenario): string[] {
  return Array.from({ length: FIRST_USER_MM + scenario.mms.length }, (_, handle) =>
    handle < INIT_MM ? 'none' : handle === INIT_MM ? 'init_mm' : mmName(handle - FIRST_USER_MM),
  );
}

/** Where the words of all mms lie. */
function mmStructs(
  layout: Layout,
  scenario: Scenario,
  names: readonly string[],
  vmaStride: number,
): MmStruct[] {
  const maskWords = Math.ceil(scenario.cpus / 32);
  return names.map((name, handle) => {
    const lastPage = handle < FIRST_USER_MM ? 0 : scenario.pages - 1;
    return mmStruct(layout, name, vmaOffset(vmaStride, lastPage) + 1, maskWords);
  });
}

/** Page tables and frames, from the frames' words on. */
interface Paging extends FrameLayout {
  readonly frames: number;
  readonly grace: number;
  readonly graceCapacity: number;
  readonly hardwareBase: number;
  readonly ghost: GhostLayout;
  /** What one CPU writes often, and another looks at, lies on lines apart. */
  readonly isApart: boolean;
}

function paging(layout: Layout, scenario: Scenario, framesMax: number, lineWords: number): Paging {
  const { cpus, pages, mms } = scenario;
  const handles = FIRST_USER_MM + mms.length;
  const frames = framesFor(scenario, framesMax);
  const apart = lineWords > 1 ? frameLayoutApart(layout, frames, cpus, lineWords) : null;
  const { pageRefcount, pagePtl, pageStride, ...words } = apart ?? frameLayout(layout, frames);
  const graceCapacity = 2 * Math.ceil(pages / TABLE_PAGES) * mms.length + cpus;
  const grace = layout.alloc('grace period', 1 + graceCapacity * (1 + Math.ceil(cpus / 32)), 'hidden');
  layout.line();
  const hardwareBase = layout.alloc('hardware', HW_WORDS * cpus, 'hidden');
  const ghost =
    apart === null
      ? ghostLayout(layout, pages, handles, frames, FRAME_WORDS)
      : ghostLayoutApart(layout, pages, handles, lineWords, apart.ghost);
  const kept = { pageRefcount, pagePtl, pageStride };
  return { ...words, ...kept, frames, grace, graceCapacity, hardwareBase, ghost, isApart: apart !== null };
}

/** Words of guests that use a hypervisor's own interface. */
function namedGuests(layout: Layout, scenario: Scenario, guestOf: GuestOf | null) {
  const hyperv = hypervLayout(layout, scenario, guestOf === 'hyperv');
  return { hyperv, xen: xenLayout(layout, scenario, guestOf === 'xen') };
}

function refuseManyPages(scenario: Scenario): void {
  // One root of FRAME_WORDS tables: what lies beyond it is another frame's memory.
  if (scenario.pages > FRAME_WORDS * TABLE_PAGES)
    throw new Error(
      `the scenario "${scenario.name}" has ${scenario.pages} pages; at most ` +
        `${FRAME_WORDS * TABLE_PAGES} fit under one root`,
    );
}

/** Hardware that flushes other CPUs' global ASIDs, one of the two, and how it behaves. */
export interface FlushedByHardware {
  readonly broadcasts?: Pick<BroadcastLayout, 'waitsForAccesses'>;
  readonly remoteActions?: RemoteActionBehaviour;
}

/** Lays out a scenario's kernel: kernel words first, then frames, hardware blocks and ghost words. */
export function kernelLayout(
  scenario: Scenario,
  framesMax: number = FRAMES_MAX,
  lineWords: number = LINE_WORDS,
  ownWords: OwnWords = NO_OWN_WORDS,
  flushedByHardware: FlushedByHardware | null = null,
  layOutUnit: LayOutUnit | null = null,
  guestOf: GuestOf | null = null,
): KernelLayout {
  refuseManyPages(scenario);
  const layout = new Layout(lineWords);
  const maskWords = Math.ceil(scenario.cpus / 32);
  const gatherCapacity = scenario.pages + 8;
  // Addresses 0-7 stay unused, so that no pointer is NULL by accident.
  layout.alloc('null page', NULL_PAGE_WORDS, 'hidden');
  const lastCtxId = layout.alloc('last_mm_ctx_id');
  const cpus = Array.from({ length: scenario.cpus }, (_, cpu) =>
    perCpu(layout, cpu, scenario, maskWords, gatherCapacity),
  );
  const vmaStride = Math.ceil(TABLE_PAGES / lineWords) * lineWords;
  const mmNames = mmNamesOf(scenario);
  const mms = mmStructs(layout, scenario, mmNames, vmaStride);
  const { pageRefcount, pagePtl, pageStride, hardwareBase, isApart, ...mmu } = paging(
    layout,
    scenario,
    framesMax,
    lineWords,
  );
  const holeEnd = layout.size;
  const guest = guestLayout(layout, scenario.cpus, maskWords);
  const own = ownLayout(layout, ownWords, scenario.cpus, mmNames);
  const globalAsids = globalAsidLayout(layout, scenario, flushedByHardware === null ? [] : mmNames);
  const { broadcasts, remoteActions } = flushedByHardware ?? {};
  const rar = rarLayout(layout, scenario, globalAsids.end, remoteActions ?? null);
  const unit = layOutUnit?.(layout, scenario.cpus) ?? null;
  const guests = namedGuests(layout, scenario, guestOf);
  const end = layout.size;
  // After all others, so that they keep their addresses. Threads do not judge this.
  const splitWords = mmu.ghost.keys * mms.length * SPLIT_WORDS;
  const splitPage = isApart ? 0 : layout.alloc('ghost split pages', splitWords, 'hidden');
  const broadcast =
    broadcasts === undefined ? null : broadcastLayout(layout, scenario.cpus, broadcasts.waitsForAccesses);
  const generations = mms
    .map((mm, handle) => [mm.tlbGen, handle] as const)
    .filter(([, handle]) => handle >= FIRST_USER_MM);
  return {
    ...guest,
    own,
    globalAsids,
    broadcast,
    rar,
    ...guests,
    unit,
    layout,
    cpus,
    mms,
    maskWords,
    lastCtxId,
    pageRefcount,
    pagePtl,
    pageStride,
    vmaStride,
    words: { first: NULL_PAGE_WORDS, end, holeFirst: mmu.freeTop, holeEnd },
    hardwareBase,
    splitPage,
    gatherCapacity,
    mmu: { ...mmu, handles: mms.length, frameWords: FRAME_WORDS, generations, pages: scenario.pages },
  };
}
