import { INVLPGB_FINAL_ONLY, INVLPGB_PCID, INVLPGB_PMD_STRIDE, INVLPGB_VA } from './broadcast.js';
import { Ghost, TABLE_SHIFT } from './ghost.js';
import * as H from './hardware.js';
import type { WalkedMachine } from './ports.js';
import { PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_USER, PTE_WRITE, pteFrame, pteVersion } from './pte.js';

/**
 * One CPU's view of translation: its TLB, its paging-structure cache and its two page walkers. They belong to
 * the CPU and are changed by nobody else. Hardware contract: A0 of the reference (TLB tagged by PCID, D=1
 * entries write without a walk, walks are several loads, INVLPG drops every paging-structure entry of the
 * PCID, INVPCID of one address and a page fault those of the address).
 */

export const ACCESS_OK = 0;
export const ACCESS_MISS = 1;
export const ACCESS_FAULT = 2;
export const WALK_CONTINUE = 0;
export const WALK_DONE = 1;
export const WALK_FAULT = 2;

const IDLE = 0;
const AT_LEAF = 1;
const SET_BITS = 2;

export class Mmu {
  private readonly mem: Int32Array;
  private readonly ghost: Ghost;

  constructor(
    private readonly machine: WalkedMachine,
    private readonly framesBase: number,
    private readonly frameStride: number,
    /** EFER.TCE: an invalidation of an address keeps upper-level entries that do not lead to it. */
    private readonly tce: boolean,
  ) {
    this.mem = machine.mem;
    this.ghost = machine.ghost;
  }

  /** Word of entry `index` in the table held by `frame`. */
  entryAddress(frame: number, index: number): number {
    return this.framesBase + frame * this.frameStride + index;
  }

  /** The CPU's TLB entry for the page under its current PCID: word of the entry, or -1. */
  lookup(block: number, page: number): number {
    const mem = this.mem;
    const key = (mem[block + H.CR3_PCID] << 8) | page;
    const count = mem[block + H.TLB_COUNT];
    for (let i = 0, at = block + H.TLB_BASE; i < count; i++, at += H.TLB_WORDS)
      if (mem[at + H.TLB_KEY] === key) return at;
    return -1;
  }

  private lookupStructure(block: number, rootIndex: number): number {
    const mem = this.mem;
    const key = (mem[block + H.CR3_PCID] << 8) | rootIndex;
    const count = mem[block + H.PSC_COUNT];
    for (let i = 0, at = block + H.PSC_BASE; i < count; i++, at += H.TLB_WORDS)
      if (mem[at + H.TLB_KEY] === key) return at;
    return -1;
  }

  /** Drops entries for which (key & mask) === match from the list at `base`; keeps the order. */
  private drop(block: number, countAt: number, base: number, mask: number, match: number): void {
    const mem = this.mem;
    const count = mem[block + countAt];
    let to = block + base;
    for (let i = 0, at = to; i < count; i++, at += H.TLB_WORDS) {
      if ((mem[at + H.TLB_KEY] & mask) === match) continue;
      // Word by word: for so few `copyWithin` is a slow call.
      if (to !== at) for (let word = 0; word < H.TLB_WORDS; word++) mem[to + word] = mem[at + word];
      to += H.TLB_WORDS;
    }
    mem[block + countAt] = (to - block - base) / H.TLB_WORDS;
  }

  private insert(
    block: number,
    countAt: number,
    base: number,
    capacity: number,
    key: number,
    pte: number,
    alloc: number,
  ): void {
    const mem = this.mem;
    this.drop(block, countAt, base, -1, key);
    let count = mem[block + countAt];
    if (count === capacity) {
      mem.copyWithin(block + base, block + base + H.TLB_WORDS, block + base + count * H.TLB_WORDS);
      count--;
    }
    const at = block + base + count * H.TLB_WORDS;
    mem[at + H.TLB_KEY] = key;
    mem[at + H.TLB_PTE] = pte;
    mem[at + H.TLB_OWNER] = mem[block + H.CR3_OWNER];
    mem[at + H.TLB_ALLOC] = alloc;
    mem[at + H.TLB_STEP] = this.machine.step;
    mem[block + countAt] = count + 1;
  }

