import { FIRST_USER_MM } from '../kernel/constants.js';
import { EV_DECIDED } from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import type { JudgedMachine } from '../machine/ports.js';
import type { Oracle, OracleInfo } from './oracle.js';
import { Slots } from './slots.js';

/**
 * `gen-above-mm` (latent): a slot's generation is above its mm's, so that later flushes will be thought done.
 * Judged where gen-ahead is.
 */
class GenAboveMm implements Oracle {
  private readonly slots: Slots;

  constructor(
    private readonly machine: JudgedMachine,
    kernel: KernelConfig,
  ) {
    this.slots = new Slots(machine, kernel);
  }

  event(cpu: number, kind: number): void {
    if (kind === EV_DECIDED) this.judge(cpu);
  }

  vcpuEntered(cpu: number): void {
    // As in gen-ahead: with interrupts off a slot may be half stored.
    if (this.machine.interruptsOn(cpu)) this.judge(cpu);
  }

  interruptsEnabled(cpu: number): void {
    this.judge(cpu);
  }

  private judge(cpu: number): void {
    const { machine, slots } = this;
    for (let asid = 0; asid < slots.count(cpu); asid++) {
      const ctxId = slots.ctxId(cpu, asid);
      if (ctxId === 0) continue;
      const mm = slots.mmWithCtxId(ctxId);
      if (mm < FIRST_USER_MM) continue;
      const slotGen = slots.tlbGen(cpu, asid);
      const mmGen = slots.mmTlbGen(mm);
      if (slotGen <= mmGen) continue;
      machine.report({
        class: 'gen-above-mm',
        cpu,
        asid,
        mm: mm - FIRST_USER_MM,
        claimed: slotGen,
        tlbGen: mmGen,
      });
      return;
    }
  }
}

export const genAboveMm: OracleInfo = {
  name: 'gen-above-mm',
  latent: true,
  summary: "a slot claims a generation above its mm's",
  create: (machine, kernel) => new GenAboveMm(machine, kernel),
};
