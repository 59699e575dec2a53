import {
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  HOST_AGENT,
  isBehind,
  kindOfAgent,
  NATIVE_KINDS,
} from '../../machine/agents.js';
import type { EnabledSet } from '../../machine/enabled-set.js';
import type { Machine } from '../../machine/machine.js';
import * as K from '../../machine/op-kinds.js';
import { Touches } from '../../machine/touches.js';
import type { Random } from '../random.js';
import type { Strategy, StrategyInfo } from './strategy.js';

/**
 * Delays before racy accesses (after DataCollider, Erickson, Musuvathi, Burckhardt, Olynyk, OSDI 2010): a CPU
 * that is about to write a word that another CPU touched last, or in half of the executions to read it, is
 * held, with a probability drawn per execution, while others are picked at random. What is checked before
 * such an access and no longer true at it lies in a window of a few steps, which picking at random seldom
 * meets and keeps open more seldom still. The host of a virtual CPU between two steps of its own is held in
 * the same way.
 */

/** Probability of a delay, one in so many; drawn per execution. */
const ONE_IN = [2, 8, 32];
/** Stickiness of what is picked at random, in 1/1024; drawn per execution. */
const STICKINESS = [0, 922];
/** Shortest delay in steps; the longest is a fraction of an execution beyond it, drawn per execution. */
const STEPS_MIN = 8;
const LONGEST = [16, 4];
/** Writes to memory: plain and locked. */
const WRITES = new Set([
  K.OP_WRITE_ONCE,
  K.OP_STORE_RELEASE,
  K.OP_XCHG,
  K.OP_CMPXCHG,
  K.OP_CMPXCHG_PAIR,
  K.OP_FETCH_ADD,
  K.OP_FETCH_OR,
  K.OP_FETCH_AND,
]);

class DelayStrategy implements Strategy {
  readonly name = 'delay';
  private random!: Random;
  /** Null: nobody has shown a machine, and nothing is delayed. */
  private machine: Machine | null = null;
  private oneIn = 2;
  private sticky = 0;
  private readsToo = false;
  private slowBuffers = false;
  private slowHosts = false;
  private stepsMax = 1;
  /** By agent: the step until which it is held, and the step of the operation that has been decided about. */
  private held = new Int32Array(0);
  private decided = new Int32Array(0);

  watch(machine: Machine): void {
    this.machine = machine;
    machine.touches ??= new Touches(machine.program.image.length);
  }

  begin(random: Random, agents: number, length: number, kinds = NATIVE_KINDS): void {
    this.random = random;
    if (this.held.length !== agents) {
      this.held = new Int32Array(agents);
      this.decided = new Int32Array(agents);
    }
    this.held.fill(0);
    this.decided.fill(-1);
    this.oneIn = ONE_IN[random.below(ONE_IN.length)];
    this.readsToo = random.below(2) === 0;
    this.slowBuffers = random.below(2) === 0;
    this.slowHosts = kinds > NATIVE_KINDS && random.below(2) === 0;
    this.sticky = STICKINESS[random.below(STICKINESS.length)];
    this.stepsMax = Math.max(1, Math.floor(length / LONGEST[random.below(LONGEST.length)]));
  }

  pick(enabled: EnabledSet, last: number, step: number): number {
    if (last >= 0 && enabled.has(last) && this.random.below(1024) < this.sticky && this.mayGo(last, step))
      return last;
    // A few draws; if everybody drawn is held, the last one goes, so that nothing waits for ever.
    let agent = enabled.list[this.random.below(enabled.count)];
    for (let draws = 0; draws < 2 * enabled.count && !this.mayGo(agent, step); draws++)
      agent = enabled.list[this.random.below(enabled.count)];
    if (!this.isSlow(kindOfAgent(agent)) || this.random.below(8) === 0) return agent;
    const other = enabled.list[this.random.below(enabled.count)];
    return this.mayGo(other, step) ? other : agent;
  }

  private isSlow(kind: number): boolean {
    return (this.slowBuffers && kind === BUFFER_AGENT) || (this.slowHosts && isBehind(kind));
  }

  /** Whether the agent is not held; decides about a racy write when it is first seen. */
  private mayGo(agent: number, step: number): boolean {
    if (this.held[agent] > step) return false;
    const { machine } = this;
    const kind = kindOfAgent(agent);
    if (machine === null) return true;
    if (kind === HOST_AGENT)
      return this.decide(agent, step, machine.hypervisor?.progress(cpuOfAgent(agent)) ?? 0);
    if (kind !== CPU_AGENT) return true;
    const id = cpuOfAgent(agent);
    const { pending } = machine.cpus[id];
    const candidate = WRITES.has(pending.kind) || (this.readsToo && pending.kind === K.OP_READ_ONCE);
    if (!candidate || machine.touches?.byOther(id, pending.a) !== true) return true;
    return this.decide(agent, step, machine.stepsOf(id));
  }

  /** `at`: a number that differs from one operation of the agent to the next. */
  private decide(agent: number, step: number, at: number): boolean {
    if (this.decided[agent] === at) return true;
    this.decided[agent] = at;
    if (this.random.below(this.oneIn) !== 0) return true;
    this.held[agent] = step + STEPS_MIN + this.random.below(this.stepsMax);
    return false;
  }
}

export const delay: StrategyInfo = {
  name: 'delay',
  summary:
    'holds CPUs before accesses to words that another CPU touched last, and lets the others go on ' +
    '(after DataCollider)',
  create: () => new DelayStrategy(),
};
