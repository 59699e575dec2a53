import type { Machine } from './machine.js';

/**
 * A grace period that begins now: it is over when every CPU that has interrupts off has enabled them.
 * Disabling interrupts is a full barrier in this build (see Cpu), so a CPU whose flag reads 1 here walks
 * nothing that it found before, if that was unlinked by now.
 */
export class GracePeriod {
  /** Those that it waits for: [cpu, its count of enablings when it began, ...]. */
  private readonly cpus: number[] = [];

  constructor(private readonly machine: Machine) {
    for (let cpu = 0; cpu < machine.program.cpus; cpu++) {
      // The count first: an enabling between the two reads is then seen as one.
      const enablings = machine.enablings(cpu);
      if (!machine.interruptsOn(cpu)) this.cpus.push(cpu, enablings);
    }
  }

  isOver(): boolean {
    const { machine, cpus } = this;
    while (cpus.length > 0) {
      const enablings = cpus[cpus.length - 1];
      const cpu = cpus[cpus.length - 2];
      if (!machine.interruptsOn(cpu) && machine.enablings(cpu) === enablings) return false;
      cpus.length -= 2;
    }
    return true;
  }
}