  /** Any CR3 write, INVLPG, INVPCID, posted flush and VM exit end every walk in flight on the CPU. */
  endWalks(block: number): void {
    this.mem[block + H.WALK_BASE + H.WALK_STATE] = IDLE;
    this.mem[block + H.WALK_BASE + H.WALK_WORDS + H.WALK_STATE] = IDLE;
  }

  private dropPcid(block: number, pcid: number): void {
    this.drop(block, H.TLB_COUNT, H.TLB_BASE, ~0xff, pcid << 8);
    this.drop(block, H.PSC_COUNT, H.PSC_BASE, ~0xff, pcid << 8);
  }

  private dropAll(block: number): void {
    this.mem[block + H.TLB_COUNT] = 0;
    this.mem[block + H.PSC_COUNT] = 0;
  }

  /** MOV to CR3. With PCIDs off the PCID is 0 and every load flushes. */
  writeCr3(block: number, root: number, pcid: number, noFlush: boolean): void {
    const mem = this.mem;
    mem[block + H.CR3_ROOT] = root;
    mem[block + H.CR3_PCID] = pcid;
    mem[block + H.CR3_OWNER] = this.machine.word(this.ghost.ownerOf(root));
    mem[block + H.CR3_ALLOC] = this.machine.word(this.ghost.allocOf(root));
    this.endWalks(block);
    if (!noFlush) this.dropPcid(block, pcid);
  }

  invlpg(block: number, page: number): void {
    const pcid = this.mem[block + H.CR3_PCID];
    this.dropPage(block, -1, (pcid << 8) | page);
    this.endWalks(block);
  }

  /**
   * One page's entries, of the PCIDs that the mask lets through, and the paging-structure entries that go
   * with them: all of those PCIDs', or with EFER.TCE those that lead to the page.
   */
  private dropPage(block: number, mask: number, key: number): void {
    this.drop(block, H.TLB_COUNT, H.TLB_BASE, mask, key & mask);
    const structure = this.tce ? (key & ~0xff) | ((key & 0xff) >> TABLE_SHIFT) : key & ~0xff;
    const structureMask = this.tce ? mask : mask & ~0xff;
    this.drop(block, H.PSC_COUNT, H.PSC_BASE, structureMask, structure & structureMask);
  }

  /**
   * What the request at word `at` (see broadcast.ts) selects. A walk in flight that it concerns ends: what it
   * has read may be what is to go.
   */
  invlpgb(block: number, at: number): void {
    const mem = this.mem;
    const [flags, pcid, first, pages] = [mem[at], mem[at + 1], mem[at + 2], mem[at + 3]];
    const ofPcid = (flags & INVLPGB_PCID) !== 0;
    if ((flags & INVLPGB_VA) === 0) {
      if (ofPcid) this.dropPcid(block, pcid);
      else this.dropAll(block);
    } else {
      const stride = (flags & INVLPGB_PMD_STRIDE) !== 0 ? 1 << TABLE_SHIFT : 1;
      const mask = ofPcid ? -1 : 0xff;
      for (let i = 0; i < pages; i++) {
        const key = (pcid << 8) | (first + i * stride);
        if ((flags & INVLPGB_FINAL_ONLY) === 0) this.dropPage(block, mask, key);
        else this.drop(block, H.TLB_COUNT, H.TLB_BASE, mask, key & mask);
      }
    }
    if (!ofPcid || pcid === mem[block + H.CR3_PCID]) this.endWalks(block);
  }

  invpcid(block: number, type: number, pcid: number, page: number): void {
    if (type === 0) this.dropAddress(block, pcid, page);
    else if (type === 1) this.dropPcid(block, pcid);
    else this.dropAll(block);
    this.endWalks(block);
  }

  /**
   * A page fault drops what translated its address under the current PCID, so that the access walks again
   * after the handler, from the root.
   */
  pageFault(block: number, page: number): void {
    this.dropAddress(block, this.mem[block + H.CR3_PCID], page);
  }

