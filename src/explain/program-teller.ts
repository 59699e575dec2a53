import type { Machine } from '../machine/machine.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import { describeWithPokes } from './describe.js';
import { explainPlain } from './explain-plain.js';
import type { Explanation } from './explanation.js';
import { PlainNames } from './plain-names.js';
import type { RawStep } from './raw-step.js';
import { PlainLog } from './recording-board.js';
import type { Site } from './site.js';
import type { Teller } from './teller.js';

/** Any other program: judged by its own assertions, its words named as its layout names them. */
export class ProgramTeller implements Teller {
  readonly names: PlainNames;
  readonly log = new PlainLog();

  constructor(
    private readonly machine: Machine,
    readonly site: () => Site,
  ) {
    this.names = new PlainNames(machine.program.layout);
  }

  noteStep(): void {}

  describe(step: RawStep, isBuffered: boolean): string {
    return describeWithPokes(step, this.names, isBuffered);
  }

  notes(): string[] {
    return [];
  }

  explain(steps: readonly RawStep[], violation: JudgedViolation, judged: readonly number[]): Explanation {
    return explainPlain(this.machine, steps, this.names, violation, judged);
  }
}
