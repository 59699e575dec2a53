import type { EnabledSet } from '../../machine/enabled-set.js';
import type { Machine } from '../../machine/machine.js';
import type { Random } from '../random.js';

/**
 * A strategy says who moves. It is a pure function of its random numbers and of what is enabled: one
 * strategy, one file, three methods.
 */
export interface Strategy {
  readonly name: string;
  /**
   * Asked once for each machine, before the first execution, by strategies that look at what CPUs are about
   * to do.
   */
  watch?(machine: Machine): void;
  /**
   * A new execution of a program with `agents` agents, expected to take `length` steps. `kinds`: kinds of
   * agents that a CPU has on this machine; the others never move.
   */
  begin(random: Random, agents: number, length: number, kinds?: number): void;
  /**
   * The agent that moves at `step`: one of `enabled`, which is not empty. `last` moved before, -1 at the
   * start.
   */
  pick(enabled: EnabledSet, last: number, step: number): number;
}

export interface StrategyInfo {
  readonly name: string;
  readonly summary: string;
  create(): Strategy;
}
