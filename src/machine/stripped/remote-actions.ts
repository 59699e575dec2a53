import {
  carryOut,
  PAYLOAD_WORDS,
  RAR_PENDING,
  RAR_SUCCESS,
  type RemoteActionLayout,
} from '../remote-actions.js';
import { askFor } from './attention.js';
import type { Machine } from './machine.js';
import { ATTEND_REQUEST, type ControlWords, type Runner } from './runner.js';

/**
 * This thread's part in remote action requests: the stripped build's twin of machine/remote-actions.ts, with
 * the same words. The signal is a bit of the target's attention word, so it is found at a boundary, whatever
 * the interrupt flag says (there is no IGNORE_IF here); what the target stored before is in memory by then,
 * which is more than the explorer promises.
 */
export class RemoteActions {
  private readonly control: ControlWords;
  /** Payloads for which this CPU has signalled itself. */
  private own = 0;

  constructor(
    private readonly machine: Machine,
    private readonly runner: Runner,
    private readonly layout: RemoteActionLayout,
    private readonly id: number,
  ) {
    this.control = machine.control;
  }

  signal(target: number, slot: number): void {
    const { control, id } = this;
    if (target === id) this.own |= 1 << slot;
    const mustRing = askFor(control.locked, control.attention(target), ATTEND_REQUEST);
    // A CPU finds its own bit at its next boundary.
    if (mustRing && target !== id) this.runner.ring(id, target);
  }

  /** Carries out what is PENDING in this CPU's action vector. */
  serve(): void {
    const { machine, layout, id } = this;
    const { locked, mem } = machine;
    const block = machine.block(id);
    for (let slot = 0; slot < layout.slots; slot++) {
      const entry = layout.actions[id] + slot;
      if (locked.load(entry) !== RAR_PENDING) continue;
      const isOwn = ((this.own >> slot) & 1) !== 0;
      this.own &= ~(1 << slot);
      const payload = layout.payloads + slot * PAYLOAD_WORDS;
      const isDone = isOwn && !layout.actsOnSelf;
      const status = isDone ? RAR_SUCCESS : carryOut(mem, machine.mmu, block, payload, machine.layout.pages);
      machine.observer.invalidated(id);
      locked.exchange(entry, status);
      this.runner.changed(id, entry);
    }
  }
}
