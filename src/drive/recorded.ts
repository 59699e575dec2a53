import { agentName } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';
import { type Decider, STOP } from './decider.js';
import { drive, type StepWatcher } from './drive.js';

/**
 * Decisions that were recorded. A decision that is impossible here means that the program or the version is
 * not the one that was recorded: `diverged` says which, and the execution stops.
 */
export class RecordedDecider implements Decider {
  /** Why the decisions could not be followed; null while they can. */
  diverged: string | null = null;
  private next = 0;

  constructor(
    private readonly machine: Machine,
    private readonly decisions: ArrayLike<number>,
  ) {}

  /** Decisions that nobody has asked for yet. */
  get left(): number {
    return this.decisions.length - this.next;
  }

  pick(machine: Machine): number {
    if (this.diverged !== null || this.next >= this.decisions.length) return STOP;
    const agent = this.decisions[this.next++];
    if (agent < 0) return this.diverge('the schedule answers a choice that was not asked for');
    if (!machine.canStep(agent))
      return this.diverge(`the schedule moves agent ${agentName(agent)}, which cannot move`);
    return agent;
  }

  choose(n: number): number {
    const decision = this.decisions[this.next];
    if (decision === undefined || decision >= 0) {
      this.diverge(`a choice of ${n} is asked for that the schedule does not answer`);
      return 0;
    }
    this.next++;
    const answer = -1 - decision;
    if (answer >= n) this.diverge(`the schedule answers ${answer} to a choice of ${n}`);
    return Math.min(n - 1, answer);
  }

  private diverge(why: string): typeof STOP {
    this.diverged ??= `step ${this.machine.step}: ${why}`;
    return STOP;
  }
}

/**
 * Follows recorded decisions on a machine, from its beginning. Answers null, or why they could not be
 * followed.
 */
export function follow(
  machine: Machine,
  decisions: ArrayLike<number>,
  watcher: StepWatcher | null = null,
): string | null {
  const decider = new RecordedDecider(machine, decisions);
  drive(machine, decider, watcher);
  return decider.diverged;
}
