import type { KernelProgram } from '../kernel/kernel-program.js';
import { KernelSpace } from '../verify/kernel/kernel-space.js';
import { MemoryBudget } from '../verify/row-table.js';
import { Search, type SearchResult } from '../verify/search.js';
import type { MemoryModel, ViolationClass } from '../vocabulary/violation.js';
import { GivenAnswers } from './given-answers.js';
import { KeptOrderings } from './kept-orderings.js';
import { OrderedSpace } from './ordered-space.js';
import type { Ordering } from './ordering.js';

/** All executions of a kernel in a scenario that keep some orderings, where there are not too many states. */

export interface OrderedSearch {
  readonly orderings: readonly Ordering[];
  /** By agent: the answers to its choices in the execution that they are of. */
  readonly choices: ReadonlyMap<number, readonly number[]>;
  /** Steps of the execution that they are of. */
  readonly steps: number;
  /** What is to come of them. */
  readonly violation: ViolationClass;
  readonly memory: MemoryModel;
  readonly statesMax: number;
}

export interface AllExecutions {
  /** Each that keeps the orderings was looked at. */
  readonly isComplete: boolean;
  readonly states: number;
  /** Steps into the violation, and into another one, in which all orderings have come true. */
  readonly failing: number;
  readonly otherwise: number;
  /** Decisions of a shortest one in which all come true and nothing is wrong; null: none was met. */
  readonly correct: readonly number[] | null;
  /** Why it is not complete; null also where there is a correct one. */
  readonly ended: SearchResult['ended'];
}

const BYTES = 2 ** 30;

/** For lowered code only. The environment does nothing. `onStates` is told now and then how many it has. */
export function allExecutions(
  kernel: KernelProgram,
  { orderings, choices, steps, violation, memory, statesMax }: OrderedSearch,
  onStates: (states: number) => void = () => undefined,
): AllExecutions {
  const budget = new MemoryBudget(BYTES);
  const inner = new KernelSpace(kernel, memory, { walks: 0, preemptions: 0 }, budget);
  const space = new OrderedSpace(
    inner,
    new KeptOrderings(orderings, steps),
    new GivenAnswers(choices),
    violation,
  );
  const search: Search = new Search(space, budget, {
    onRest: () => onStates(search.count),
    isOver: () => false,
    statesMax,
  });
  const result = search.run();
  const { schedule, ended, states } = result;
  const isComplete = ended === null && schedule === null;
  const { failing, otherwise } = space;
  return { isComplete, states, failing, otherwise, correct: schedule, ended };
}