  /**
   * What translates one address of one PCID, its paging-structure entry among it; other paging-structure
   * entries stay (SDM 4.10.4.1).
   */
  private dropAddress(block: number, pcid: number, page: number): void {
    this.drop(block, H.TLB_COUNT, H.TLB_BASE, -1, (pcid << 8) | page);
    this.drop(block, H.PSC_COUNT, H.PSC_BASE, -1, (pcid << 8) | (page >> TABLE_SHIFT));
  }

  /**
   * What a host's flush of this CPU's address spaces drops: everything, whatever its PCID; walks in flight
   * end.
   */
  hostFlush(block: number): void {
    this.dropAll(block);
    this.endWalks(block);
  }

  /** The same for some pages, with all paging-structure entries. */
  hostFlushPages(block: number, start: number, end: number): void {
    for (let page = start; page < end; page++) this.drop(block, H.TLB_COUNT, H.TLB_BASE, 0xff, page);
    this.mem[block + H.PSC_COUNT] = 0;
    this.endWalks(block);
  }

  /** What translates one address, whatever its PCID, its paging-structure entries among it; walks end. */
  hostFlushAddress(block: number, page: number): void {
    this.drop(block, H.TLB_COUNT, H.TLB_BASE, 0xff, page);
    this.drop(block, H.PSC_COUNT, H.PSC_BASE, 0xff, page >> TABLE_SHIFT);
    this.endWalks(block);
  }

  /** Word of the entry with which a user access would be done at once, or -1. */
  usableEntry(block: number, page: number, write: boolean): number {
    const entry = this.lookup(block, page);
    if (entry < 0) return -1;
    const needed = PTE_USER | (write ? PTE_WRITE | PTE_DIRTY : 0);
    return (this.mem[entry + H.TLB_PTE] & needed) === needed ? entry : -1;
  }

  /** One lookup and, on a hit that allows it, the access. */
  access(cpu: number, block: number, page: number, write: boolean): number {
    const entry = this.lookup(block, page);
    return entry < 0 ? ACCESS_MISS : this.accessThrough(cpu, entry, page, write);
  }

  /** The access through the entry at a word. */
  accessThrough(cpu: number, entry: number, page: number, write: boolean): number {
    const mem = this.mem;
    const pte = mem[entry + H.TLB_PTE];
    const needed = PTE_USER | (write ? PTE_WRITE : 0);
    if ((pte & needed) !== needed) return ACCESS_FAULT;
    // A clean entry walks again on the first store, to set D in the table (A0.5).
    if (write && (pte & PTE_DIRTY) === 0) return ACCESS_MISS;
    this.machine.observer.userAccess(cpu, entry, write);
    if (write) {
      const frame = pteFrame(pte);
      const ghostIndex = this.ghost.index(Ghost.mmOf(mem[entry + H.TLB_OWNER]), page);
      this.machine.store(
        cpu,
        this.entryAddress(frame, 0),
        page + 1,
        H.SB_USER,
        ghostIndex,
        mem[entry + H.TLB_ALLOC],
        pteVersion(pte),
      );
    }
    return ACCESS_OK;
  }

  /** Whether a speculative walk is under way. */
  walking(block: number): boolean {
    return this.mem[block + H.WALK_BASE + H.WALK_WORDS + H.WALK_STATE] !== IDLE;
  }

  speculativePage(block: number): number {
    return this.mem[block + H.WALK_BASE + H.WALK_WORDS + H.WALK_PAGE];
  }

  /**
   * One step of a walk: reads one level, as the tables are in memory now (a walker does not see the store
   * buffer). The leaf read and the TLB install are one step when A (and D for a store) need not be set; else
   * setting them is a locked step that compares with the entry read and starts again if it changed.
   */
  walkStep(cpu: number, block: number, which: number, page: number, write: boolean): number {
    const mem = this.mem;
    const walk = block + H.WALK_BASE + which * H.WALK_WORDS;
    // A walk in flight for another page belongs to an instruction that an interrupt ended.
    let state = mem[walk + H.WALK_PAGE] === page ? mem[walk + H.WALK_STATE] : IDLE;
    mem[walk + H.WALK_PAGE] = page;
    if (state === IDLE) {
      const rootIndex = page >> TABLE_SHIFT;
      const cached = this.lookupStructure(block, rootIndex);
      if (cached < 0) return this.readRoot(cpu, block, walk, which, rootIndex);
      mem[walk + H.WALK_TABLE] = pteFrame(mem[cached + H.TLB_PTE]);
      mem[walk + H.WALK_ALLOC] = mem[cached + H.TLB_ALLOC];
      state = AT_LEAF;
    }
    if (state === AT_LEAF) return this.readLeaf(cpu, block, walk, which, page, write);
    return this.setBits(cpu, block, walk, which, page, write);
  }

