import {
  DECIDED_NO_FLUSH_LAZY,
  DECIDED_NO_FLUSH_SWITCH,
  EV_DECIDED,
  EV_SLOT_BEHIND,
} from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import { packedGen } from '../kernel/packed-slots.js';
import * as H from '../machine/hardware.js';
import type { JudgedMachine } from '../machine/ports.js';
import { pteVersion } from '../machine/pte.js';
import type { Counters } from './counters.js';
import { Slots } from './slots.js';

/**
 * What slots cost, counted: flushes at a switch that found nothing stale, remote raises and those that were
 * lost again, and what became of flush requests that a host threw away.
 */
export class SlotMeter {
  private readonly slots: Slots;
  /**
   * By word of a slot's generation: whose it is, and what ctx_id and generation stood there at its last
   * change.
   */
  private readonly known = new Map<
    number,
    { owner: number; ctxIdWord: number; ctxId: number; tlbGen: number }
  >();
  /** By CPU: 1 while entries may be in its TLB that a lost flush should have dropped. */
  private readonly lost: Uint8Array;
  private readonly packed: boolean;

  constructor(
    private readonly machine: JudgedMachine,
    kernel: KernelConfig,
    private readonly counters: Counters,
  ) {
    this.slots = new Slots(machine, kernel);
    this.packed = kernel.packedTagBits > 0;
    this.lost = new Uint8Array(kernel.scenario.cpus);
    kernel.layout.cpus.forEach(({ tlbstate }, owner) => {
      for (const { ctxId, tlbGen } of tlbstate.ctxs)
        this.known.set(tlbGen, { owner, ctxIdWord: ctxId, ctxId: 0, tlbGen: 0 });
    });
  }

  begin(): void {
    this.lost.fill(0);
    for (const [word, state] of this.known) {
      state.ctxId = this.machine.mem[state.ctxIdWord];
      state.tlbGen = this.machine.mem[word];
      if (this.packed) state.tlbGen = packedGen(state.tlbGen);
    }
  }

  /** A word became `value` in memory by a CPU; does nothing for words that are no slot's. */
  committed(cpu: number, address: number, value: number): void {
    const state = this.known.get(address);
    if (state === undefined) return;
    const ctxId = this.machine.mem[state.ctxIdWord];
    const tlbGen = this.packed ? packedGen(value) : value;
    if (ctxId === state.ctxId) {
      if (cpu !== state.owner && tlbGen > state.tlbGen) this.counters.add('remoteRaises');
      if (cpu === state.owner && tlbGen < state.tlbGen) this.counters.add('lostRaises');
    }
    state.ctxId = ctxId;
    state.tlbGen = tlbGen;
  }

  hostLostFlush(cpu: number): void {
    this.lost[cpu] = 1;
    this.counters.add('lostHostFlushes');
  }

  event(cpu: number, kind: number, a: number, b: number): void {
    if (kind === EV_SLOT_BEHIND) {
      const stale = this.holdsStale(cpu, a, Number.POSITIVE_INFINITY);
      if (!stale) this.counters.add('needlessSwitchFlushes');
      if (this.lost[cpu] !== 0 && stale) this.settle(cpu, 'lostFlushesHealed');
    } else if (
      kind === EV_DECIDED &&
      this.lost[cpu] !== 0 &&
      (b === DECIDED_NO_FLUSH_SWITCH || b === DECIDED_NO_FLUSH_LAZY)
    ) {
      // Only what the slot claims to be rid of: a change whose flush is still under way is no lost one.
      if (this.holdsStale(cpu, a, this.slots.tlbGen(cpu, a))) this.settle(cpu, 'lostFlushesKept');
    }
  }

  private settle(cpu: number, counter: 'lostFlushesHealed' | 'lostFlushesKept'): void {
    this.lost[cpu] = 0;
    this.counters.add(counter);
  }

  /**
   * Whether the slot's PCID holds anything that a restricting change of at most that generation has outdated.
   */
  private holdsStale(cpu: number, asid: number, tlbGenMax: number): boolean {
    const { machine, slots } = this;
    const { mem, ghost } = machine;
    const block = machine.block(cpu);
    for (const list of Slots.LISTS) {
      const count = mem[block + list.count];
      for (let i = 0, at = block + list.base; i < count; i++, at += H.TLB_WORDS) {
        const key = mem[at + H.TLB_KEY];
        if (slots.asidOfKey(key) !== asid) continue;
        const mm = slots.mmOf(mem[at + H.TLB_OWNER], slots.ctxId(cpu, asid));
        if (mm < 0) continue;
        const index = ghost.index(mm, (key & 0xff) + (list.structure ? ghost.pages : 0));
        const due = ghost.dueGeneration(index, ghost.fullVersion(index, pteVersion(mem[at + H.TLB_PTE])));
        if (due !== 0 && due <= tlbGenMax) return true;
      }
    }
    return false;
  }
}
