import { MachineObserver } from '../machine/observer.js';
import { OracleBoard } from '../oracles/board.js';
import type { KernelEvent } from './raw-step.js';

/** Keeps what the program says in a step. */
export interface EventLog {
  readonly events: KernelEvent[];
}

/** An oracle board that also keeps what the kernel says in each step. */
export class RecordingBoard extends OracleBoard implements EventLog {
  readonly events: KernelEvent[] = [];

  override event(cpu: number, kind: number, a: number, b: number): void {
    this.events.push({ cpu, kind, a, b });
    super.event(cpu, kind, a, b);
  }
}

/** Keeps what any other program says; nobody judges it but its own assertions. */
export class PlainLog extends MachineObserver implements EventLog {
  readonly events: KernelEvent[] = [];

  override event(cpu: number, kind: number, a: number, b: number): void {
    this.events.push({ cpu, kind, a, b });
  }
}
