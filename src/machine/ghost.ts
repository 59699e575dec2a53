import * as H from './hardware.js';
import type { Layout } from './layout.js';
import { isRestricting, VERSION_MAX } from './pte.js';

/**
 * Ghost state: what really happened to page tables and frames, which the simulated kernel cannot see and
 * oracles decide by.
 *
 * A *ghost index* names one page-table entry for the life of an mm handle: mm * keys + key * stride, where
 * key is a page or, for a root entry, pages + root index. It names the page, not the word, because a table
 * page can be freed and another take its place.
 */

export const RIGHT_READ = 1;
export const RIGHT_WRITE = 2;
export const RIGHT_ALL = 3;
/** Pages per leaf table. */
export const TABLE_SHIFT = 3;
export const TABLE_PAGES = 1 << TABLE_SHIFT;
/**
 * How many restricting changes of one entry are remembered; older ones concern entries that no TLB keeps that
 * long, and would at worst be missed.
 */
export const HISTORY = 8;

/** Words that the oracle `split-page` keeps for each entry. */
export const SPLIT_WORDS = 3;

export class InternalError extends Error {}

/** Where ghost words lie; computed once per program, shared by every machine that runs it. */
export interface GhostLayout {
  /** Ghost indices per mm: for its pages and root entries, `entryStride` apart. */
  readonly keys: number;
  readonly pages: number;
  /**
   * From one entry's index to the next: 1 where each kind of word is an array of its own, more where an
   * entry's words lie together.
   */
  readonly entryStride: number;
  /** Words of history for each step of an index. */
  readonly historyScale: number;
  /** From one frame's words to the next one's. */
  readonly frameStride: number;
  /**
   * Per ghost index: version of the newest change; newest version whose older entries may no longer be read
   * (written).
   */
  readonly version: number;
  readonly revokedRead: number;
  readonly revokedWrite: number;
  readonly history: number;
  readonly historyNext: number;
  /** Per frame: allocation number, counted up at each release; owner of a root table. */
  readonly frameAlloc: number;
  readonly frameOwner: number;
  /**
   * Per word of frame memory: the allocation number of the frame that the entry stored there was linked with.
   */
  readonly linkedAlloc: number;
  readonly mmSerial: number;
}

/**
 * Ghost words of frames, where they lie with the kernel's own words of the frame (see
 * kernel/kernel-layout.ts).
 */
export type FrameGhost = Pick<GhostLayout, 'frameStride' | 'frameAlloc' | 'frameOwner' | 'linkedAlloc'>;

/** Ghost words packed, an array for each kind. */
export function ghostLayout(
  layout: Layout,
  pages: number,
  mms: number,
  frames: number,
  frameWords: number,
): GhostLayout {
  const keys = pages + Math.ceil(pages / TABLE_PAGES);
  const entries = keys * mms;
  const ghost = (name: string, words: number): number => layout.alloc(`ghost ${name}`, words, 'hidden');
  return {
    keys,
    pages,
    entryStride: 1,
    historyScale: HISTORY * 2,
    frameStride: 1,
    version: ghost('version', entries),
    revokedRead: ghost('revoked read', entries),
    revokedWrite: ghost('revoked write', entries),
    history: ghost('history', entries * HISTORY * 2),
    historyNext: ghost('history next', entries),
    frameAlloc: ghost('frame allocation', frames),
    frameOwner: ghost('frame owner', frames),
    linkedAlloc: ghost('linked allocation', frames * frameWords),
    mmSerial: ghost('mm serial', mms),
  };
}

/**
 * For threads: the ghost words of one page-table entry lie together, on cache lines that hold nothing else,
 * so that CPUs which work on different pages write different lines, and a change of one page moves two lines
 * and not six.
 */
