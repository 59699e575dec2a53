import { type Decider, STOP } from '../drive/decider.js';
import { Schedule } from '../drive/schedule.js';
import { AGENT_KINDS, isEnvironment } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';

/** One pick with the answers to the choices that it asked for. */
export interface Pick {
  readonly agent: number;
  readonly choices: readonly number[];
}

/** Picks that may or may not be possible: one that cannot move is skipped. What really happens is noted. */
export class CandidateDecider implements Decider {
  readonly schedule = new Schedule();
  private next = 0;
  private answers: readonly number[] = [];
  private answered = 0;

  constructor(private readonly picks: readonly Pick[]) {}

  pick(machine: Machine): number {
    while (this.next < this.picks.length) {
      const { agent, choices } = this.picks[this.next++];
      if (!machine.canStep(agent)) continue;
      this.answers = choices;
      this.answered = 0;
      this.schedule.pick(agent);
      return agent;
    }
    this.answers = [];
    return STOP;
  }

  choose(n: number): number {
    const value = Math.min(n - 1, this.answers[this.answered++] ?? 0);
    this.schedule.choice(value);
    return value;
  }
}

/**
 * What a candidate leaves undone, done in one fixed order: each agent as long as it can move. An assertion
 * over the final memory is judged when every script has ended.
 */
export class CompletionDecider implements Decider {
  private agent = 0;
  private steps = 0;

  constructor(
    private readonly candidate: CandidateDecider,
    private readonly stepsMax: number,
  ) {}

  pick(machine: Machine): number {
    const agents = machine.cpus.length * AGENT_KINDS;
    if (machine.enabled.obligations === 0 || this.steps++ >= this.stepsMax) return STOP;
    while (isEnvironment(this.agent) || !machine.enabled.has(this.agent))
      this.agent = (this.agent + 1) % agents;
    this.candidate.schedule.pick(this.agent);
    return this.agent;
  }

  choose(n: number): number {
    return this.candidate.choose(n);
  }
}
