import { Ghost, type GhostLayout, HISTORY, InternalError } from '../ghost.js';
import { VERSION_MAX } from '../pte.js';
import type { Locked } from './locked.js';

/** Changes of one entry, or lives of one mm, that a run can count; far beyond what a run of hours reaches. */
const COUNT_MAX = 0x7ffffff0;

/**
 * Ghost state that threads share. Words that others change are read atomically (acquire) and stored plainly
 * (release on x86); whoever changes an entry holds its page-table lock, so its version has one writer at a
 * time.
 *
 * The counter of an entry's changes has 31 bits, the entry itself keeps the low ones. An entry is taken for
 * the newest version that has these bits: a stale one that outlives 2^12 changes of its page can be missed,
 * and nothing is ever reported that is not stale.
 */
export class SharedGhost extends Ghost {
  constructor(
    words: Int32Array,
    private readonly locked: Locked,
    layout: GhostLayout,
    hardwareBase: number,
  ) {
    super(words, layout, hardwareBase);
  }

  protected override shared(address: number): number {
    return this.locked.load(address);
  }

  override nextVersion(index: number): number {
    const version = this.shared(this.version + index) + 1;
    if (version > COUNT_MAX) throw new InternalError('a page-table entry changed too often for one run');
    this.words[this.version + index] = version;
    return version;
  }

  override isNewest(index: number, version: number): boolean {
    return (this.shared(this.version + index) & VERSION_MAX) === version;
  }

  override fullVersion(index: number, version: number): number {
    // Read after the entry, so the counter is at least as new.
    const newest = this.shared(this.version + index);
    return newest - ((newest - version) & VERSION_MAX);
  }

  /** Two CPUs may count a generation for the same page at once: each takes a slot of its own. */
  protected override addHistory(index: number, version: number, generation: number): void {
    const words = this.words;
    let slot = this.shared(this.historyNext + index);
    for (;;) {
      const seen = this.locked.compareExchange(this.historyNext + index, slot, (slot + 1) % HISTORY);
      if (seen === slot) break;
      slot = seen;
    }
    const at = this.historyAt(index, slot);
    // Version 0 is younger than nothing: a reader in between takes no half of a pair.
    words[at] = 0;
    words[at + 1] = generation;
    words[at] = version;
  }

  override dueGeneration(index: number, version: number): number {
    // Nothing has changed since: the usual case, told by one load.
    if (this.shared(this.version + index) === version) return 0;
    let due = 0;
    for (let i = 0; i < HISTORY; i++) {
      const at = this.historyAt(index, i);
      const changed = this.shared(at);
      if (changed <= version) continue;
      const generation = this.shared(at + 1);
      if (this.shared(at) === changed && (due === 0 || generation < due)) due = generation;
    }
    return due;
  }

  override newAddressSpace(mm: number): number {
    const serial = this.locked.add(this.serialWord(mm), 1) + 1;
    if (serial >= 1 << 20) throw new InternalError('an mm handle was used too often for one run');
    return mm | (serial << 10);
  }
}