export function ghostLayoutApart(
  layout: Layout,
  pages: number,
  mms: number,
  lineWords: number,
  frames: FrameGhost,
): GhostLayout {
  const entryStride = lineWords + Math.ceil((HISTORY * 2) / lineWords) * lineWords;
  const keys = (pages + Math.ceil(pages / TABLE_PAGES)) * entryStride;
  layout.line();
  const entry = layout.alloc('ghost of entries', keys * mms, 'hidden');
  return {
    keys,
    pages,
    entryStride,
    historyScale: 1,
    ...frames,
    version: entry,
    revokedRead: entry + 1,
    revokedWrite: entry + 2,
    historyNext: entry + 3,
    history: entry + lineWords,
    mmSerial: layout.alloc('ghost mm serial', mms, 'hidden'),
  };
}

export class Ghost {
  readonly keys: number;
  readonly pages: number;
  readonly version: number;
  readonly revokedRead: number;
  readonly revokedWrite: number;
  private readonly frameAlloc: number;
  private readonly frameOwner: number;
  readonly linkedAlloc: number;
  private readonly frameStride: number;
  private readonly entryStride: number;
  private readonly history: number;
  private readonly historyScale: number;
  protected readonly historyNext: number;
  private readonly mmSerial: number;
  private readonly generationWords = new Map<number, number>();

  constructor(
    protected readonly words: Int32Array,
    layout: GhostLayout,
    protected readonly hardwareBase: number,
  ) {
    this.keys = layout.keys;
    this.pages = layout.pages;
    this.entryStride = layout.entryStride;
    this.historyScale = layout.historyScale;
    this.frameStride = layout.frameStride;
    this.version = layout.version;
    this.revokedRead = layout.revokedRead;
    this.revokedWrite = layout.revokedWrite;
    this.frameAlloc = layout.frameAlloc;
    this.frameOwner = layout.frameOwner;
    this.linkedAlloc = layout.linkedAlloc;
    this.history = layout.history;
    this.historyNext = layout.historyNext;
    this.mmSerial = layout.mmSerial;
  }

  /** The ghost index of a page's entry, or of a root entry (key = pages + root index). */
  index(mm: number, key: number): number {
    return mm * this.keys + key * this.entryStride;
  }

  /** The word that counts the frame's releases. */
  allocOf(frame: number): number {
    return this.frameAlloc + frame * this.frameStride;
  }

  /** The word that says which address space the root table in the frame belongs to. */
  ownerOf(frame: number): number {
    return this.frameOwner + frame * this.frameStride;
  }

  /** Pair `slot` of an entry's history: version, generation. */
  protected historyAt(index: number, slot: number): number {
    return this.history + index * this.historyScale + slot * 2;
  }

  /** Tells that the word at `address` is the generation of `mm`. */
  watchGeneration(address: number, mm: number): void {
    this.generationWords.set(address, mm);
  }

  /** The next version of an entry, for a change that is executed now. */
  nextVersion(index: number): number {
    const version = ++this.words[this.version + index];
    if (version > VERSION_MAX)
      throw new InternalError(`a page-table entry changed more than ${VERSION_MAX} times in one execution`);
    return version;
  }

  /**
   * A change became visible. What takes rights away waits for the first generation that its maker counts up.
   * Two changes of one entry with no generation between are one: mprotect takes an entry away and puts it
   * back, perhaps as it was.
   */
  addChange(cpu: number, index: number, version: number, before: number, after: number): void {
    const mem = this.words;
    const block = this.hardwareBase + cpu * H.HW_WORDS;
    let count = mem[block + H.CHANGE_COUNT];
    for (let i = 0, at = block + H.CHANGE_BASE; i < count; i++, at += 3) {
      if (mem[at] !== index) continue;
      if (isRestricting(mem[at + 2], after)) mem[at + 1] = version;
      else {
        mem.copyWithin(at, at + 3, block + H.CHANGE_BASE + count * 3);
        mem[block + H.CHANGE_COUNT] = count - 1;
      }
      return;
    }
    if (!isRestricting(before, after)) return;
    if (count === H.CHANGE_CAPACITY) {
      // Generations are the kernel's affair, and one may have none: the oldest change is then covered by
      // none.
      mem.copyWithin(block + H.CHANGE_BASE, block + H.CHANGE_BASE + 3, block + H.CHANGE_BASE + count * 3);
      count--;
    }
    const at = block + H.CHANGE_BASE + count * 3;
    mem[at] = index;
    mem[at + 1] = version;
    mem[at + 2] = before;
    mem[block + H.CHANGE_COUNT] = count + 1;
  }

