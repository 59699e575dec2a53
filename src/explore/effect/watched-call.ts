import { type Act, isRead } from './acts.js';
import type { AskedCall } from './asked-call.js';
import type { Watching } from './cpus.js';

/** A call of the variant's while it runs, and what is asked beside it. */
export class WatchedCall implements Watching {
  outer: Watching | null = null;
  private address = 0;

  constructor(private readonly asked: readonly AskedCall[]) {}

  before(act: Act): void {
    this.address = act.a;
    const reads = isRead(act.kind);
    for (const call of this.asked) call.before(act, reads);
  }

  after(value: number): void {
    for (const call of this.asked) call.after(this.address, value);
  }
}
