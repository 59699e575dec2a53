import type { KernelConfig } from '../kernel/kernel-cpu.js';
import type { Machine } from '../machine/machine.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import { describe } from './describe.js';
import { explain } from './explain.js';
import type { Explanation } from './explanation.js';
import { KernelNames } from './names.js';
import type { OwnCalls } from './own-calls.js';
import type { RawStep } from './raw-step.js';
import { RecordingBoard } from './recording-board.js';
import type { Site } from './site.js';
import { namesEntry } from './tell-steps.js';
import type { Teller } from './teller.js';

/** The simulated kernel: judged by the oracles, told in the kernel's words. */
export class KernelTeller implements Teller {
  readonly names: KernelNames;
  readonly log: RecordingBoard;

  constructor(
    private readonly machine: Machine,
    private readonly kernel: KernelConfig,
    readonly site: () => Site,
    private readonly own: OwnCalls | null = null,
  ) {
    this.names = new KernelNames(kernel);
    this.log = new RecordingBoard(machine, kernel);
  }

  noteStep(step: RawStep): void {
    if (namesEntry(step)) this.names.noteEntry(step.a, step.c, step.d);
  }

  describe(step: RawStep, isBuffered: boolean): string {
    return describe(step, this.names, isBuffered);
  }

  notes(cpu: number): string[] {
    const { mem } = this.machine;
    const { loadedMm, isLazy } = this.kernel.layout.cpus[cpu].tlbstate;
    return [`loaded_mm ${this.names.value(loadedMm, mem[loadedMm])}`, ...(mem[isLazy] !== 0 ? ['lazy'] : [])];
  }

  explain(steps: readonly RawStep[], violation: JudgedViolation, judged: readonly number[]): Explanation {
    return explain(this.machine, this.kernel, steps, this.names, violation, judged, this.own);
  }
}
