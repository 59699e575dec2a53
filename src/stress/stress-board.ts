import { EV_DECIDED } from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import type { JudgedMachine } from '../machine/ports.js';
import { OracleBoard } from '../oracles/board.js';
import { crossMm } from '../oracles/cross-mm.js';
import { freedTableWalk } from '../oracles/freed-table-walk.js';
import { genAhead } from '../oracles/gen-ahead.js';
import type { Oracle } from '../oracles/oracle.js';
import { staleUse } from '../oracles/stale-use.js';
import { unlockOfFree } from '../oracles/unlock-of-free.js';

/**
 * The oracles that a thread can judge by: what its own CPU uses, from its own TLB and from ghost state that
 * others have published. What needs a look at all CPUs at once (csd-reuse, lost-ack, the end of user stores
 * in a buffer) is the explorer's; deadlock is the watchdog's. `gen-ahead` is judged at the CPU's own
 * decisions only: it looks at the whole TLB.
 */
export class StressBoard extends OracleBoard {
  private readonly genAhead: Oracle;

  constructor(machine: JudgedMachine, kernel: KernelConfig) {
    super(machine, kernel, [staleUse, crossMm, freedTableWalk, unlockOfFree]);
    this.genAhead = genAhead.create?.(machine, kernel) as Oracle;
  }

  override event(cpu: number, kind: number, a: number, b: number): void {
    this.counters.event(kind, a, b);
    this.meter.event(cpu, kind, a, b);
    if (kind === EV_DECIDED) this.genAhead.event?.(cpu, kind, a, b);
  }
}
