import { STOP } from '../../drive/decider.js';
import { proceed } from '../../drive/drive.js';
import {
  AGENT_KINDS,
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  HOST_AGENT,
  kindOfAgent,
  WALKER_AGENT,
} from '../../machine/agents.js';
import * as H from '../../machine/hardware.js';
import type { Random } from '../random.js';
import type { Strategy } from '../strategies/strategy.js';
import { type CallFrame, sharedFrame } from './call-tree.js';
import { type Lead, SET_GOING } from './lead.js';
import type { Side } from './side.js';

/**
 * Runs the patch through an execution of the base: whenever the base makes a step, the patch makes the same
 * one. What only the patch does takes no time of its own: it happens together with the CPU's next step that
 * both make. What only the base does is waited out. So both see the same world at the same points of their
 * code for as long as they decide the same, and two kernels that always do count exactly the same.
 */

/** How far ahead in the base's operations the patch's next one is looked for. */
const AHEAD_MAX = 400;
/** Operations that only the patch executes, in one go. */
const EXTRA_MAX = 2_000;
/** Operations of a CPU that is behind, in the time of one. */
const CATCH_UP = 2;

export class Follower {
  /** By CPU: the base's operation that the patch's next one is compared with. */
  private readonly next: Int32Array;
  /** By CPU: operations that the base has executed by now. */
  private readonly done: Int32Array;
  private lead!: Lead;
  private choice = 0;
  private choiceEnd = 0;

  constructor(
    private readonly side: Side,
    /** Decides what the base says nothing about; seeded by the caller. */
    private readonly random: Random,
  ) {
    this.next = new Int32Array(side.machine.cpus.length);
    this.done = new Int32Array(side.machine.cpus.length);
    side.machine.choose = (n) => this.answer(n);
  }

  /** Follows an execution; answers whether the patch has come to its end as well, without a violation. */
  run(lead: Lead, isLeadComplete: boolean, strategy: Strategy, length: number): boolean {
    const { machine } = this.side;
    this.lead = lead;
    this.next.fill(0);
    this.done.fill(0);
    this.side.begin();
    this.answers(0, lead.choicesBefore[0]);
    machine.begin();
    for (let step = 0; step < lead.steps && machine.violation === null; step++) {
      this.side.clock = step;
      const agent = lead.agents[step];
      if (kindOfAgent(agent) === CPU_AGENT) this.followCpu(cpuOfAgent(agent), step);
      else this.followOther(agent, step);
    }
    this.side.clock = lead.steps;
    if (isLeadComplete && machine.violation === null) this.goOn(strategy, length);
    return machine.violation === null && (!isLeadComplete || machine.finished);
  }

  private answers(from: number, to: number): void {
    this.choice = from;
    this.choiceEnd = to;
  }

  /** The base's answer, where it was asked at this step. */
  private answer(n: number): number {
    const answer = this.choice < this.choiceEnd ? this.lead.choices[this.choice++] : n;
    return answer < n ? answer : this.random.below(n);
  }

  private followCpu(id: number, step: number): void {
    const { machine } = this.side;
    const at = this.done[id]++;
    this.setGoing(id, step);
    this.advance(id, at, step);
    // Only where the base went on: a CPU that waits after the very same operation waits in the base as well.
    const isHeldUp = this.next[id] <= at && !machine.enabled.has(agentOf(id, CPU_AGENT));
    if (isHeldUp && !machine.cpus[id].finished) this.help(id, step);
    if (this.next[id] > at && this.lead.buffered[step] === 0) this.drainTo(id, 0);
    // A CPU that has nothing more to do in the base: what it is asked for is done at once.
    for (let cpu = 0; cpu < this.next.length && machine.violation === null; cpu++)
      if (cpu !== id && this.hasEnded(cpu) && machine.enabled.has(agentOf(cpu, CPU_AGENT)))
        this.advance(cpu, Number.POSITIVE_INFINITY, step);
  }

  private hasEnded(cpu: number): boolean {
    return this.done[cpu] === this.lead.cpus[cpu].signatures.length;
  }

  /**
   * Interrupts, entries and services that are due in the patch and were not in the base happen before the
   * CPU's next operation.
   */
  private setGoing(cpu: number, step: number): void {
    const { machine } = this.side;
    for (const kind of SET_GOING) {
      const agent = agentOf(cpu, kind);
      for (let turns = kind === HOST_AGENT ? 4 : 1; turns > 0 && machine.violation === null; turns--)
        if (machine.enabled.has(agent) && !this.lead.couldMove(step, cpu, kind)) this.step(agent);
    }
  }

