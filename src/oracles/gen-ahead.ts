import { FIRST_USER_MM } from '../kernel/constants.js';
import { EV_DECIDED } from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import { Ghost } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import type { JudgedMachine } from '../machine/ports.js';
import { pteVersion } from '../machine/pte.js';
import type { Oracle, OracleInfo } from './oracle.js';
import { Slots } from './slots.js';

/**
 * `gen-ahead` (latent): a slot says that its TLB contents are newer than they are. Judged on the running
 * owner only, where it matters: at a decision not to flush or to flush partially taken from the slot, where
 * interrupts become enabled, and where a virtual CPU enters the guest after the flush owed to it. What an mm
 * that has got a global ASID has left in a slot is judged at a decision only, for there is none any more.
 */
class GenAhead implements Oracle {
  private readonly slots: Slots;

  constructor(
    private readonly machine: JudgedMachine,
    kernel: KernelConfig,
  ) {
    this.slots = new Slots(machine, kernel);
  }

  event(cpu: number, kind: number, asid: number): void {
    if (kind === EV_DECIDED) this.judge(cpu, asid);
  }

  vcpuEntered(cpu: number): void {
    // With interrupts off the kernel may be between a slot's stores and the flush that they announce; it is
    // judged when it enables them.
    if (this.machine.interruptsOn(cpu)) this.judge(cpu, -1);
  }

  interruptsEnabled(cpu: number): void {
    this.judge(cpu, -1);
  }

  /** Judges every entry of one slot, or of all (-1). */
  private judge(cpu: number, only: number): void {
    const { machine, slots } = this;
    const mem = machine.mem;
    const block = slots.block(cpu);
    const slotCount = slots.count(cpu);
    for (const list of Slots.LISTS) {
      const count = mem[block + list.count];
      for (let i = 0, at = block + list.base; i < count; i++, at += H.TLB_WORDS) {
        const key = mem[at + H.TLB_KEY];
        const asid = slots.asidOfKey(key);
        if (asid < 0 || asid >= slotCount || (only >= 0 && asid !== only)) continue;
        const place = (key & 0xff) + (list.structure ? machine.ghost.pages : 0);
        const index = machine.ghost.index(Ghost.mmOf(mem[at + H.TLB_OWNER]), place);
        const version = pteVersion(mem[at + H.TLB_PTE]);
        // The usual case, told by one load: nothing is due that has not changed.
        if (machine.ghost.isNewest(index, version)) continue;
        const mm = slots.mmOf(mem[at + H.TLB_OWNER], slots.ctxId(cpu, asid));
        if (mm < 0) continue;
        // Whoever decides by it nevertheless is judged then.
        if (only < 0 && slots.isLeft(cpu, asid, mm)) continue;
        const due = machine.ghost.dueGeneration(index, machine.ghost.fullVersion(index, version));
        if (due === 0 || due > slots.tlbGen(cpu, asid)) continue;
        const claimed = slots.tlbGen(cpu, asid);
        const held = { page: key & 0xff, isStructure: list.structure, due };
        machine.report({ class: 'gen-ahead', cpu, asid, mm: mm - FIRST_USER_MM, claimed, ...held });
        return;
      }
    }
  }
}

export const genAhead: OracleInfo = {
  name: 'gen-ahead',
  latent: true,
  summary: 'a slot claims a generation that its TLB contents are older than',
  create: (machine, kernel) => new GenAhead(machine, kernel),
};
