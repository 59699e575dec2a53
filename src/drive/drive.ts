import type { Machine } from '../machine/machine.js';
import { type Decider, STOP } from './decider.js';
import { resetLoopBudget } from './loop-budget.js';

/** The one loop in which a simulated machine is moved. */

/** What sees each step of an execution from both sides, such as a recorder. */
export interface StepWatcher {
  before(agent: number): void;
  after(agent: number): void;
}

/**
 * The loops of a long execution turn often, between its operations: after so many steps they are counted
 * anew.
 */
const LOOP_BUDGET_STEPS = 1 << 16;

/**
 * Executes a program from its beginning, as the decider says, until a violation or until nothing more is
 * decided.
 */
export function drive(machine: Machine, decider: Decider, watcher: StepWatcher | null = null): void {
  begin(machine, decider);
  proceed(machine, decider, watcher);
}

/** Brings every CPU before its first operation. */
export function begin(machine: Machine, decider: Decider): void {
  resetLoopBudget();
  // A script may choose on its way to the first operation.
  machine.choose = (n) => decider.choose(n);
  machine.begin();
}

/** Goes on from where the machine stands; another decider may have brought it there. */
export function proceed(machine: Machine, decider: Decider, watcher: StepWatcher | null = null): void {
  machine.choose = (n) => decider.choose(n);
  while (machine.violation === null) {
    const agent = decider.pick(machine);
    if (agent === STOP) return;
    if (watcher === null) machine.stepAgent(agent);
    else {
      watcher.before(agent);
      machine.stepAgent(agent);
      watcher.after(agent);
    }
    if ((machine.step & (LOOP_BUDGET_STEPS - 1)) === 0) resetLoopBudget();
  }
}
