import { NATIVE_KINDS } from './agents.js';
import { Broadcasts } from './broadcast.js';
import { type Hypervisor, hostOf } from './hypervisor.js';
import type { Machine } from './machine.js';
import type { Program } from './program.js';
import { RemoteActions } from './remote-actions.js';
import type { Unit } from './unit.js';

/** The units of a machine: those that the program asks for, and one that it may bring. */
export class Units {
  /** The host, if the CPUs are virtual. */
  readonly hypervisor: Hypervisor | null;
  /** Broadcast invalidations, if the CPUs have them. */
  readonly broadcasts: Broadcasts | null;
  /** Remote action requests, if the CPUs have them. */
  readonly remoteActions: RemoteActions | null;
  readonly own: Unit | null;
  /** By kind of agent that is of a unit: its step. */
  readonly moves: Unit['moves'];
  /** Numbers below this are kinds of agents that a CPU may have here. */
  readonly agentKinds: number;
  private readonly all: readonly Unit[];

  constructor(machine: Machine, program: Program) {
    this.hypervisor = hostOf(machine, program);
    this.broadcasts = program.broadcast == null ? null : new Broadcasts(machine, program.broadcast);
    this.remoteActions =
      program.remoteActions == null ? null : new RemoteActions(machine, program.remoteActions);
    this.own = program.unit?.make?.(machine) ?? null;
    const { hypervisor, broadcasts, remoteActions, own } = this;
    this.all = [hypervisor, broadcasts, remoteActions, own].filter((unit) => unit !== null);
    this.moves = Object.assign({}, ...this.all.map(({ moves }) => moves));
    this.agentKinds = Math.max(NATIVE_KINDS, ...Object.keys(this.moves).map((kind) => Number(kind) + 1));
  }

  /** Whether CPUs have agents of the kind here. */
  has(kind: number): boolean {
    return kind < NATIVE_KINDS || this.moves[kind] !== undefined;
  }

  /** Looks at memory anew for which of the CPU's agents can move. */
  refresh(id: number): void {
    for (const unit of this.all) unit.refresh(id);
  }
}
