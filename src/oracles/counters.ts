import * as C from '../kernel/constants.js';
import * as E from '../kernel/events.js';
import { COUNTERS } from '../vocabulary/counter-names.js';

export { COUNTERS };
export type CounterName = (typeof COUNTERS)[number];

const index = Object.fromEntries(COUNTERS.map((name, i) => [name, i])) as Record<CounterName, number>;

export class Counters {
  readonly values = new Float64Array(COUNTERS.length);

  add(name: CounterName): void {
    this.values[index[name]]++;
  }

  /** Locked instructions of an execution; the machine counts them itself. */
  addLocked(operations: number): void {
    this.values[index.lockedOperations] += operations;
  }

  drainOvertaken(): void {
    this.values[index.drainsOvertaken]++;
  }

  event(kind: number, a: number, b: number): void {
    const values = this.values;
    switch (kind) {
      case E.EV_TLB_FLUSH:
        this.tlbFlush(a, b);
        return;
      case E.EV_DECIDED:
        if (b === E.DECIDED_EARLY_OUT) values[index.ipisForNothing]++;
        return;
      case E.EV_SHOULD_FLUSH:
        if (b === 0) values[index.targetsFiltered]++;
        return;
      case E.EV_BROADCAST:
      case E.EV_BATCH_BROADCAST:
        values[index.broadcasts]++;
        return;
      case E.EV_IPI_SERVED:
        values[index.ipisServed]++;
        return;
      case E.EV_LAZY_REENTRY:
        values[index.lazyReentries]++;
        values[index.lazyReentryFlushes] += b;
        return;
      case E.EV_UNLAZIED:
        values[index.lazyDisturbed]++;
        return;
      case E.EV_COW_BREAK:
        values[index.cowBreaks]++;
        return;
      case E.EV_RECLAIMED:
        values[index.reclaims]++;
        return;
      case E.EV_SEGV:
        values[index.segvs]++;
        return;
      case E.EV_DEGRADED:
        values[index.degradedFlushes]++;
        return;
      case E.EV_ADDED_LOCKED:
        values[a !== 0 ? index.ownerLockedOps : index.initiatorLockedOps]++;
        return;
      case E.EV_OPERATION:
        values[index.operations]++;
        return;
      default:
    }
  }

  private tlbFlush(reason: number, pages: number): void {
    const values = this.values;
    if (reason === C.TLB_FLUSH_ON_TASK_SWITCH)
      values[pages === 0 ? index.noFlushSwitches : index.switchFlushes]++;
    else if (reason === C.TLB_REMOTE_SEND_IPI) values[index.shootdowns]++;
    else if (reason === C.TLB_REMOTE_WRONG_CPU || (reason === C.TLB_REMOTE_SHOOTDOWN && pages === 0))
      values[index.ipisForNothing]++;
    else if (pages < 0) values[index.fullFlushes]++;
    else if (pages > 0) values[index.partialFlushes]++;
  }

  toRecord(): Record<CounterName, number> {
    return Object.fromEntries(COUNTERS.map((name, i) => [name, this.values[i]])) as Record<
      CounterName,
      number
    >;
  }
}
