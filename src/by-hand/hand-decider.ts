import { type Decider, STOP } from '../drive/decider.js';
import { Schedule } from '../drive/schedule.js';
import { agentName } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';

/** An answer to a recorded `choose(n)`. */
export interface Choice {
  /** The `n` of it. */
  readonly of: number;
  readonly answer: number;
  /** Its index among the execution's decisions. */
  readonly decision: number;
}

/**
 * A person's decisions, and then those of who takes over. A choice that nobody has answered is answered by 0;
 * `made` has what was decided in fact.
 */
export class HandDecider implements Decider {
  /** Why a decision could not be followed; null while they can. */
  diverged: string | null = null;
  /** Asked for in the step under way, or before the first. */
  choices: Choice[] = [];
  private readonly schedule = new Schedule();
  private next = 0;
  private tail: Decider | null = null;

  /**
   * `enter`: who takes over, on the machine as it stands then; null: nobody. `stepsMax`: steps of the whole
   * execution at most.
   */
  constructor(
    private readonly decisions: readonly number[],
    private readonly stepsMax: number,
    private readonly enter: ((machine: Machine) => Decider) | null,
  ) {}

  /** Every decision, in order. */
  get made(): readonly number[] {
    return this.schedule.toArray();
  }

  /** How many of them there are. */
  get count(): number {
    return this.schedule.length;
  }

  pick(machine: Machine): number {
    this.choices = [];
    const agent = this.diverged !== null || machine.step >= this.stepsMax ? STOP : this.nextAgent(machine);
    if (agent !== STOP) this.schedule.pick(agent);
    return agent;
  }

  choose(n: number): number {
    const answer = this.tail?.choose(n) ?? this.given(n);
    this.choices.push({ of: n, answer, decision: this.schedule.length });
    this.schedule.choice(answer);
    return answer;
  }

  private nextAgent(machine: Machine): number {
    if (this.next >= this.decisions.length) {
      this.tail ??= this.enter?.(machine) ?? null;
      return this.tail?.pick(machine) ?? STOP;
    }
    const agent = this.decisions[this.next++];
    if (agent < 0) return this.stop(machine, 'a choice is answered that was not asked for');
    return machine.canStep(agent) ? agent : this.stop(machine, `${agentName(agent)} cannot move`);
  }

  private given(n: number): number {
    const decision = this.decisions[this.next];
    if (decision === undefined || decision >= 0) return 0;
    this.next++;
    const answer = -1 - decision;
    if (answer >= n) this.diverged ??= `${answer} is answered to a choice of ${n}`;
    return Math.min(n - 1, answer);
  }

  private stop(machine: Machine, why: string): typeof STOP {
    this.diverged ??= `step ${machine.step}: ${why}`;
    return STOP;
  }
}
