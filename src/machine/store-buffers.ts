import type { PlainStores } from '../memory-order/order.js';
import { agentOf, BUFFER_AGENT } from './agents.js';
import * as H from './hardware.js';
import type { Machine } from './machine.js';

/**
 * The CPUs' store buffers: rings in their hardware blocks. What goes into them, and when it may leave them,
 * is the memory model's (memory-order/).
 */
export class StoreBuffers implements PlainStores {
  constructor(private readonly machine: Machine) {}

  /** What the CPU sees at the address: its own newest buffered store, else memory. */
  load(block: number, address: number): number {
    const { mem } = this.machine;
    const count = mem[block + H.SB_COUNT];
    if (count > 0) {
      const head = mem[block + H.SB_HEAD];
      for (let i = count - 1; i >= 0; i--) {
        const at = block + H.SB_BASE + ((head + i) % H.SB_DEPTH) * H.SB_WORDS;
        if (mem[at + H.SB_ADDRESS] === address) return mem[at + H.SB_VALUE];
      }
    }
    return mem[address];
  }

  /**
   * Adds a store of the CPU; `kind`, `x`, `y`, `z`: see hardware.ts. A full buffer drains its oldest store
   * first.
   */
  push(cpu: number, address: number, value: number, kind: number, x: number, y: number, z: number): void {
    const { machine } = this;
    const { mem } = machine;
    const block = machine.block(cpu);
    let count = mem[block + H.SB_COUNT];
    if (count === H.SB_DEPTH) {
      this.drainOne(cpu, block);
      count--;
    }
    const at = block + H.SB_BASE + ((mem[block + H.SB_HEAD] + count) % H.SB_DEPTH) * H.SB_WORDS;
    mem[at + H.SB_ADDRESS] = address;
    mem[at + H.SB_VALUE] = value;
    mem[at + H.SB_KIND] = kind;
    mem[at + H.SB_X] = x;
    mem[at + H.SB_Y] = y;
    mem[at + H.SB_Z] = z;
    mem[at + H.SB_OTHERS] = machine.stepsOfOthers(cpu);
    mem[block + H.SB_COUNT] = count + 1;
    if (count === 0) machine.enabled.add(agentOf(cpu, BUFFER_AGENT));
  }

  /** A store that is in memory within the step. What has ghost words goes through the buffer. */
  atOnce(cpu: number, address: number, value: number, kind: number, x: number, y: number, z: number): void {
    if (kind === H.SB_PLAIN) {
      this.machine.commitStore(cpu, address, value);
      return;
    }
    this.push(cpu, address, value, kind, x, y, z);
    this.drainAll(cpu, this.machine.block(cpu));
  }

  /** Drains the oldest buffered store to memory. */
  drainOne(cpu: number, block: number): void {
    const { machine } = this;
    const { mem } = machine;
    const head = mem[block + H.SB_HEAD];
    const at = block + H.SB_BASE + head * H.SB_WORDS;
    mem[block + H.SB_HEAD] = (head + 1) % H.SB_DEPTH;
    const count = mem[block + H.SB_COUNT] - 1;
    mem[block + H.SB_COUNT] = count;
    if (count === 0) machine.enabled.remove(agentOf(cpu, BUFFER_AGENT));
    const address = mem[at + H.SB_ADDRESS];
    const kind = mem[at + H.SB_KIND];
    const before = mem[address];
    if (kind === H.SB_PTE) machine.linkFrame(address, mem[at + H.SB_Y]);
    machine.commitStore(cpu, address, mem[at + H.SB_VALUE]);
    if (machine.stepsOfOthers(cpu) > mem[at + H.SB_OTHERS]) machine.observer.drainOvertaken(cpu);
    if (kind === H.SB_PTE)
      machine.entryChanged(cpu, mem[at + H.SB_X], mem[at + H.SB_Z], before, mem[at + H.SB_VALUE]);
    else if (kind === H.SB_USER) {
      const { framesBase, frameStride } = machine.layout;
      const frame = ((address - framesBase) / frameStride) | 0;
      machine.observer.userStoreDrained(cpu, frame, mem[at + H.SB_Y], mem[at + H.SB_X], mem[at + H.SB_Z]);
    }
  }

  /** Drains as far as the newest store of a user; what the kernel has stored since stays. */
  drainUserStores(cpu: number, block: number): void {
    const { mem } = this.machine;
    for (let i = mem[block + H.SB_COUNT] - 1; i >= 0; i--) {
      const at = block + H.SB_BASE + ((mem[block + H.SB_HEAD] + i) % H.SB_DEPTH) * H.SB_WORDS;
      if (mem[at + H.SB_KIND] !== H.SB_USER) continue;
      for (let drained = 0; drained <= i; drained++) this.drainOne(cpu, block);
      return;
    }
  }

  drainAll(cpu: number, block: number): void {
    while (this.machine.mem[block + H.SB_COUNT] > 0) this.drainOne(cpu, block);
  }

  /** Whether something is buffered, as the buffer's agent is to know it. */
  refresh(cpu: number): void {
    const agent = agentOf(cpu, BUFFER_AGENT);
    if (this.machine.mem[this.machine.block(cpu) + H.SB_COUNT] > 0) this.machine.enabled.add(agent);
    else this.machine.enabled.remove(agent);
  }
}