  /** The CPU waits in the patch where it went on in the base: those whom it may wait for get their turn. */
  private help(waiting: number, step: number): void {
    for (let cpu = 0; cpu < this.next.length; cpu++) {
      if (cpu === waiting) continue;
      this.setGoing(cpu, step);
      if (this.hasEnded(cpu)) this.advance(cpu, Number.POSITIVE_INFINITY, step);
    }
    this.advance(waiting, this.done[waiting] - 1, step);
  }

  /** Brings a CPU towards where the base's operation `at` is executed. */
  private advance(id: number, at: number, step: number): void {
    const { machine, trees } = this.side;
    const lead = this.lead.cpus[id];
    const agent = agentOf(id, CPU_AGENT);
    let left = at === Number.POSITIVE_INFINITY ? EXTRA_MAX : this.next[id] < at ? CATCH_UP : 1;
    for (
      let extra = 0;
      left > 0 && extra < EXTRA_MAX && this.next[id] <= at && machine.violation === null;
    ) {
      if (!machine.enabled.has(agent)) return;
      const next = this.next[id];
      if (next < lead.signatures.length && lead.scriptSteps[next] < trees.scriptSteps[id]) {
        this.next[id]++;
        continue;
      }
      const signature = this.side.signature(id);
      const isBeyond = next >= lead.signatures.length || lead.scriptSteps[next] > trees.scriptSteps[id];
      if (!isBeyond && lead.signatures[next] === signature) {
        this.next[id]++;
        left--;
        // Answers belong to the very step; an operation that comes late has none left.
        if (next === at) this.answers(this.lead.choicesBefore[step], this.lead.choicesBefore[step + 1]);
        this.step(agent);
        continue;
      }
      const found = isBeyond ? -1 : this.ahead(id, signature, sharedFrame(trees.top[id], lead.frames[next]));
      if (found >= 0) this.next[id] = found;
      else {
        this.step(agent);
        extra++;
      }
    }
  }

  /** Where the base executes the operation later, in what both are in; -1 if it does not. */
  private ahead(id: number, signature: number, shared: CallFrame | null): number {
    const { signatures } = this.lead.cpus[id];
    const from = this.next[id] + 1;
    const end = Math.min(signatures.length, shared?.end ?? signatures.length, from + AHEAD_MAX);
    for (let i = from; i < end; i++) if (signatures[i] === signature) return i;
    return -1;
  }

  private followOther(agent: number, step: number): void {
    const { machine } = this.side;
    const id = cpuOfAgent(agent);
    this.answers(this.lead.choicesBefore[step], this.lead.choicesBefore[step + 1]);
    if (kindOfAgent(agent) === WALKER_AGENT) {
      const isWalking = machine.mmu.walking(machine.block(id));
      if ((isWalking || this.lead.walkBegan[step]) && machine.canStep(agent)) this.step(agent);
      return;
    }
    if (machine.canStep(agent)) this.step(agent);
    if (kindOfAgent(agent) === BUFFER_AGENT) this.drainTo(id, this.lead.buffered[step]);
  }

  private drainTo(id: number, stores: number): void {
    const { machine } = this.side;
    const count = machine.block(id) + H.SB_COUNT;
    const agent = agentOf(id, BUFFER_AGENT);
    while (machine.mem[count] > stores && machine.enabled.has(agent) && machine.violation === null)
      this.step(agent);
  }

  private step(agent: number): void {
    this.side.machine.stepAgent(agent);
    this.answers(0, 0);
  }

  /** The base has ended: what is left of the patch's execution goes on as a hunt's would. */
  private goOn(strategy: Strategy, length: number): void {
    const { machine } = this.side;
    const { enabled } = machine;
    this.answers(0, 0);
    strategy.begin(this.random, machine.cpus.length * AGENT_KINDS, length, machine.units.agentKinds);
    const stepsMax = machine.step + 20 * length + 2_000;
    let last = -1;
    proceed(machine, {
      pick: () => {
        if (enabled.obligations === 0 || machine.step >= stepsMax) return STOP;
        last = strategy.pick(enabled, last, machine.step);
        return last;
      },
      choose: (n) => this.answer(n),
    });
  }
}
