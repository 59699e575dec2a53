import type { Site } from '../../explain/site.js';
import { functionTable } from '../../kernel/function-table.js';
import type { KernelConfig } from '../../kernel/kernel-cpu.js';
import { GeneratorStack } from '../../machine/generator-stack.js';
import * as H from '../../machine/hardware.js';
import { MachineListener } from '../../machine/listener.js';
import type { Machine } from '../../machine/machine.js';
import * as K from '../../machine/op-kinds.js';
import { type Access, accessName, isOfMemory, type Naming } from './access.js';
import { DryCpu, type DryListener, type Immediate } from './dry-cpu.js';

/** What a call did from its beginning to its end, undisturbed. */
export interface DryCall {
  readonly accesses: readonly Access[];
  readonly answer: unknown;
  /** Why it did not come to its end; null where it did. */
  readonly stopped: string | null;
}

/** What a call may do until it is taken to do so for ever. */
const ACCESSES_MAX = 5_000;
const NOBODY: Site = { functions: [], place: null };

/**
 * Runs protocol functions by themselves on the state that a machine is in, and leaves that state as it was:
 * nobody else moves, stores are in memory at once, what is waited for has come. So of two functions on one
 * state each difference is their own.
 */
export class DryRun implements DryListener {
  private accesses: Access[] = [];
  private answers = 0;
  private site: Site = NOBODY;
  private isNoting = false;
  private readonly cpus: readonly DryCpu[];
  /** Words that were stored to, and what each had been, in order. */
  private readonly stored: number[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly config: KernelConfig,
    private readonly captureSite: () => Site,
    private readonly naming: Naming,
  ) {
    this.cpus = machine.cpus.map(({ id }) => new DryCpu(machine, id, config, this));
  }

  /** `answers`: what choices are made by. `withSites` is slow. */
  run(id: number, name: string, args: readonly unknown[], answers: number, withSites: boolean): DryCall {
    const { machine, config } = this;
    const cpu = this.cpus[id];
    this.accesses = [];
    this.answers = answers;
    this.site = NOBODY;
    cpu.pending.armed = false;
    cpu.pending.listener = withSites ? new Sites(() => (this.site = this.captureSite())) : null;
    this.isNoting = withSites;
    cpu.depth = machine.cpus[id].depth;
    this.drain(machine.block(id));
    const call = new GeneratorStack(cpu);
    let stopped: string | null = null;
    try {
      call.begin(functionTable(config.functions)[name](cpu, ...args));
      for (let told = 0; call.resume(told); told = this.execute(cpu))
        if (this.accesses.length > ACCESSES_MAX) throw new Error(`more than ${ACCESSES_MAX} accesses`);
    } catch (error) {
      stopped = error instanceof Error ? error.message : String(error);
    } finally {
      this.takeBack();
    }
    return { accesses: this.accesses, answer: call.answer, stopped };
  }

  immediate(what: Immediate, address: number, value: number): void {
    const { functions, place } = this.isNoting ? this.captureSite() : NOBODY;
    const word = what === 'peek' || what === 'poke' || what === 'call' ? this.wordName(address) : null;
    const name = NAMES[what](word ?? '', this.naming);
    const told = TOLD.has(what) ? String(value) : null;
    this.accesses.push({ name, word, told, isPrivate: what === 'peek' || what === 'poke', functions, place });
    if (what === 'poke') this.store(address, value);
  }

  choice(n: number): number {
    return this.answers % n;
  }

  /** The pending operation, on memory as it is; answers its result. */
  private execute(cpu: DryCpu): number {
    const { mem, program } = this.machine;
    const { kind, a, b, c, d } = cpu.pending;
    const own = program.hardwareBase + cpu.id * program.hardwareWords;
    this.note(cpu, kind, a, b, c);
    const before = isOfMemory(kind) ? mem[a] : 0;
    switch (kind) {
      case K.OP_READ_ONCE:
      case K.OP_LOAD_ACQUIRE:
        return before;
      case K.OP_WRITE_ONCE:
      case K.OP_STORE_RELEASE:
      case K.OP_XCHG:
        this.store(a, b);
        return before;
      case K.OP_CMPXCHG:
        if (before === b) this.store(a, c);
        return before;
      case K.OP_FETCH_ADD:
        this.store(a, before + b);
        return before + c;
      case K.OP_FETCH_OR:
        this.store(a, before | b);
        return before;
      case K.OP_FETCH_AND:
        this.store(a, before & b);
        return before;
      case K.OP_COND_LOAD_ACQUIRE:
        return d === K.WAIT_EQUAL ? (before & ~b) | c : before;
      case K.OP_LOCAL_IRQ_DISABLE:
      case K.OP_LOCAL_IRQ_ENABLE:
        this.store(own + H.IF, kind === K.OP_LOCAL_IRQ_ENABLE ? 1 : 0);
        return 0;
      case K.OP_WRITE_CR3:
        this.store(own + H.CR3_ROOT, a);
        this.store(own + H.CR3_PCID, b);
        return 0;
      case K.OP_SMP_MB:
      case K.OP_SEND_IPI:
      case K.OP_INVLPG:
      case K.OP_INVPCID:
        return 0;
      default:
        throw new Error(`${K.opName(kind)}, which no flush or switch does`);
    }
  }

