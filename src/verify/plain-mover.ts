import { BUFFER_AGENT, CPU_AGENT, LINE_AGENT } from '../machine/agents.js';
import type { Mover } from './moves.js';
import type { RowTable } from './row-table.js';
import { FINE, VIOLATION } from './space.js';
import { NOBODY, type Stepper } from './step.js';

/** Moves of a plain program's CPUs. */
export class PlainMover implements Mover {
  readonly agents = [CPU_AGENT, BUFFER_AGENT, LINE_AGENT];

  /** `isBad` says whether the program's invariant is broken in a memory. */
  constructor(
    private readonly stepper: Stepper,
    private readonly memory: RowTable,
    private readonly isBad: (memory: number) => boolean,
  ) {}

  set choose(choose: (n: number) => number) {
    this.stepper.choose = choose;
  }

  load(memory: number, component: number): void {
    const { stepper } = this;
    const { width, rows } = this.memory;
    for (let i = 0; i < width; i++) stepper.mem[i] = rows[memory * width + i];
    stepper.load(component);
  }

  canMove(agent: number): boolean {
    return this.stepper.canMove(agent);
  }

  move(agent: number): readonly number[] {
    const { stepper } = this;
    stepper.move(agent);
    const memory = this.memory.intern(stepper.mem);
    const { outcome, target, targetFlag } = stepper;
    const isBad = outcome === FINE && this.isBad(memory);
    return [
      agent,
      memory,
      stepper.store(),
      target,
      target === NOBODY ? 0 : targetFlag,
      isBad ? VIOLATION : outcome,
    ];
  }
}
