import { FIRST_USER_MM } from '../kernel/constants.js';
import { Ghost, SPLIT_WORDS } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import type { JudgedMachine } from '../machine/ports.js';
import { makePte, PTE_PRESENT, PTE_SWAP, pteFrame, pteVersion, withVersion } from '../machine/pte.js';
import type { Oracle, OracleInfo } from './oracle.js';

/**
 * `split-page`: a page is copied, and for a while it is two. Once a store through the newer translation is
 * visible to all, no load of the same page of the same mm may go through an older one: it would read what was
 * there before a store that another thread has seen. It does not wait for the operation to return, which
 * `stale-use` does: `ptep_clear_flush` comes before `set_pte` for this reason alone.
 *
 * Only a *copy* is judged. Where a page is dropped (MADV_DONTNEED, munmap) and another thread faults a fresh
 * one in before the flush is done, both are used side by side for a while, and may be: their contents were
 * given up. A fresh page begins a new lineage; what one CPU takes out of the entry and then replaces, or
 * replaces at once, carries the contents on. A CPU that drops a page does not fault it in again before the
 * operation has returned, and what is older then is `stale-use`'s.
 *
 * Loads are judged when they look their translation up, stores when they leave the store buffer: a load that
 * came before the store was visible has read what any order allows. The same frame under a newer entry (more
 * rights, fewer rights) splits nothing.
 */

/**
 * Its ghost words for each page-table entry. Oldest version whose contents the page that is there now carries
 * on.
 */
const LINEAGE = 0;
/**
 * CPU + 1 that took the page out of the entry, which is empty since; 0: nobody, or its contents went
 * elsewhere.
 */
const TAKER = 1;
/** Version and frame, as an entry, of the newest translation through which a store is visible. */
const STORED = 2;

class SplitPage implements Oracle {
  private readonly mem: Int32Array;
  private readonly ghost: Ghost;

  constructor(
    private readonly machine: JudgedMachine,
    private readonly base: number,
  ) {
    this.mem = machine.mem;
    this.ghost = machine.ghost;
  }

  private at(index: number): number {
    return this.base + index * SPLIT_WORDS;
  }

  entryChanged(cpu: number, index: number, version: number, before: number, after: number): void {
    const { mem } = this;
    const at = this.at(index);
    if ((after & PTE_PRESENT) !== 0) {
      if ((before & PTE_PRESENT) === 0 && mem[at + TAKER] !== cpu + 1) mem[at + LINEAGE] = version;
    } else if ((after & PTE_SWAP) !== 0) mem[at + TAKER] = 0;
    else if ((before & PTE_PRESENT) !== 0) mem[at + TAKER] = cpu + 1;
  }

  userStoreDrained(_cpu: number, frame: number, _alloc: number, index: number, version: number): void {
    const at = this.at(index) + STORED;
    if (version > pteVersion(this.mem[at])) this.mem[at] = withVersion(makePte(frame, 0), version);
  }

  userAccess(cpu: number, entry: number, write: boolean): void {
    if (write) return;
    const { mem, ghost } = this;
    const owner = mem[entry + H.TLB_OWNER];
    const mm = Ghost.mmOf(owner);
    // A root of a former life of the handle is another address space.
    if (owner !== ghost.addressSpace(mm)) return;
    const page = mem[entry + H.TLB_KEY] & 0xff;
    const at = this.at(ghost.index(mm, page));
    const used = mem[entry + H.TLB_PTE];
    const stored = mem[at + STORED];
    if (
      pteVersion(used) >= pteVersion(stored) ||
      pteVersion(used) < mem[at + LINEAGE] ||
      pteFrame(used) === pteFrame(stored)
    )
      return;
    const frames = { frame: pteFrame(used), copy: pteFrame(stored) };
    this.machine.report({ class: 'split-page', cpu, mm: mm - FIRST_USER_MM, page, ...frames });
  }
}

export const splitPage: OracleInfo = {
  name: 'split-page',
  latent: false,
  summary: 'a load of a page that is being copied used the old one after a store to the new one was visible',
  create: (machine, kernel) => new SplitPage(machine, kernel.layout.splitPage),
};
