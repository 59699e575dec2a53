import { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Op } from '../../machine/protocol.js';
import * as A from './acts.js';

/**
 * The two CPUs of a comparison: the one that runs the variant, which tells what it does at once, and the one
 * on which the base's function is asked, which does nothing by itself.
 */

/** A call that is compared while it runs. */
export interface Watching {
  /** The call around this one, if that is compared too. */
  outer: Watching | null;
  /** The function is about to do something, or to read. */
  before(act: A.Act): void;
  /** It has been done, or read, with this result. */
  after(value: number): void;
}

/**
 * The variant's CPU: as any other, and each effect without a boundary is told to the calls that are compared.
 */
export class WatchedCpu extends KernelCpu {
  /** The innermost compared call that is running now; null between steps. */
  watching: Watching | null = null;

  private told(kind: number, a: number, b: number, c: number, act: () => number): Op {
    const { watching } = this;
    if (watching === null) return this.done(act());
    for (let call: Watching | null = watching; call !== null; call = call.outer)
      call.before({ kind, a, b, c, d: 0, e: 0 });
    const value = act();
    for (let call: Watching | null = watching; call !== null; call = call.outer) call.after(value);
    return this.done(value);
  }

  override poke(address: number, value: number): Op {
    return this.told(A.ACT_POKE, address, value, 0, () => {
      super.poke(address, value);
      return 0;
    });
  }
  override choose(n: number): Op {
    return this.told(A.ACT_CHOOSE, n, 0, 0, () => this.machine.choose(n));
  }
  override promise(mm: number, page: number, rights: number): Op {
    return this.told(A.ACT_PROMISE, mm, page, rights, () => {
      super.promise(mm, page, rights);
      return 0;
    });
  }
  override operationReturned(): Op {
    return this.told(A.ACT_RETURNED, 0, 0, 0, () => {
      super.operationReturned();
      return 0;
    });
  }
  override newAddressSpace(mm: number): Op {
    return this.told(A.ACT_NEW_SPACE, mm, 0, 0, () => this.machine.ghost.newAddressSpace(mm));
  }
  override assert(condition: boolean, message: string): Op {
    if (condition) return this.done(0);
    return this.told(A.ACT_FAILED_ASSERT, 0, 0, 0, () => {
      super.assert(condition, message);
      return 0;
    });
  }
}

/**
 * A CPU that only says what it would do. What has an effect without a boundary stops here as every operation
 * does, to be compared first. Events are notes: a function that leaves one out acts as one that makes it.
 */
export class AskedCpu extends KernelCpu {
  override poke(address: number, value: number): Op {
    return this.op(A.ACT_POKE, address, value, 0);
  }
  override choose(n: number): Op {
    return this.op(A.ACT_CHOOSE, n, 0, 0);
  }
  override event(_kind: number, _a: number, _b: number): Op {
    return this.done(0);
  }
  override promise(mm: number, page: number, rights: number): Op {
    return this.op(A.ACT_PROMISE, mm, page, rights);
  }
  override operationReturned(): Op {
    return this.op(A.ACT_RETURNED, 0, 0, 0);
  }
  override newAddressSpace(mm: number): Op {
    return this.op(A.ACT_NEW_SPACE, mm, 0, 0);
  }
  override assert(condition: boolean, _message: string): Op {
    return condition ? this.done(0) : this.op(A.ACT_FAILED_ASSERT, 0, 0, 0);
  }
}
