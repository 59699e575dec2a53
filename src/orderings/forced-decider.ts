import { type Decider, STOP } from '../drive/decider.js';
import { Schedule } from '../drive/schedule.js';
import type { Random } from '../explore/random.js';
import {
  AGENT_KINDS,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  isEnvironment,
  kindOfAgent,
} from '../machine/agents.js';
import * as H from '../machine/hardware.js';
import { MachineListener } from '../machine/listener.js';
import type { Machine } from '../machine/machine.js';
import {
  OP_SET_PTE,
  OP_SPIN_UNLOCK,
  OP_STORE_RELEASE,
  OP_USER_ACCESS,
  OP_WRITE_ONCE,
  STEP_DRAIN,
} from '../machine/op-kinds.js';
import { DRAINS } from '../machine/operations/index.js';
import { bufferedStores, isSame, nextOf, oldestStore } from './happening.js';
import { KeptOrderings, type Pair, type Side } from './kept-orderings.js';
import type { Ordering, Premise } from './ordering.js';

/** How long an agent likes to go on, in sixteenths: from none to nearly always. */
const STICKINESS = [0, 8, 14, 15] as const;

/** Operations whose store a full buffer makes room for. */
const STORES: ReadonlySet<number> = new Set([
  OP_WRITE_ONCE,
  OP_STORE_RELEASE,
  OP_SPIN_UNLOCK,
  OP_SET_PTE,
  OP_USER_ACCESS,
]);

/** How much longer than the witness an execution may be. */
const LENGTH_FACTOR = 4;
const LENGTH_MORE = 1_000;

/**
 * Moves agents in any order in which each step that is to come after another waits for it. The environment
 * does what it did in the witness, whenever it can.
 */
export class ForcedDecider extends MachineListener implements Decider {
  /** Somebody could move, and waits for what never comes. */
  isStuck = false;
  /** What was decided in the newest execution. */
  readonly schedule = new Schedule();
  private readonly kept: KeptOrderings;
  /** By agent: whose second step may be one of its. */
  private readonly holding: readonly Pair[][];
  private readonly left = new Map<number, number>();
  private readonly answered = new Map<number, number>();
  private readonly free: number[] = [];
  private readonly stepsMax: number;
  private last = -1;
  private stickiness = 0;

  constructor(
    private readonly machine: Machine,
    orderings: readonly Ordering[],
    private readonly premise: Premise,
    private readonly random: Random,
    stepsOfWitness: number,
  ) {
    super();
    this.stepsMax = stepsOfWitness * LENGTH_FACTOR + LENGTH_MORE;
    this.kept = new KeptOrderings(orderings, stepsOfWitness);
    this.holding = Array.from({ length: machine.cpus.length * AGENT_KINDS }, (_, agent) =>
      this.kept.pairs.filter(({ after: { of } }) =>
        of.kind === STEP_DRAIN ? cpuOfAgent(of.agent) === cpuOfAgent(agent) : of.agent === agent,
      ),
    );
  }

  /** Before the machine begins. `index`: of the execution; the random stream is set to it already. */
  begin(index: number): void {
    this.kept.begin();
    this.isStuck = false;
    this.left.clear();
    for (const [agent, steps] of this.premise.environment) this.left.set(agent, steps);
    this.answered.clear();
    this.schedule.clear();
    this.last = -1;
    this.stickiness = STICKINESS[index % STICKINESS.length];
  }

  /** Whether the environment has done all that it did in the witness. */
  get isPremised(): boolean {
    return [...this.left.values()].every((steps) => steps === 0);
  }

  /** Something came before what it is to come after: a store that no wait holds up. */
  get isBroken(): boolean {
    return this.kept.isBroken;
  }

  /** Whether all that is to come after something has come. */
  get isForced(): boolean {
    return this.kept.isForced;
  }

  override stores(cpu: number, address: number, _value: number, isPoked: boolean): void {
    if (!isPoked) this.kept.stores(cpu, address);
  }

  choose(n: number): number {
    const given = this.premise.choices.get(this.last) ?? [];
    const next = this.answered.get(this.last) ?? 0;
    this.answered.set(this.last, next + 1);
    const answer = next < given.length ? Math.min(n - 1, given[next]) : this.random.below(n);
    this.schedule.choice(answer);
    return answer;
  }

  pick(machine: Machine): number {
    const { enabled, step } = machine;
    if (this.isBroken || step >= this.stepsMax) return STOP;
    for (const [agent, steps] of this.left) if (steps > 0 && machine.canStep(agent)) enabled.add(agent);
    this.free.length = 0;
    for (let i = 0; i < enabled.count; i++) {
      const agent = enabled.list[i];
      if (isEnvironment(agent) && (this.left.get(agent) ?? 0) === 0) continue;
      if (!this.isHeld(agent)) this.free.push(agent);
    }
    if (this.free.length === 0) {
      this.isStuck = enabled.obligations > 0;
      return STOP;
    }
    const goesOn = this.random.below(16) < this.stickiness && this.free.includes(this.last);
    if (!goesOn) this.last = this.free[this.random.below(this.free.length)];
    this.note(this.last);
    this.schedule.pick(this.last);
    return this.last;
  }

  /** Whether the agent's next step is to come after one that has not been. */
  private isHeld(agent: number): boolean {
    for (const { before, after } of this.holding[agent])
      if (before.seen < before.nth && this.wouldBe(agent, after)) return true;
    return false;
  }

  private wouldBe(agent: number, { of, nth, seen }: Side): boolean {
    if (of.kind !== STEP_DRAIN) return seen === nth - 1 && isSame(of, nextOf(this.machine, agent));
    const cpu = cpuOfAgent(of.agent);
    if (cpuOfAgent(agent) !== cpu) return false;
    const { machine } = this;
    if (kindOfAgent(agent) === BUFFER_AGENT)
      return seen === nth - 1 && oldestStore(machine, cpu) === of.operand;
    if (seen >= nth || seen + bufferedStores(machine, cpu, of.operand) < nth) return false;
    if (kindOfAgent(agent) !== CPU_AGENT) return true;
    const { kind } = machine.cpus[cpu].pending;
    const isFull = machine.mem[machine.block(cpu) + H.SB_COUNT] === H.SB_DEPTH;
    const overflows = isFull && STORES.has(kind) && oldestStore(machine, cpu) === of.operand;
    return DRAINS[kind] !== 0 || overflows;
  }

  private note(agent: number): void {
    const steps = this.left.get(agent);
    if (steps !== undefined) this.left.set(agent, steps - 1);
    this.kept.happens(nextOf(this.machine, agent));
  }
}
