import * as H from './hardware.js';

/**
 * What physical CPUs have cached under VPIDs that do not run there now: two lists per physical CPU, of
 * translations and of paging structures, oldest first. A full list drops its oldest entry: a CPU may always
 * drop more than it is asked to.
 */

/** An entry, and behind it its VPID. */
const ENTRY_WORDS = H.TLB_WORDS + 1;
const VPID = H.TLB_WORDS;

/** A list of the vCPU's block, and where its parked twin lies. */
interface List {
  readonly count: number;
  readonly base: number;
  readonly capacity: number;
  readonly at: number;
}

const TLB: List = { count: H.TLB_COUNT, base: H.TLB_BASE, capacity: H.TLB_CAPACITY, at: 0 };
const STRUCTURES: List = {
  count: H.PSC_COUNT,
  base: H.PSC_BASE,
  capacity: H.PSC_CAPACITY,
  at: 1 + H.TLB_CAPACITY * ENTRY_WORDS,
};
const LISTS = [TLB, STRUCTURES];

/** Words of one physical CPU. */
export const parkedWords = STRUCTURES.at + 1 + H.PSC_CAPACITY * ENTRY_WORDS;

export class ParkedTranslations {
  /** `words`: by physical CPU, where its lists begin. */
  constructor(
    private readonly mem: Int32Array,
    private readonly words: readonly number[],
  ) {}

  /** All that the vCPU of the block has cached stays on the physical CPU, under the VPID. */
  park(pcpu: number, block: number, vpid: number): void {
    const { mem } = this;
    for (const list of LISTS) {
      for (let i = 0; i < mem[block + list.count]; i++)
        this.push(this.words[pcpu] + list.at, list.capacity, block + list.base + i * H.TLB_WORDS, vpid);
      mem[block + list.count] = 0;
    }
  }

  private push(parked: number, capacity: number, entry: number, vpid: number): void {
    const { mem } = this;
    if (mem[parked] === capacity) {
      mem.copyWithin(parked + 1, parked + 1 + ENTRY_WORDS, parked + 1 + capacity * ENTRY_WORDS);
      mem[parked]--;
    }
    const at = parked + 1 + mem[parked] * ENTRY_WORDS;
    for (let word = 0; word < H.TLB_WORDS; word++) mem[at + word] = mem[entry + word];
    mem[at + VPID] = vpid;
    mem[parked]++;
  }

  /** What is cached on the physical CPU under the VPID becomes that of the block, which has nothing. */
  take(pcpu: number, block: number, vpid: number): void {
    const { mem } = this;
    for (const list of LISTS) {
      const parked = this.words[pcpu] + list.at;
      const count = mem[parked];
      let kept = parked + 1;
      let to = block + list.base;
      for (let i = 0, at = parked + 1; i < count; i++, at += ENTRY_WORDS) {
        const isIts = mem[at + VPID] === vpid;
        const target = isIts ? to : kept;
        const length = isIts ? H.TLB_WORDS : ENTRY_WORDS;
        for (let word = 0; word < length; word++) mem[target + word] = mem[at + word];
        if (isIts) to += H.TLB_WORDS;
        else kept += ENTRY_WORDS;
      }
      mem[block + list.count] = (to - block - list.base) / H.TLB_WORDS;
      mem[parked] = (kept - parked - 1) / ENTRY_WORDS;
      // What lies behind the last entry is nobody's: alike in all states that are alike.
      mem.fill(0, kept, parked + 1 + count * ENTRY_WORDS);
    }
  }

  /** Everything that is parked on the physical CPU goes. */
  drop(pcpu: number): void {
    const { mem } = this;
    for (const list of LISTS) {
      const parked = this.words[pcpu] + list.at;
      mem.fill(0, parked, parked + 1 + mem[parked] * ENTRY_WORDS);
    }
  }
}
