import type { Machine } from './machine.js';

/**
 * Physical frames on threads: a stack of free ones without a lock, and frames that wait for a grace period, each with the CPU that freed it.
 *
 * The free list is a chain through `freeStack` (word f: the frame below f, + 1). Its head is one word, frame + 1 in the low bits and a tag
 * above that counts removals, so that a head that was taken and put back meanwhile is told from one that stayed.
 */

const FRAME_MASK = 0x3fff;
const TAG_ONE = FRAME_MASK + 1;

/** A frame, and the CPUs that had interrupts off when it was freed: [cpu, its count of enablings then, ...]. */
interface Waiting {
  readonly frame: number;
  readonly cpus: number[];
}

export class Frames {
  private readonly mem: Int32Array;
  /** Frames that this thread's CPU freed and that wait for a grace period. */
  private readonly waiting: Waiting[] = [];

  constructor(private readonly machine: Machine) {
    this.mem = machine.mem;
  }

  /** Turns the start image's stack of free frames into a chain. Called once, before any CPU runs. */
  static prepare(mem: Int32Array, freeTop: number, freeStack: number): void {
    const stack = Array.from(mem.subarray(freeStack, freeStack + mem[freeTop]));
    let below = 0;
    for (const frame of stack) {
      mem[freeStack + frame] = below;
      below = frame + 1;
    }
    mem[freeTop] = below;
  }

  /** Hands out a frame, zeroed, or -1 when there is none now. `owner` is ghost. */
  alloc(owner: number): number {
    const { mem, machine } = this;
    const { layout, ghost } = machine;
    if (this.waiting.length > 0) this.poll();
    for (;;) {
      const head = Atomics.load(mem, layout.freeTop);
      if ((head & FRAME_MASK) === 0) return -1;
      const frame = (head & FRAME_MASK) - 1;
      const below = Atomics.load(mem, layout.freeStack + frame);
      const tag = (head & ~FRAME_MASK) + TAG_ONE;
      if (Atomics.compareExchange(mem, layout.freeTop, head, tag | below) !== head) continue;
      const base = layout.framesBase + frame * layout.frameWords;
      for (let word = base; word < base + layout.frameWords; word++) mem[word] = 0;
      mem[ghost.frameOwner + frame] = owner;
      return frame;
    }
  }

  /** Releases a frame: from now on it may be handed out again. The ghost count is published before. */
  free(frame: number): void {
    const { mem } = this;
    const { layout, ghost } = this.machine;
    Atomics.add(mem, ghost.frameAlloc + frame, 1);
    for (;;) {
      const head = Atomics.load(mem, layout.freeTop);
      mem[layout.freeStack + frame] = head & FRAME_MASK;
      if (Atomics.compareExchange(mem, layout.freeTop, head, (head & ~FRAME_MASK) | (frame + 1)) === head) return;
    }
  }

  /**
   * Releases a frame when every CPU that has interrupts off now has enabled them. Disabling interrupts is a full barrier in this build
   * (see Cpu), so a CPU whose flag reads 1 here walks nothing that it found before this frame was unlinked.
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
