import { AGENT_KINDS, isEnvironment } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';
import { type Decider, STOP } from './decider.js';
import type { Schedule } from './schedule.js';

/** A livelock is one after at least so many fair steps. */
export const FAIR_STEPS_MIN = 2_000;

/**
 * Round robin over all agents, for a limited time. What does not end then makes no progress under a scheduler
 * that is fair.
 */
export class FairDecider implements Decider {
  private turn = 0;

  /**
   * `schedule` notes the decisions. `turnsMax`: turns that agents are given, whether they can use them or
   * not; `stepsMax`: where the execution's steps, those before this one took over among them, are enough.
   */
  constructor(
    private readonly schedule: Schedule,
    private readonly turnsMax: number,
    private readonly stepsMax: number,
    private readonly answer: (n: number) => number,
  ) {}

  pick(machine: Machine): number {
    const agents = machine.cpus.length * AGENT_KINDS;
    if (machine.step >= this.stepsMax || machine.enabled.obligations === 0) return STOP;
    while (this.turn < this.turnsMax) {
      const agent = this.turn++ % agents;
      if (isEnvironment(agent) || !machine.enabled.has(agent)) continue;
      this.schedule.pick(agent);
      return agent;
    }
    return STOP;
  }

  choose(n: number): number {
    return this.answer(n);
  }
}
