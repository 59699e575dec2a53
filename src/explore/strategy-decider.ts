import type { Decider } from '../drive/decider.js';
import { STOP } from '../drive/decider.js';
import { Schedule } from '../drive/schedule.js';
import {
  AGENT_KINDS,
  agentOf,
  cpuOfAgent,
  kindOfAgent,
  PREEMPT_AGENT,
  WALKER_AGENT,
} from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';
import { OP_USER_ACCESS } from '../machine/op-kinds.js';
import type { Random } from './random.js';
import type { Strategy } from './strategies/strategy.js';

export interface EnvironmentPlan {
  /** Speculative walks that the environment begins in this execution. */
  readonly walks: number;
  /** Times that it takes a virtual CPU off its processor. Default 0. */
  readonly preemptions?: number;
}

/**
 * A strategy picks, and an environment with a budget starts walks and preemptions in between. Every decision
 * is recorded.
 */
export class StrategyDecider implements Decider {
  readonly schedule = new Schedule();
  /** When the environment starts something, in ascending order: step * 2 + (1: a preemption, 0: a walk). */
  private readonly triggers: number[] = [];
  /** The step of the next trigger, or -1; how many have been. */
  private trigger = -1;
  private triggered = 0;
  /**
   * In half of the executions a preemption waits until its CPU stands before a user access, which its host
   * may then have to emulate.
   */
  private preemptInAccess = false;
  private readonly awaited: number[] = [];
  private strategy!: Strategy;
  private random!: Random;
  private last = -1;
  private limit = 0;

  constructor(private readonly plan: EnvironmentPlan) {}

  /** A new execution; the machine has not begun yet. */
  prepare(machine: Machine, strategy: Strategy, random: Random): void {
    this.strategy = strategy;
    this.random = random;
    this.schedule.clear();
    strategy.watch?.(machine);
  }

  /**
   * The machine has begun. `length`: steps that are expected; from step `limit` on nothing is decided here.
   */
  begin(machine: Machine, length: number, limit: number): void {
    this.strategy.begin(this.random, machine.cpus.length * AGENT_KINDS, length, machine.units.agentKinds);
    this.planEnvironment(length);
    this.last = -1;
    this.limit = limit;
    this.triggered = 0;
    this.trigger = this.triggers.length > 0 ? this.triggers[0] >> 1 : -1;
  }

  choose(n: number): number {
    const value = this.random.below(n);
    this.schedule.choice(value);
    return value;
  }

  pick(machine: Machine): number {
    const { enabled, step } = machine;
    if (step >= this.limit) return STOP;
    if (step === this.trigger) this.beginEnvironment(machine);
    if (this.awaited.length > 0) this.releaseAwaited(machine);
    if (enabled.obligations === 0) return STOP;
    this.last = this.strategy.pick(enabled, this.last, step);
    this.schedule.pick(this.last);
    return this.last;
  }

  /** Spreads the environment's budget over the expected length. */
  private planEnvironment(length: number): void {
    const { random } = this;
    const { walks, preemptions = 0 } = this.plan;
    if (this.triggers.length !== 0) this.triggers.length = 0;
    for (let i = 0; i < walks; i++) this.triggers.push(random.below(Math.max(1, length)) << 1);
    for (let i = 0; i < preemptions; i++) this.triggers.push((random.below(Math.max(1, length)) << 1) | 1);
    if (this.triggers.length > 1) this.triggers.sort((a, b) => a - b);
    if (this.awaited.length !== 0) this.awaited.length = 0;
    this.preemptInAccess = preemptions > 0 && random.below(2) === 0;
  }

  private beginEnvironment(machine: Machine): void {
    const { triggers, random } = this;
    const kind = (triggers[this.triggered] & 1) !== 0 ? PREEMPT_AGENT : WALKER_AGENT;
    const agent = agentOf(random.below(machine.cpus.length), kind);
    if (kindOfAgent(agent) === PREEMPT_AGENT && this.preemptInAccess) this.awaited.push(agent);
    // A virtual CPU that is out walks nowhere.
    else if (machine.canStep(agent)) machine.enabled.add(agent);
    this.triggered++;
    // One a step: triggers that were drawn for the same step follow each other.
    this.trigger =
      this.triggered < triggers.length ? Math.max(triggers[this.triggered] >> 1, machine.step + 1) : -1;
  }

  private releaseAwaited(machine: Machine): void {
    for (let i = this.awaited.length - 1; i >= 0; i--) {
      const { pending, code } = machine.cpus[cpuOfAgent(this.awaited[i])];
      if (code.idle || pending.kind !== OP_USER_ACCESS) continue;
      machine.enabled.add(this.awaited[i]);
      this.awaited.splice(i, 1);
    }
  }
}
