import type { FreeLists } from '../free-lists.js';
import type { MmuLayout } from '../program.js';
import { GracePeriod } from './grace-period.js';
import type { Machine } from './machine.js';

/**
 * Physical frames on threads: a stack of free ones for each CPU, without locks, and frames that wait for a
 * grace period, each looked at by the CPU that freed it.
 *
 * A CPU frees to its own list and takes from it what it freed last, so a freed frame is soon another page;
 * from others' lists it takes when its own is empty. A list is a chain through the frames' link words
 * (the frame below, + 1). Its head is one word, frame + 1 in the low bits and a tag above that counts
 * removals, so that a head that was taken and put back meanwhile is told from one that stayed.
 *
 * A frame that waits is in no list, and its link word says that it waits, and since which of its releases:
 * whoever takes that mark away has the frame. Usually it is the CPU that freed it, which looks at it when it
 * allocates or frees the next one. It may sleep meanwhile, and for one that finds no frame (which holds the
 * mmap_lock, say): that one adopts a frame that waits, with a grace period that begins anew.
 */

const FRAME_MASK = 0x3fff;
const TAG_ONE = FRAME_MASK + 1;
/** In a link word: the frame waits; below it the low bits of how often it was released before. */
const WAITS = 1 << 30;
/** The lists of a layout; one that was made for explorers has a stack, in whose words one list fits. */
function listsOf({ freeLists, freeTop, freeStack }: MmuLayout): FreeLists {
  return freeLists ?? { lists: 1, head: freeTop, headStride: 1, link: freeStack, linkStride: 1 };
}

interface Waiting {
  readonly frame: number;
  readonly mark: number;
  readonly gracePeriod: GracePeriod;
}

export class Frames {
  private readonly mem: Int32Array;
  private readonly lists: FreeLists;
  /** Frames that wait for a grace period and that this thread's CPU looks at; others may have taken some. */
  private readonly waiting: Waiting[] = [];
  /** The frame that it took from those that wait, its mark too, since there was no other. */
  private adopted: Waiting | null = null;
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
    if (this.adopted !== null) this.giveBack(this.adopted);
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

  /** Once round the lists, from the one that had something last, and then of those that wait. */
  private takeFromOthers(): number {
    const { lists, head, headStride } = this.lists;
    const end = head + lists * headStride;
    for (let i = 0; i < lists; i++) {
      const frame = this.take(this.other);
      if (frame >= 0) return frame;
      this.other += headStride;
      if (this.other === end) this.other = head;
    }
    return this.takeWaiting();
  }

  /**
   * A frame of those that wait, whoever freed it, or -1 if there is none or its grace period is not over: to
   * be called again then. One at a time: who adopts looks at it until it has a frame, and keeps no others.
   */
  private takeWaiting(): number {
    this.adopted ??= this.adopt();
    if (this.adopted === null || !this.adopted.gracePeriod.isOver()) return -1;
    const { frame } = this.adopted;
    this.adopted = null;
    this.machine.locked.add(this.machine.ghost.allocOf(frame), 1);
    return frame;
  }

  private adopt(): Waiting | null {
    const { locked, layout, id } = this.machine;
    // A grace period that begins here would wait for this CPU, and this CPU for the frame.
    if (!this.machine.interruptsOn(id)) return null;
    for (let frame = 0; frame < layout.frames; frame++) {
      const mark = locked.load(this.linkOf(frame));
      // Begun after the mark was seen, so after the frame was unlinked.
      if (mark >= WAITS && this.claim(frame, mark))
        return { frame, mark, gracePeriod: new GracePeriod(this.machine) };
    }
    return null;
  }

  /** There was another frame meanwhile: this one waits as it did before, and anybody may take it. */
  private giveBack(adopted: Waiting): void {
    this.adopted = null;
    this.keep(adopted);
  }

  private keep(waiting: Waiting): void {
    this.waiting.push(waiting);
    this.machine.locked.exchange(this.linkOf(waiting.frame), waiting.mark);
  }

  /** Takes the mark away; false: somebody else did. */
  private claim(frame: number, mark: number): boolean {
    return this.machine.locked.compareExchange(this.linkOf(frame), mark, 0) === mark;
  }

  private linkOf(frame: number): number {
    return this.lists.link + frame * this.lists.linkStride;
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

  /** Releases a frame when every CPU that has interrupts off now has enabled them. */
  freeAfterGracePeriod(frame: number): void {
    const { locked, ghost } = this.machine;
    if (this.waiting.length > 0) this.poll();
    const gracePeriod = new GracePeriod(this.machine);
    if (gracePeriod.isOver()) {
      this.free(frame);
      return;
    }
    // The number tells this time from others that the frame waited: it changes with every release.
    const mark = WAITS | (locked.load(ghost.allocOf(frame)) & (WAITS - 1));
    this.keep({ frame, mark, gracePeriod });
  }

  /** Releases what no CPU stands in the way of any longer. */
  poll(): void {
    const { waiting } = this;
    for (let i = waiting.length - 1; i >= 0; i--) {
      const { frame, mark, gracePeriod } = waiting[i];
      if (!gracePeriod.isOver()) continue;
      waiting.splice(i, 1);
      if (this.claim(frame, mark)) this.free(frame);
    }
  }

  /** Forgets what waits: a new run begins with a new memory. */
  reset(): void {
    this.waiting.length = 0;
    this.adopted = null;
  }
}