  private store(address: number, value: number): void {
    const { mem } = this.machine;
    this.stored.push(address, mem[address]);
    mem[address] = value;
  }

  private takeBack(): void {
    const { stored } = this;
    for (let at = stored.length - 2; at >= 0; at -= 2) this.machine.mem[stored[at]] = stored[at + 1];
    stored.length = 0;
  }

  /** What the CPU has stored, into the memory that its own loads see. */
  private drain(block: number): void {
    const { mem } = this.machine;
    for (let i = 0; i < mem[block + H.SB_COUNT]; i++) {
      const at = block + H.SB_BASE + ((mem[block + H.SB_HEAD] + i) % H.SB_DEPTH) * H.SB_WORDS;
      this.store(mem[at + H.SB_ADDRESS], mem[at + H.SB_VALUE]);
    }
  }

  private note(cpu: DryCpu, kind: number, a: number, b: number, c: number): void {
    const { functions, place } = this.site;
    const word = isOfMemory(kind) ? this.wordName(a, cpu.id) : null;
    const told = toldBy(kind, a, b, c);
    this.accesses.push({
      name: accessName(kind, word, this.naming),
      word,
      told,
      isPrivate: false,
      functions,
      place,
    });
  }

  /** Without the numbers of CPUs, mms, slots and csds; of another CPU's state it says so. */
  private wordName(address: number, by?: number): string {
    const { layout } = this.machine.program;
    const owner = layout.ownerOf(address);
    const numbered = owner?.name ?? layout.nameOf(address);
    const name = numbered
      .replace(/\[\d+\]/g, '[]')
      .replace(/\(\d+->\d+\)/, '')
      .replace(/\(.*\)$/, '');
    if (owner === null || by === undefined || owner.cpu === by || name.startsWith('flush_info')) return name;
    return `${name} of another CPU`;
  }
}

const NAMES: Readonly<Record<Immediate, (word: string, naming: Naming) => string>> = {
  peek: (word, naming) => accessName(K.OP_READ_ONCE, word, naming),
  poke: (word, naming) => accessName(K.OP_WRITE_ONCE, word, naming),
  choose: () => 'a choice by time',
  rmb: () => 'smp_rmb',
  warning: () => 'a warning',
  call: (word) => `smp_call_function_many_cond ${word}`,
  run: () => 'flush_tlb_func',
  ask: () => 'should_flush_tlb',
};
/** What is told with a value. */
const TOLD: ReadonlySet<Immediate> = new Set(['poke', 'call', 'run', 'ask']);

function toldBy(kind: number, a: number, b: number, c: number): string | null {
  switch (kind) {
    case K.OP_READ_ONCE:
    case K.OP_LOAD_ACQUIRE:
    case K.OP_SMP_MB:
    case K.OP_LOCAL_IRQ_DISABLE:
    case K.OP_LOCAL_IRQ_ENABLE:
      return null;
    case K.OP_CMPXCHG:
    case K.OP_COND_LOAD_ACQUIRE:
      return `${b}, ${c}`;
    case K.OP_WRITE_CR3:
    case K.OP_INVPCID:
      return `${a}, ${b}, ${c}`;
    case K.OP_SEND_IPI:
    case K.OP_INVLPG:
      return String(a);
    default:
      return String(b);
  }
}

/** Hears where each operation is written. */
class Sites extends MachineListener {
  constructor(private readonly capture: () => void) {
    super();
  }

  override handsOut(): void {
    this.capture();
  }
}
