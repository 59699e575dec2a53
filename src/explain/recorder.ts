import type { Cpu } from '../machine/cpu.js';
import {
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  HOST_AGENT,
  kindOfAgent,
  LINE_AGENT,
  PREEMPT_AGENT,
  SERVICE_AGENT,
  WALKER_AGENT,
} from '../machine/enabled-set.js';
import * as H from '../machine/hardware.js';
import type { Machine } from '../machine/machine.js';
import { MachineObserver } from '../machine/observer.js';
import {
  OP_CMPXCHG_PAIR,
  OP_LOAD_ACQUIRE,
  OP_READ_ONCE,
  STEP_DELIVER,
  STEP_DRAIN,
  STEP_HOST,
  STEP_PREEMPT,
  STEP_SERVE,
  STEP_WALK,
} from '../machine/op-kinds.js';
import { OracleBoard } from '../oracles/board.js';
import type { Site } from './site.js';

/** One step as the machine saw it, with all that a description or an explanation may want to know of it. */
export interface RawStep {
  readonly step: number;
  readonly agent: number;
  readonly cpu: number;
  /** OP_* or STEP_*. */
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** Fifth operand, of a compare-exchange of a pair only. */
  readonly e: number;
  /** Result of the operation; for a drain, whether it was a page-table entry or user store is in `c`. */
  readonly value: number;
  readonly events: readonly KernelEvent[];
  readonly site: Site | null;
  readonly handlerDepth: number;
  /** A load that another CPU's buffered store would have answered otherwise: that CPU and its newest value. */
  readonly unseen: { readonly cpu: number; readonly value: number } | null;
  /** What a compare-exchange of a pair found in memory. */
  readonly found: { readonly first: number; readonly second: number } | null;
  /** What reached memory in this step, in order: buffered stores that it drained, then its own. */
  readonly writes: readonly Write[];
}

export interface Write {
  readonly cpu: number;
  readonly address: number;
  readonly before: number;
  readonly value: number;
  /** Written to memory that only the running task can reach: no instruction of its own, and past the store buffer. */
  readonly poked: boolean;
}

export interface KernelEvent {
  readonly cpu: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** Keeps what the program says in a step. */
export interface EventLog {
  readonly events: KernelEvent[];
}

/** An oracle board that also keeps what the kernel says in each step. */
export class RecordingBoard extends OracleBoard implements EventLog {
  readonly events: KernelEvent[] = [];

  override event(cpu: number, kind: number, a: number, b: number): void {
    this.events.push({ cpu, kind, a, b });
    super.event(cpu, kind, a, b);
  }
}

/** Keeps what any other program says; nobody judges it but its own assertions. */
export class PlainLog extends MachineObserver implements EventLog {
  readonly events: KernelEvent[] = [];

  override event(cpu: number, kind: number, a: number, b: number): void {
    this.events.push({ cpu, kind, a, b });
  }
}

/** What a step of these agents is recorded as. */
const STEP_OF: Readonly<Record<number, number>> = {
  [LINE_AGENT]: STEP_DELIVER,
  [WALKER_AGENT]: STEP_WALK,
  [HOST_AGENT]: STEP_HOST,
  [SERVICE_AGENT]: STEP_SERVE,
  [PREEMPT_AGENT]: STEP_PREEMPT,
};

/** Records the steps of one execution. Slow, and only for replays: it looks at the call stack at every operation. */
export class Recorder {
  readonly steps: RawStep[] = [];
  private readonly sites = new Map<number, Site | null>();
  private readonly writes: Write[] = [];

  /** `captureSite`: which functions on the stack are the program's. */
  constructor(
    private readonly machine: Machine,
    private readonly board: EventLog,
    private readonly captureSite: () => Site,
  ) {
    for (const cpu of machine.cpus) this.watch(cpu);
    const commit = machine.commit.bind(machine);
    machine.commit = (cpu, address, value) => {
      this.write(cpu, address, value, false);
      commit(cpu, address, value);
    };
  }

  /** `yield*` asks the pending operation for its iterator where the operation is written: the place and the functions around it. */
  private watch(cpu: Cpu): void {
    const pending = cpu.pending;
    pending[Symbol.iterator] = () => {
      this.sites.set(cpu.id, this.captureSite());
      return pending;
    };
    const poke = cpu.poke.bind(cpu);
    cpu.poke = (address, value) => {
      this.write(cpu.id, address, value, true);
      return poke(address, value);
    };
  }

  private write(cpu: number, address: number, value: number, poked: boolean): void {
    this.writes.push({ cpu, address, before: this.machine.mem[address], value, poked });
  }

  /** Lets the agent move, and records it. */
  step(agent: number): void {
    const { machine, board } = this;
    const id = cpuOfAgent(agent);
    const cpu = machine.cpus[id];
    const kind = kindOfAgent(agent);
    const base = { step: machine.step, agent, cpu: id, handlerDepth: cpu.depth };
    board.events.length = 0;
    this.writes.length = 0;
    if (kind === CPU_AGENT) {
      const { kind: op, a, b, c, d, e } = cpu.pending;
      const site = this.sites.get(id) ?? null;
      const unseen = op === OP_READ_ONCE || op === OP_LOAD_ACQUIRE ? this.unseenStore(id, a) : null;
      const found = op === OP_CMPXCHG_PAIR ? { first: machine.load(id, a), second: machine.load(id, a + 1) } : null;
      machine.stepAgent(agent);
      const operation = { kind: op, a, b, c, d, e, value: machine.lastValue, site, unseen, found };
      this.steps.push({ ...base, ...operation, events: [...board.events], writes: [...this.writes] });
      return;
    }
    const fields = kind === BUFFER_AGENT ? this.oldestStore(id) : { kind: STEP_OF[kind], a: 0, b: 0, c: 0, d: 0, e: 0 };
    machine.stepAgent(agent);
    const a = kind === WALKER_AGENT ? machine.mmu.speculativePage(machine.block(id)) : fields.a;
    const value = fields.kind === STEP_HOST || fields.kind === STEP_PREEMPT ? machine.lastValue : 0;
    const nothing = { site: null, unseen: null, found: null };
    this.steps.push({ ...base, ...fields, a, value, ...nothing, events: [...board.events], writes: [...this.writes] });
  }

  private oldestStore(id: number): Pick<RawStep, 'kind' | 'a' | 'b' | 'c' | 'd' | 'e'> {
    const { mem } = this.machine;
    const block = this.machine.block(id);
    const at = block + H.SB_BASE + mem[block + H.SB_HEAD] * H.SB_WORDS;
    return { kind: STEP_DRAIN, a: mem[at + H.SB_ADDRESS], b: mem[at + H.SB_VALUE], c: mem[at + H.SB_KIND], d: mem[at + H.SB_X], e: 0 };
  }

  private unseenStore(reader: number, address: number): { cpu: number; value: number } | null {
    const { machine } = this;
    for (const cpu of machine.cpus) {
      if (cpu.id === reader) continue;
      const value = machine.load(cpu.id, address);
      if (value !== machine.mem[address]) return { cpu: cpu.id, value };
    }
    return null;
  }
}
