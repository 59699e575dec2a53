import type { Machine } from './machine.js';

/**
 * Physical frames: a stack of free ones, so that a freed frame is soon handed out again, and frames that wait
 * for a grace period.
 */
export class Frames {
  private readonly mem: Int32Array;
  private readonly graceWords: number;

  constructor(private readonly machine: Machine) {
    this.mem = machine.mem;
    this.graceWords = 1 + Math.ceil(machine.program.cpus / 32);
  }

  /** Hands out a frame, zeroed. `owner` is ghost: the address space that a root table belongs to, else 0. */
  alloc(owner: number): number {
    const { mem, machine } = this;
    const { layout, ghost } = machine;
    const top = mem[layout.freeTop];
    if (top === 0) throw machine.refusal('the simulated machine is out of frames');
    const frame = mem[layout.freeStack + top - 1];
    mem[layout.freeTop] = top - 1;
    const base = layout.framesBase + frame * layout.frameStride;
    mem.fill(0, base, base + layout.frameWords);
    mem[ghost.ownerOf(frame)] = owner;
    return frame;
  }

  /** Releases a frame: from now on it may be handed out again. */
  free(frame: number): void {
    const { mem } = this;
    const { layout, ghost } = this.machine;
    const top = mem[layout.freeTop];
    if (top === layout.frames) throw this.machine.refusal(`frame ${frame} was freed twice`);
    mem[ghost.allocOf(frame)]++;
    mem[layout.freeStack + top] = frame;
    mem[layout.freeTop] = top + 1;
  }

  /**
   * Releases a frame when every CPU that has interrupts off now has enabled them: the shortest grace period
   * that RCU can have, so the strictest for the code that relies on it.
   */
  freeAfterGracePeriod(frame: number): void {
    const { mem, machine } = this;
    const { grace, graceCapacity } = machine.layout;
    const count = mem[grace];
    if (count === graceCapacity) throw machine.refusal('too many page tables wait for a grace period');
    const at = grace + 1 + count * this.graceWords;
    mem.fill(0, at, at + this.graceWords);
    mem[at] = frame;
    let waits = false;
    for (let cpu = 0; cpu < machine.cpus.length; cpu++) {
      if (machine.interruptsOn(cpu)) continue;
      mem[at + 1 + (cpu >> 5)] |= 1 << (cpu & 31);
      waits = true;
    }
    if (waits) mem[grace] = count + 1;
    else this.free(frame);
  }

  /** The CPU has enabled interrupts: nobody waits for it any longer. */
  quiescent(cpu: number): void {
    const { mem } = this;
    const { grace } = this.machine.layout;
    const count = mem[grace];
    if (count === 0) return;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const at = grace + 1 + i * this.graceWords;
      mem[at + 1 + (cpu >> 5)] &= ~(1 << (cpu & 31));
      let waits = false;
      for (let word = 1; word < this.graceWords; word++) waits = waits || mem[at + word] !== 0;
      if (!waits) this.free(mem[at]);
      else mem.copyWithin(grace + 1 + kept++ * this.graceWords, at, at + this.graceWords);
    }
    mem[grace] = kept;
  }
}