  private readRoot(cpu: number, block: number, walk: number, which: number, rootIndex: number): number {
    const mem = this.mem;
    const root = mem[block + H.CR3_ROOT];
    this.machine.observer.tableRead(cpu, root, mem[block + H.CR3_ALLOC], which === H.SPECULATIVE);
    const address = this.entryAddress(root, rootIndex);
    const entry = this.machine.word(address);
    if ((entry & PTE_PRESENT) === 0) return this.endWalk(walk, WALK_FAULT);
    const alloc = this.machine.linkedAlloc(address, entry);
    if (alloc < 0) return this.endWalk(walk, WALK_CONTINUE);
    this.insert(
      block,
      H.PSC_COUNT,
      H.PSC_BASE,
      H.PSC_CAPACITY,
      (mem[block + H.CR3_PCID] << 8) | rootIndex,
      entry,
      alloc,
    );
    mem[walk + H.WALK_TABLE] = pteFrame(entry);
    mem[walk + H.WALK_ALLOC] = alloc;
    mem[walk + H.WALK_STATE] = AT_LEAF;
    return WALK_CONTINUE;
  }

  private readLeaf(
    cpu: number,
    block: number,
    walk: number,
    which: number,
    page: number,
    write: boolean,
  ): number {
    const mem = this.mem;
    const table = mem[walk + H.WALK_TABLE];
    this.machine.observer.tableRead(cpu, table, mem[walk + H.WALK_ALLOC], which === H.SPECULATIVE);
    const pte = this.machine.word(this.entryAddress(table, page & ((1 << TABLE_SHIFT) - 1)));
    const permission = PTE_PRESENT | PTE_USER | (write ? PTE_WRITE : 0);
    if ((pte & permission) !== permission) return this.endWalk(walk, WALK_FAULT);
    const bits = PTE_ACCESSED | (write ? PTE_DIRTY : 0);
    if ((pte & bits) === bits) return this.install(block, walk, page, pte);
    mem[walk + H.WALK_PTE] = pte;
    mem[walk + H.WALK_STATE] = SET_BITS;
    return WALK_CONTINUE;
  }

  private setBits(
    cpu: number,
    block: number,
    walk: number,
    which: number,
    page: number,
    write: boolean,
  ): number {
    const mem = this.mem;
    this.machine.observer.tableRead(
      cpu,
      mem[walk + H.WALK_TABLE],
      mem[walk + H.WALK_ALLOC],
      which === H.SPECULATIVE,
    );
    const address = this.entryAddress(mem[walk + H.WALK_TABLE], page & ((1 << TABLE_SHIFT) - 1));
    const pte = mem[walk + H.WALK_PTE];
    const updated = pte | PTE_ACCESSED | (write ? PTE_DIRTY : 0);
    if (!this.machine.replaceEntry(cpu, address, pte, updated)) return this.endWalk(walk, WALK_CONTINUE);
    return this.install(block, walk, page, updated);
  }

  private install(block: number, walk: number, page: number, pte: number): number {
    const mem = this.mem;
    const address = this.entryAddress(mem[walk + H.WALK_TABLE], page & ((1 << TABLE_SHIFT) - 1));
    const alloc = this.machine.linkedAlloc(address, pte);
    if (alloc < 0) return this.endWalk(walk, WALK_CONTINUE);
    this.insert(
      block,
      H.TLB_COUNT,
      H.TLB_BASE,
      H.TLB_CAPACITY,
      (mem[block + H.CR3_PCID] << 8) | page,
      pte,
      alloc,
    );
    return this.endWalk(walk, WALK_DONE);
  }

  private endWalk(walk: number, result: number): number {
    this.mem[walk + H.WALK_STATE] = IDLE;
    return result;
  }
}
