import { AGENT_KINDS, agentOf, cpuOfAgent, isEnvironment, kindOfAgent, PREEMPT_AGENT, WALKER_AGENT } from '../machine/enabled-set.js';
import type { Machine } from '../machine/machine.js';
import { OP_USER_ACCESS } from '../machine/op-kinds.js';
import { resetLoopBudget } from './loop-budget.js';
import type { Random } from './random.js';
import { Schedule } from './schedule.js';
import type { Strategy } from './strategies/strategy.js';

/**
 * Runs one execution of a machine under a strategy, to its end: every script finished, a violation, a deadlock, or a livelock. Every
 * decision is recorded.
 */

/** How far beyond the measured length an execution may go before it is continued fairly, and how long that continuation may take. */
const LIMIT_FACTOR = 20;
const LIMIT_EXTRA = 2000;
/** The continuation's steps, all CPUs' together: a CPU more in it must not make it longer by another whole execution, or no finding holds it. */
const FAIR_STEPS_MAX = 200_000;
/** The loops of a long execution turn often, between its operations: after so many steps they are counted anew. */
const LOOP_BUDGET_STEPS = 1 << 16;

export interface EnvironmentPlan {
  /** Speculative walks that the environment begins in this execution. */
  readonly walks: number;
  /** Times that it takes a virtual CPU off its processor. Default 0. */
  readonly preemptions?: number;
}

export class Executor {
  readonly schedule = new Schedule();
  /** When the environment starts something, in ascending order: step * 2 + (1: a preemption, 0: a walk). */
  private readonly triggers: number[] = [];
  /** In half of the executions a preemption waits until its CPU stands before a user access, which its host may then have to emulate. */
  private preemptInAccess = false;
  private readonly awaited: number[] = [];

  constructor(
    readonly machine: Machine,
    private readonly plan: EnvironmentPlan,
  ) {}

  /** One execution; `random` is seeded for it, `length` is the expected number of steps. Returns the steps taken. */
  run(strategy: Strategy, random: Random, length: number): number {
    const { machine, schedule } = this;
    const enabled = machine.enabled;
    schedule.clear();
    machine.choose = (n) => {
      const value = random.below(n);
      schedule.choice(value);
      return value;
    };
    strategy.watch?.(machine);
    machine.begin();
    strategy.begin(random, machine.cpus.length * AGENT_KINDS, length, machine.agentKinds);
    this.planEnvironment(random, length);
    const limit = length * LIMIT_FACTOR + LIMIT_EXTRA;
    let last = -1;
    let triggered = 0;
    let trigger = this.triggers.length > 0 ? this.triggers[0] >> 1 : -1;
    while (machine.violation === null && machine.step < limit) {
      if (machine.step === trigger) {
        const agent = agentOf(random.below(machine.cpus.length), (this.triggers[triggered] & 1) !== 0 ? PREEMPT_AGENT : WALKER_AGENT);
        if (kindOfAgent(agent) === PREEMPT_AGENT && this.preemptInAccess) this.awaited.push(agent);
        // A virtual CPU that is out walks nowhere.
        else if (machine.canStep(agent)) enabled.add(agent);
        triggered++;
        trigger = triggered < this.triggers.length ? Math.max(this.triggers[triggered] >> 1, machine.step + 1) : -1;
      }
      if (this.awaited.length > 0) this.releaseAwaited();
      if (enabled.obligations === 0) {
        if (machine.unfinished === 0) break;
        this.reportDeadlock();
        break;
      }
      last = strategy.pick(enabled, last, machine.step);
      schedule.pick(last);
      machine.stepAgent(last);
      if ((machine.step & (LOOP_BUDGET_STEPS - 1)) === 0) resetLoopBudget();
    }
    if (machine.violation === null && machine.step >= limit && !machine.finished) this.continueFairly(limit);
    if (machine.violation === null) {
      const wrong = machine.program.check(machine);
      if (wrong !== null) machine.report('assertion', 0, wrong);
    }
    return machine.step;
  }

  /** Spreads the environment's budget over the expected length. */
  private planEnvironment(random: Random, length: number): void {
    const { walks, preemptions = 0 } = this.plan;
    this.triggers.length = 0;
    for (let i = 0; i < walks; i++) this.triggers.push(random.below(Math.max(1, length)) << 1);
    for (let i = 0; i < preemptions; i++) this.triggers.push((random.below(Math.max(1, length)) << 1) | 1);
    this.triggers.sort((a, b) => a - b);
    this.awaited.length = 0;
    this.preemptInAccess = preemptions > 0 && random.below(2) === 0;
  }

  private releaseAwaited(): void {
    for (let i = this.awaited.length - 1; i >= 0; i--) {
      const { pending, top } = this.machine.cpus[cpuOfAgent(this.awaited[i])];
      if (top === null || pending.kind !== OP_USER_ACCESS) continue;
      this.machine.enabled.add(this.awaited[i]);
      this.awaited.splice(i, 1);
    }
  }

  /** Past the limit: round robin over all agents. What does not end then makes no progress under a scheduler that is fair. */
  private continueFairly(limit: number): void {
    const { machine, schedule } = this;
    const agents = machine.cpus.length * AGENT_KINDS;
    const stepsMax = machine.step + Math.max(limit, FAIR_STEPS_MAX);
    for (let turn = 0; machine.violation === null && turn < limit * agents && machine.step < stepsMax; turn++) {
      const agent = turn % agents;
      if (machine.enabled.obligations === 0) {
        if (machine.unfinished > 0) this.reportDeadlock();
        return;
      }
      if (isEnvironment(agent) || !machine.enabled.has(agent)) continue;
      schedule.pick(agent);
      machine.stepAgent(agent);
      if ((machine.step & (LOOP_BUDGET_STEPS - 1)) === 0) resetLoopBudget();
    }
    if (machine.violation === null) {
      const stuck = machine.cpus.filter((cpu) => !cpu.finished).map((cpu) => machine.describeCpu(cpu.id));
      machine.report('livelock', 0, `no end in ${machine.step} steps, the last of them fair: ${stuck.join('; ')}`);
    }
  }

  private reportDeadlock(): void {
    const { machine } = this;
    const stuck = machine.cpus.filter((cpu) => !cpu.finished);
    machine.report('deadlock', stuck[0].id, `nobody can move: ${stuck.map((cpu) => machine.describeCpu(cpu.id)).join('; ')}`);
  }
}
