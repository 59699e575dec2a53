import type { FreeLists } from '../free-lists.js';
import type { MmuLayout } from '../program.js';
import type { Machine } from './machine.js';

/**
 * Physical frames on threads: a stack of free ones for each CPU, without locks, and frames that wait for a
 * grace period, each with the CPU that freed it.
 *
 * A CPU frees to its own list and takes from it what it freed last, so a freed frame is soon another page;
 * from others' lists it takes when its own is empty. A list is a chain through the frames' link words
 * (the frame below, + 1). Its head is one word, frame + 1 in the low bits and a tag above that counts
 * removals, so that a head that was taken and put back meanwhile is told from one that stayed.
 */

const FRAME_MASK = 0x3fff;
const TAG_ONE = FRAME_MASK + 1;
/** The lists of a layout; one that was made for explorers has a stack, in whose words one list fits. */
function listsOf({ freeLists, freeTop, freeStack }: MmuLayout): FreeLists {
  return freeLists ?? { lists: 1, head: freeTop, headStride: 1, link: freeStack, linkStride: 1 };
}

/**
 * A frame, and the CPUs that had interrupts off when it was freed: [cpu, its count of enablings then, ...].
 */
interface Waiting {
  readonly frame: number;
  readonly cpus: number[];
}

export class Frames {
  private readonly mem: Int32Array;
  private readonly lists: FreeLists;
  /** Frames that this thread's CPU freed and that wait for a grace period. */
  private readonly waiting: Waiting[] = [];
  /** Heads: the own list's, and that of the list which had something when the own one was empty last. */
  private readonly own: number;
  private other: number;

  constructor(private readonly machine: Machine) {
    this.mem = machine.mem;
    this.lists = listsOf(machine.layout);
    this.own = this.lists.head + (machine.id % this.lists.lists) * this.lists.headStride;
    this.other = this.own;
  }

  /**
   * Turns the start image's stack of free frames into chains, one frame for each list in turn. Called once,
   * before any CPU runs.
   */
  static prepare(mem: Int32Array, layout: MmuLayout): void {
    const { freeTop, freeStack } = layout;
    const { lists, head: first, headStride, link, linkStride } = listsOf(layout);
    const stack = Array.from(mem.subarray(freeStack, freeStack + mem[freeTop]));
    mem[freeTop] = 0;
    stack.forEach((frame, i) => {
      const head = first + (i % lists) * headStride;
      mem[link + frame * linkStride] = mem[head];
      mem[head] = frame + 1;
    });
  }

  /** Hands out a frame, zeroed, or -1 when there is none now. `owner` is ghost. */
  alloc(owner: number): number {
    const { mem } = this;
    const { layout, ghost } = this.machine;
    if (this.waiting.length > 0) this.poll();
    let frame = this.take(this.own);
    if (frame < 0) frame = this.takeFromOthers();
    if (frame < 0) return -1;
    const base = layout.framesBase + frame * layout.frameStride;
    for (let word = base; word < base + layout.frameWords; word++) mem[word] = 0;
    mem[ghost.ownerOf(frame)] = owner;
    return frame;
  }

  /** The frame at the top of a list, or -1 if it is empty. */
  private take(list: number): number {
    const { locked } = this.machine;
    const { link, linkStride } = this.lists;
    for (;;) {
      const head = locked.load(list);
      if ((head & FRAME_MASK) === 0) return -1;
      const frame = (head & FRAME_MASK) - 1;
      const below = locked.load(link + frame * linkStride);
      const tag = (head & ~FRAME_MASK) + TAG_ONE;
      if (locked.compareExchange(list, head, tag | below) === head) return frame;
    }
  }

  /** Once round the lists, from the one that had something last. */
  private takeFromOthers(): number {
    const { lists, head, headStride } = this.lists;
    const end = head + lists * headStride;
    for (let i = 0; i < lists; i++) {
      const frame = this.take(this.other);
      if (frame >= 0) return frame;
      this.other += headStride;
      if (this.other === end) this.other = head;
    }
    return -1;
  }

  /** Releases a frame: from now on it may be handed out again. The ghost count is published before. */
  free(frame: number): void {
    const { mem, own, lists } = this;
    const { ghost, locked } = this.machine;
    locked.add(ghost.allocOf(frame), 1);
    for (;;) {
      const head = locked.load(own);
      mem[lists.link + frame * lists.linkStride] = head & FRAME_MASK;
      if (locked.compareExchange(own, head, (head & ~FRAME_MASK) | (frame + 1)) === head) return;
    }
  }

  /**
   * Releases a frame when every CPU that has interrupts off now has enabled them. Disabling interrupts is a
   * full barrier in this build (see Cpu), so a CPU whose flag reads 1 here walks nothing that it found before
   * this frame was unlinked.
   */
  freeAfterGracePeriod(frame: number): void {
    const { machine } = this;
    if (this.waiting.length > 0) this.poll();
    const cpus: number[] = [];
    for (let cpu = 0; cpu < machine.program.cpus; cpu++) {
      // The count first: an enabling between the two reads is then seen as one.
      const enablings = machine.enablings(cpu);
      if (!machine.interruptsOn(cpu)) cpus.push(cpu, enablings);
    }
    if (cpus.length === 0) this.free(frame);
    else this.waiting.push({ frame, cpus });
  }

  /** Releases what no CPU stands in the way of any longer. */
  poll(): void {
    const { machine, waiting } = this;
    for (let i = waiting.length - 1; i >= 0; i--) {
      const { frame, cpus } = waiting[i];
      while (cpus.length > 0) {
        const enablings = cpus[cpus.length - 1];
        const cpu = cpus[cpus.length - 2];
        if (!machine.interruptsOn(cpu) && machine.enablings(cpu) === enablings) break;
        cpus.length -= 2;
      }
      if (cpus.length > 0) continue;
      waiting.splice(i, 1);
      this.free(frame);
    }
  }

  /** Forgets what waits: a new run begins with a new memory. */
  reset(): void {
    this.waiting.length = 0;
  }
}