  /**
   * A generation word became `value` in memory by `cpu`: this is the generation of its visible changes that
   * had none.
   */
  generationCommitted(cpu: number, address: number, value: number): void {
    const mm = this.generationWords.get(address);
    if (mm === undefined) return;
    const mem = this.words;
    const block = this.hardwareBase + cpu * H.HW_WORDS;
    const count = mem[block + H.CHANGE_COUNT];
    let kept = 0;
    for (let i = 0, at = block + H.CHANGE_BASE; i < count; i++, at += 3) {
      const index = mem[at];
      if (((index / this.keys) | 0) === mm) this.addHistory(index, mem[at + 1], value);
      else mem.copyWithin(block + H.CHANGE_BASE + kept++ * 3, at, at + 3);
    }
    mem[block + H.CHANGE_COUNT] = kept;
  }

  /** A word that other CPUs change. The stripped build reads it atomically. */
  protected shared(address: number): number {
    return this.words[address];
  }

  /** Whether an entry of that version is as the page's last change has left it. */
  isNewest(index: number, version: number): boolean {
    return this.words[this.version + index] === version;
  }

  /**
   * The version of an entry as the counter of its changes has it. The stripped build keeps fewer bits in the
   * entry than in the counter.
   */
  fullVersion(_index: number, version: number): number {
    return version;
  }

  protected addHistory(index: number, version: number, generation: number): void {
    const mem = this.words;
    const slot = mem[this.historyNext + index];
    mem[this.historyNext + index] = (slot + 1) % HISTORY;
    const at = this.historyAt(index, slot);
    mem[at] = version;
    mem[at + 1] = generation;
  }

  /**
   * The smallest generation of a restricting change younger than `version`, or 0 if there is none: what an
   * entry of that version must be flushed for.
   */
  dueGeneration(index: number, version: number): number {
    const mem = this.words;
    let due = 0;
    for (let i = 0; i < HISTORY; i++) {
      const at = this.historyAt(index, i);
      if (mem[at] > version && (due === 0 || mem[at + 1] < due)) due = mem[at + 1];
    }
    return due;
  }

  promise(cpu: number, mm: number, page: number, rights: number): void {
    const mem = this.words;
    const index = this.index(mm, page);
    const block = this.hardwareBase + cpu * H.HW_WORDS;
    const count = mem[block + H.PROMISE_COUNT];
    if (count === H.PROMISE_CAPACITY)
      throw new InternalError(`CPU ${cpu}: a client operation visited more than ${count} pages`);
    const at = block + H.PROMISE_BASE + count * 3;
    mem[at] = index;
    mem[at + 1] = this.shared(this.version + index);
    mem[at + 2] = rights;
    mem[block + H.PROMISE_COUNT] = count + 1;
  }

  operationReturned(cpu: number): void {
    const mem = this.words;
    const block = this.hardwareBase + cpu * H.HW_WORDS;
    const count = mem[block + H.PROMISE_COUNT];
    for (let i = 0; i < count; i++) {
      const at = block + H.PROMISE_BASE + i * 3;
      const index = mem[at];
      const version = mem[at + 1];
      const rights = mem[at + 2];
      if ((rights & RIGHT_READ) !== 0 && version > this.shared(this.revokedRead + index))
        mem[this.revokedRead + index] = version;
      if ((rights & RIGHT_WRITE) !== 0 && version > this.shared(this.revokedWrite + index))
        mem[this.revokedWrite + index] = version;
    }
    mem[block + H.PROMISE_COUNT] = 0;
  }

  /**
   * Address-space ids: the mm handle with a serial number, so that a handle used again is another address
   * space. Never 0.
   */
  newAddressSpace(mm: number): number {
    return mm | (++this.words[this.mmSerial + mm] << 10);
  }

  addressSpace(mm: number): number {
    return mm | (this.shared(this.mmSerial + mm) << 10);
  }

  protected serialWord(mm: number): number {
    return this.mmSerial + mm;
  }

  static mmOf(addressSpace: number): number {
    return addressSpace & 0x3ff;
  }
}
