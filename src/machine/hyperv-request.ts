import * as H from './hardware.js';

/**
 * What a Hyper-V host does on one virtual processor for a flush hypercall (HvFlushVirtualAddressSpace and
 * -List, A23 of the reference): the part of the guest's input page that says what is to go.
 */

/** `HV_TLB_FLUSH_UNIT` in pages: a page, and as many more as twelve bits count. */
export const ENTRY_PAGES = 4_096;
const ENTRY_SHIFT = 12;

/** Any address space (HV_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES), in the place of a root's frame. */
export const EVERY_SPACE = -1;
/** Number of entries where the whole space is to go. */
export const WHOLE_SPACE = -1;

/** An entry of the list: a page, and how many after it. */
export function listEntry(page: number, more: number): number {
  return (page << ENTRY_SHIFT) | more;
}

/** What an MMU is told. */
interface HostFlushes {
  hostFlush(block: number): void;
  hostFlushAddress(block: number, page: number): void;
}

/**
 * Carries the request at word `at` out on the virtual processor of a hardware block: the address space, and
 * behind it `entries` words, or WHOLE_SPACE.
 *
 * With PCIDs every one of them is flushed: the host does not tell by them whose address space is tagged.
 * Without, a processor holds translations of what its CR3 points to only, and another space is not there.
 */
export function flushAsInputPage(
  mmu: HostFlushes,
  mem: Int32Array,
  block: number,
  at: number,
  entries: number,
): void {
  const space = mem[at];
  const hasPcids = mem[block + H.CR3_PCID] !== 0;
  if (!hasPcids && space !== EVERY_SPACE && mem[block + H.CR3_ROOT] !== space) return;
  if (entries === WHOLE_SPACE) {
    mmu.hostFlush(block);
    return;
  }
  for (let entry = 1; entry <= entries; entry++) {
    const first = mem[at + entry] >> ENTRY_SHIFT;
    const more = mem[at + entry] & (ENTRY_PAGES - 1);
    for (let page = first; page <= first + more; page++) mmu.hostFlushAddress(block, page);
  }
}
