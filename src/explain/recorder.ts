import type { StepWatcher } from '../drive/drive.js';
import {
  AGENTS,
  answers,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  kindOfAgent,
  WALKER_AGENT,
} from '../machine/agents.js';
import * as H from '../machine/hardware.js';
import { MachineListener } from '../machine/listener.js';
import type { Machine } from '../machine/machine.js';
import {
  OP_CMPXCHG_PAIR,
  OP_COND_LOAD_ACQUIRE,
  OP_LOAD_ACQUIRE,
  OP_READ_ONCE,
  STEP_DRAIN,
} from '../machine/op-kinds.js';
import type { BufferedStore, RawStep, Write } from './raw-step.js';
import type { EventLog } from './recording-board.js';
import type { Site } from './site.js';

/** Operations of which it is told that they missed another CPU's buffered store. */
const LOADS: ReadonlySet<number> = new Set([OP_READ_ONCE, OP_LOAD_ACQUIRE, OP_COND_LOAD_ACQUIRE]);

type Operation = Pick<RawStep, 'kind' | 'a' | 'b' | 'c' | 'd' | 'e' | 'site' | 'unseen' | 'found'>;
const NO_OPERATION: Operation = {
  kind: 0,
  a: 0,
  b: 0,
  c: 0,
  d: 0,
  e: 0,
  site: null,
  unseen: null,
  found: null,
};

/**
 * Records the steps of one execution. With sites it is slow, and only for replays: it looks at the call stack
 * at every operation.
 */
export class Recorder extends MachineListener implements StepWatcher {
  readonly steps: RawStep[] = [];
  /**
   * Of the pending operation, per CPU and depth of handlers: an interrupted operation is where it was when
   * its handler has returned.
   */
  private readonly sites: Site[][];
  private readonly writes: Write[] = [];
  /**
   * Of the step under way: who moves, what it is to do, and which stores its operation may force out of the
   * buffer.
   */
  private base = { step: 0, agent: 0, cpu: 0, handlerDepth: 0 };
  private operation = NO_OPERATION;
  private waiting: readonly BufferedStore[] = [];
  private asserted: Site | null = null;

  /** `captureSite`: which functions on the stack are the program's; null: nobody wants to know. */
  constructor(
    private readonly machine: Machine,
    private readonly board: EventLog,
    private readonly captureSite: (() => Site) | null,
  ) {
    super();
    this.sites = machine.cpus.map(() => []);
    machine.listen(this);
  }

  override handsOut(cpu: number): void {
    const { captureSite } = this;
    if (captureSite !== null) this.sites[cpu][this.machine.cpus[cpu].depth] = captureSite();
  }

  override fails(): void {
    const { captureSite } = this;
    if (captureSite !== null) this.asserted ??= captureSite();
  }

  override stores(cpu: number, address: number, value: number, poked: boolean): void {
    this.writes.push({ cpu, address, before: this.machine.mem[address], value, poked });
  }

  before(agent: number): void {
    const { machine } = this;
    const id = cpuOfAgent(agent);
    const { pending, depth } = machine.cpus[id];
    const kind = kindOfAgent(agent);
    this.board.events.length = 0;
    this.writes.length = 0;
    this.asserted = null;
    const waiting = bufferedStores(machine, id);
    this.base = { step: machine.step, agent, cpu: id, handlerDepth: depth };
    this.waiting = waiting;
    this.operation = NO_OPERATION;
    if (kind === BUFFER_AGENT) {
      this.waiting = [];
      const { address, value, kind: store } = waiting[0];
      this.operation = { ...NO_OPERATION, kind: STEP_DRAIN, a: address, b: value, c: store };
    } else if (kind === CPU_AGENT) {
      const { kind: op, a, b, c, d, e } = pending;
      const site = this.sites[id][depth] ?? null;
      const unseen = LOADS.has(op) ? this.unseenStore(id, a) : null;
      const found =
        op === OP_CMPXCHG_PAIR ? { first: machine.load(id, a), second: machine.load(id, a + 1) } : null;
      this.operation = { kind: op, a, b, c, d, e, site, unseen, found };
    } else this.operation = { ...NO_OPERATION, kind: AGENTS[kind].step ?? 0 };
  }

  after(agent: number): void {
    const { machine, operation } = this;
    const kind = kindOfAgent(agent);
    const a =
      kind === WALKER_AGENT ? machine.mmu.speculativePage(machine.block(cpuOfAgent(agent))) : operation.a;
    const value = answers(kind) ? machine.lastValue : 0;
    this.steps.push({ ...this.base, ...operation, a, value, asserted: this.asserted, ...this.told() });
  }

  /** What was heard during the step. */
  private told(): Pick<RawStep, 'events' | 'writes' | 'drained'> {
    const { writes, waiting } = this;
    let drained = 0;
    while (drained < waiting.length && writes[drained]?.address === waiting[drained].address) drained++;
    return { events: [...this.board.events], writes: [...writes], drained: waiting.slice(0, drained) };
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

/** What waits in the CPU's store buffer, oldest first. */
export function bufferedStores(machine: Machine, cpu: number): BufferedStore[] {
  const { mem } = machine;
  const block = machine.block(cpu);
  return Array.from({ length: mem[block + H.SB_COUNT] }, (_, i) => {
    const at = block + H.SB_BASE + ((mem[block + H.SB_HEAD] + i) % H.SB_DEPTH) * H.SB_WORDS;
    return { address: mem[at + H.SB_ADDRESS], value: mem[at + H.SB_VALUE], kind: mem[at + H.SB_KIND] };
  });
}
