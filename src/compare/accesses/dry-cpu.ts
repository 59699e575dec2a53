import { type KernelConfig, KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Machine } from '../../machine/machine.js';
import type { Op } from '../../machine/protocol.js';

/** What has no boundary, as it is told. */
export type Immediate = 'peek' | 'poke' | 'choose' | 'rmb' | 'warning' | 'call' | 'run' | 'ask';

export interface DryListener {
  /** Its callers are on the stack. */
  immediate(what: Immediate, address: number, value: number): void;
  /** What a choice among `n` answers. */
  choice(n: number): number;
}

/** Of three calls of a condition two say yes. */
const ANSWERS = 3;

/**
 * A CPU that only says what it would do: what has no boundary is told at once, a store among it, which the
 * listener makes; the rest stands in its pending registers. Notes to oracles are none.
 */
export class DryCpu extends KernelCpu {
  constructor(
    machine: Machine,
    id: number,
    config: KernelConfig,
    private readonly told: DryListener,
  ) {
    super(machine, id, config);
  }

  override peek(address: number): Op {
    this.told.immediate('peek', address, 0);
    return this.done(this.machine.mem[address]);
  }
  override poke(address: number, value: number): Op {
    this.told.immediate('poke', address, value);
    return this.nothing();
  }
  override choose(n: number): Op {
    const answer = this.told.choice(n);
    this.told.immediate('choose', n, answer);
    return this.done(answer);
  }
  override smpRmb(): Op {
    this.told.immediate('rmb', 0, 0);
    return this.nothing();
  }
  override assert(condition: boolean, _message: string): Op {
    if (!condition) this.told.immediate('warning', 0, 0);
    return this.nothing();
  }
  /** A call that is told and not made. */
  called(mask: number, isConditional: boolean): void {
    this.told.immediate('call', mask, isConditional ? 1 : 0);
  }
  /** What CPUs are called to run, for a request, and what chooses them: told and not made. */
  tellsRun(initiator: number): void {
    this.told.immediate('run', initiator, initiator);
  }
  tellsAsked(target: number): boolean {
    this.told.immediate('ask', target, target);
    return this.told.choice(ANSWERS) !== 0;
  }
  override event(): Op {
    return this.nothing();
  }
}
