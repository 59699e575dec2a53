import { type Ghost, SPLIT_WORDS, TABLE_PAGES, TABLE_SHIFT } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import {
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_USER,
  PTE_WRITE,
  pteFrame,
  withVersion,
} from '../machine/pte.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { FIRST_USER_MM } from './constants.js';
import { globalAsidAtStart } from './global-asid-layout.js';
import type { KernelLayout } from './kernel-layout.js';

/**
 * Pages in memory and translations cached at the start: what page faults and walks would have left, ghost
 * words included.
 */

const TABLE_FLAGS = PTE_PRESENT | PTE_WRITE | PTE_USER;

/** `takeFrame`: hands out a free frame. */
export function mapPages(
  mem: Int32Array,
  scenario: Scenario,
  kernel: KernelLayout,
  ghost: Ghost,
  takeFrame: () => number,
): void {
  const { pageStride } = kernel;
  const { framesBase, frameStride } = kernel.mmu;
  const set = (handle: number, key: number, address: number, frame: number, flags: number): void => {
    const index = ghost.index(handle, key);
    const version = ghost.nextVersion(index);
    mem[address] = withVersion(makePte(frame, flags), version);
    mem[ghost.linkedAlloc + address - framesBase] = mem[ghost.allocOf(frame)];
    // A fresh page begins a lineage of its own (oracles/split-page.ts). Threads do not judge that.
    if (kernel.splitPage !== 0) mem[kernel.splitPage + index * SPLIT_WORDS] = version;
  };
  scenario.mms.forEach(({ mapped = [] }, mm) => {
    const handle = FIRST_USER_MM + mm;
    for (const { page, write, sharedWith } of mapped) {
      const root = rootAddress(mem, kernel, handle, page);
      if ((mem[root] & PTE_PRESENT) === 0)
        set(handle, scenario.pages + (page >> TABLE_SHIFT), root, takeFrame(), TABLE_FLAGS);
      const frame =
        sharedWith === undefined
          ? takeFrame()
          : pteFrame(mem[entryAddress(mem, kernel, FIRST_USER_MM + sharedWith, page)]);
      mem[kernel.pageRefcount + frame * pageStride]++;
      const flags = PTE_PRESENT | PTE_USER | PTE_ACCESSED | (write ? PTE_WRITE | PTE_DIRTY : 0);
      const address = framesBase + pteFrame(mem[root]) * frameStride + (page & (TABLE_PAGES - 1));
      set(handle, page, address, frame, flags);
    }
  });
}

/** Fills a CPU's caches. */
export function cacheTranslations(
  mem: Int32Array,
  scenario: Scenario,
  kernel: KernelLayout,
  ghost: Ghost,
  cpu: number,
): void {
  const { loadedMm, loadedMmAsid = 0, slots = [], cached = [] } = scenario.start?.[cpu] ?? {};
  const block = kernel.hardwareBase + cpu * H.HW_WORDS;
  const add = (countAt: number, base: number, key: number, address: number, root: number): void => {
    const count = mem[block + countAt];
    for (let i = 0; i < count; i++) if (mem[block + base + i * H.TLB_WORDS + H.TLB_KEY] === key) return;
    const at = block + base + count * H.TLB_WORDS;
    mem[at + H.TLB_KEY] = key;
    mem[at + H.TLB_PTE] = mem[address];
    mem[at + H.TLB_OWNER] = mem[ghost.ownerOf(root)];
    mem[at + H.TLB_ALLOC] = mem[ghost.linkedAlloc + address - kernel.mmu.framesBase];
    mem[block + countAt] = count + 1;
  };
  for (const { mm, page } of cached) {
    const handle = FIRST_USER_MM + mm;
    const globalAsid = globalAsidAtStart(mem, kernel.globalAsids, handle);
    const own = mm === loadedMm ? loadedMmAsid : slots.findIndex((slot) => slot?.mm === mm);
    const asid = globalAsid !== 0 ? globalAsid : own;
    // A kernel without global ASIDs has no tag for what only such a one would have cached.
    if (scenario.pcid && asid < 0) continue;
    const pcid = scenario.pcid ? asid + 1 : 0;
    const root = mem[kernel.mms[handle].pgd];
    const table = rootAddress(mem, kernel, handle, page);
    add(H.PSC_COUNT, H.PSC_BASE, (pcid << 8) | (page >> TABLE_SHIFT), table, root);
    add(H.TLB_COUNT, H.TLB_BASE, (pcid << 8) | page, entryAddress(mem, kernel, handle, page), root);
  }
}

/** Word of the root's entry for a page. */
function rootAddress(mem: Int32Array, { mms, mmu }: KernelLayout, handle: number, page: number): number {
  return mmu.framesBase + mem[mms[handle].pgd] * mmu.frameStride + (page >> TABLE_SHIFT);
}

/** Word of a mapped page's entry. */
function entryAddress(mem: Int32Array, kernel: KernelLayout, handle: number, page: number): number {
  const { framesBase, frameStride } = kernel.mmu;
  const table = pteFrame(mem[rootAddress(mem, kernel, handle, page)]);
  return framesBase + table * frameStride + (page & (TABLE_PAGES - 1));
}
