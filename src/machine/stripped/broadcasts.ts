import { addRequest, type BroadcastLayout, REQUEST_WORDS } from '../broadcast.js';
import { askFor } from './attention.js';
import type { Locked } from './locked.js';
import type { Machine } from './machine.js';
import { ATTEND_REQUEST, type ControlWords, type Runner } from './runner.js';

/**
 * This thread's part in broadcast invalidations: the stripped build's twin of machine/broadcast.ts, with the
 * same words. A target carries them out at a boundary, whatever its interrupt flag says; what it stored
 * before is in memory by then, which is more than the explorer promises.
 *
 * A request is in its CPU's list before the target's bit is set, and the bit is taken before the list is
 * read: whoever finds its bit still set knows that what it has added will be read.
 */
export class Broadcasts {
  private readonly mem: Int32Array;
  private readonly locked: Locked;
  private readonly control: ControlWords;
  private readonly maskWords: number;

  constructor(
    private readonly machine: Machine,
    private readonly runner: Runner,
    private readonly layout: BroadcastLayout,
    private readonly id: number,
  ) {
    this.mem = machine.mem;
    this.locked = machine.locked;
    this.control = machine.control;
    this.maskWords = Math.ceil(machine.program.cpus / 32);
  }

  /** INVLPGB. This CPU's own part is done at once. */
  issue(flags: number, pcid: number, page: number, pages: number): void {
    const { mem, locked, layout, id, control, machine } = this;
    const list = layout.list[id];
    // Nobody reads the list while nothing is outstanding.
    if (locked.load(layout.outstanding[id]) === 0) mem[list] = 0;
    const at = list + 1 + mem[list] * REQUEST_WORDS;
    addRequest(mem, list, [flags, pcid, page, pages]);
    machine.mmu.invlpgb(machine.block(id), mem[list] === 1 ? list + 1 : at);
    const bit = 1 << (id & 31);
    for (let target = 0; target < machine.program.cpus; target++) {
      if (target === id) continue;
      // Counted before it can be carried out.
      locked.add(layout.outstanding[id], 1);
      if ((locked.or(layout.wanted[target] + (id >> 5), bit) & bit) !== 0)
        locked.add(layout.outstanding[id], -1);
      else if (askFor(control.locked, control.attention(target), ATTEND_REQUEST))
        this.runner.ring(id, target);
    }
  }

  outstanding(): number {
    return this.layout.outstanding[this.id];
  }

  /** Carries out what other CPUs want of this one. */
  serve(): void {
    const { locked, layout, id, machine } = this;
    const block = machine.block(id);
    for (let word = 0; word < this.maskWords; word++) {
      let bits = locked.exchange(layout.wanted[id] + word, 0);
      while (bits !== 0) {
        const asking = word * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const list = layout.list[asking];
        const requests = locked.load(list);
        for (let i = 0; i < requests; i++) machine.mmu.invlpgb(block, list + 1 + i * REQUEST_WORDS);
        machine.observer.invalidated(id);
        locked.add(layout.outstanding[asking], -1);
        this.runner.changed(id, layout.outstanding[asking]);
      }
    }
  }
}
