import type { StepWatcher } from '../../drive/drive.js';
import type { Schedule } from '../../drive/schedule.js';
import { AGENTS, agentOf, CPU_AGENT, cpuOfAgent, kindOfAgent, WALKER_AGENT } from '../../machine/agents.js';
import * as H from '../../machine/hardware.js';
import type { CallFrame } from './call-tree.js';
import type { Side } from './side.js';

/** What one CPU of the base executed, in order. */
export interface LeadSteps {
  readonly signatures: number[];
  readonly frames: (CallFrame | null)[];
  /** Steps of its script that had begun. */
  readonly scriptSteps: number[];
}

/** Agents of a CPU that somebody else can set going: the base had them enabled, or not. */
export const SET_GOING = AGENTS.filter(({ isSetGoing }) => isSetGoing).map(({ number }) => number);

/** An execution of the base, as those who follow it need it: who moved, and what for. */
export class Lead implements StepWatcher {
  readonly agents: number[] = [];
  readonly cpus: readonly LeadSteps[];
  /** By step: stores that its CPU had in its buffer afterwards. */
  readonly buffered: number[] = [];
  /** By step of a page walker: whether the walk began with it. */
  readonly walkBegan: boolean[] = [];
  /** Answers of recorded choices, and by step how many were given before it; one number more, of all. */
  readonly choices: number[] = [];
  readonly choicesBefore: number[] = [];
  /** By step and CPU: which of its agents in SET_GOING could move, a bit each. */
  private readonly pending: number[] = [];

  constructor(private readonly side: Side) {
    this.cpus = side.machine.cpus.map(() => ({ signatures: [], frames: [], scriptSteps: [] }));
  }

  begin(): void {
    for (const list of [
      this.agents,
      this.buffered,
      this.walkBegan,
      this.choices,
      this.choicesBefore,
      this.pending,
    ])
      list.length = 0;
    for (const { signatures, frames, scriptSteps } of this.cpus)
      for (const list of [signatures, frames, scriptSteps]) list.length = 0;
    this.side.begin();
  }

  /** Takes the answers of recorded choices out of the schedule of the execution. */
  end(schedule: Schedule): void {
    for (let i = 0; i < schedule.length; i++) {
      const decision = schedule.at(i);
      if (decision < 0) this.choices.push(-1 - decision);
      else this.choicesBefore.push(this.choices.length);
    }
    this.choicesBefore.push(this.choices.length);
  }

  get steps(): number {
    return this.agents.length;
  }

  /** Whether an agent, of a kind that is noted, could move in the base before the step. */
  couldMove(step: number, cpu: number, kind: number): boolean {
    return (this.pending[step * this.cpus.length + cpu] & (1 << SET_GOING.indexOf(kind))) !== 0;
  }

  /** Notes a step that the machine is about to take. */
  before(agent: number): void {
    const { machine } = this.side;
    const id = cpuOfAgent(agent);
    const kind = kindOfAgent(agent);
    this.side.clock = this.agents.length;
    this.agents.push(agent);
    this.walkBegan.push(kind === WALKER_AGENT && !machine.mmu.walking(machine.block(id)));
    for (let cpu = 0; cpu < this.cpus.length; cpu++) {
      let bits = 0;
      for (let i = 0; i < SET_GOING.length; i++)
        if (machine.enabled.has(agentOf(cpu, SET_GOING[i]))) bits |= 1 << i;
      this.pending.push(bits);
    }
    if (kind !== CPU_AGENT) return;
    const { signatures, frames, scriptSteps } = this.cpus[id];
    signatures.push(this.side.signature(id));
    frames.push(this.side.trees.top[id]);
    scriptSteps.push(this.side.trees.scriptSteps[id]);
  }

  after(agent: number): void {
    const { machine } = this.side;
    this.buffered.push(machine.mem[machine.block(cpuOfAgent(agent)) + H.SB_COUNT]);
  }
}
