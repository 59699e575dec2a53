import { agentOf, WALKER_AGENT } from '../../machine/agents.js';
import * as H from '../../machine/hardware.js';
import type { Machine } from '../../machine/machine.js';
import { type Automaton, END } from '../automaton.js';
import type { Keepable, RecordReader, RecordWriter } from '../checkpoint/records.js';
import { type MemoryBudget, RowTable } from '../row-table.js';
import { Sequences } from '../sequences.js';
import { type AutomatonCode, NOTHING_WATCHED } from './automaton-code.js';

/**
 * What a CPU of a kernel is to the rest of a state: where its code stands and its registers, its store
 * buffer, its cached translations, and what oracles keep of it. Each different part is stored once, each
 * different CPU by the numbers of its parts, and a state names it by its number.
 *
 * What cannot make a difference is left out; test/verify/kernel compares verdicts and ends with and without:
 * - where the ring of a store buffer begins, and what lies behind the last of its stores, of a list of
 *   translations, of changes and of promises: nobody reads it;
 * - how many steps others have made (SB_OTHERS), the step of a fill (TLB_STEP) and how often a CPU has
 * entered
 *   the guest (VCPU_ENTRIES): counters, strategies and explanations ask, no operation and no oracle;
 * - of a page walk that is over all but that it is: the next one begins with the root or the cached table;
 * - the order of cached translations, where they can never be so many that the oldest makes room: a key is
 *   there once, and is looked for by its key.
 */

const CORE = 0;
const BUFFER = 1;
const TRANSLATIONS = 2;
const GHOST = 3;
const PARTS = 4;
/** In the core: the CPU's number, then its local state, then how many handlers run. */
const CORE_CPU = 0;
const CORE_NODE = 1;
const CORE_DEPTH = 2;
const CORE_CONTEXTS = 3;
/** The interrupt flag of a context has been taken by `iret`. */
const IRET_TAKEN = -1;
const SAVED_WORDS = 8;

/** Words of a hardware block that are the core's as they are. */
const REGISTERS = [
  H.IF,
  H.PENDING_IPI,
  H.PENDING_NMI,
  H.IN_NMI,
  H.CR3_ROOT,
  H.CR3_PCID,
  H.CR3_OWNER,
  H.CR3_ALLOC,
  H.VCPU_STATE,
  H.VCPU_MARKED,
  H.VCPU_OWED,
  H.VCPU_IN_ACCESS,
] as const;

export interface PartsOptions {
  /** Cached translations as sets. */
  readonly isSorted: boolean;
  /** Keeps everything in the hardware blocks apart, as the machine has it: for tests of what is left out. */
  readonly isRaw: boolean;
}

export class CpuParts implements Keepable {
  private readonly tables: readonly Sequences[];
  private readonly components: RowTable;
  private readonly row = new Int32Array(PARTS);
  private readonly words: Int32Array;
  private length = 0;
  /** By CPU and part: what the machine has now; -1: something else. */
  private readonly loaded: Int32Array;

  constructor(
    private readonly machine: Machine,
    private readonly automaton: Automaton,
    private readonly codes: readonly AutomatonCode[],
    private readonly options: PartsOptions,
    budget: MemoryBudget,
  ) {
    this.tables = Array.from({ length: PARTS }, () => new Sequences(budget));
    this.components = new RowTable(PARTS, budget);
    this.words = new Int32Array(H.HW_WORDS * 2);
    this.loaded = new Int32Array(machine.cpus.length * PARTS).fill(-1);
  }

  get count(): number {
    return this.components.count;
  }

  /** The operation that the CPU of a component stands before; END's where its script has ended. */
  node(component: number): number {
    return this.tables[CORE].word(this.part(component, CORE), CORE_NODE);
  }

  cpu(component: number): number {
    return this.tables[CORE].word(this.part(component, CORE), CORE_CPU);
  }

  /** Whether the script itself has ended, whatever handlers run. */
  isFinished(component: number): boolean {
    const core = this.part(component, CORE);
    const at = this.tables[CORE].word(core, CORE_DEPTH) > 0 ? CORE_CONTEXTS : CORE_NODE;
    return this.tables[CORE].word(core, at) === END;
  }

  /** Somebody changes the CPU next. */
  changing(cpu: number): void {
    this.loaded.fill(-1, cpu * PARTS, (cpu + 1) * PARTS);
  }

  save(cpu: number): number {
    const block = this.machine.block(cpu);
    const { row } = this;
    this.saveCore(cpu, block);
    row[CORE] = this.intern(CORE);
    this.saveBuffer(block);
    row[BUFFER] = this.intern(BUFFER);
    this.saveTranslations(block, H.TLB_COUNT, H.TLB_BASE);
    this.saveTranslations(block, H.PSC_COUNT, H.PSC_BASE);
    row[TRANSLATIONS] = this.intern(TRANSLATIONS);
    this.saveTriples(block, H.CHANGE_COUNT);
    this.saveTriples(block, H.PROMISE_COUNT);
    row[GHOST] = this.intern(GHOST);
    for (let part = 0; part < PARTS; part++) this.loaded[cpu * PARTS + part] = row[part];
    return this.components.intern(row);
  }

  /** Puts the CPU of the component where it stood; what others can do is to be looked at anew. */
  load(component: number): void {
    const cpu = this.cpu(component);
    const block = this.machine.block(cpu);
    for (let part = 0; part < PARTS; part++) {
      const id = this.part(component, part);
      if (this.loaded[cpu * PARTS + part] === id) continue;
      this.length = this.tables[part].load(id, this.words);
      if (part === CORE) this.loadCore(cpu, block);
      else if (part === BUFFER) this.loadBuffer(block);
      else if (part === TRANSLATIONS)
        this.loadTranslations(block, H.PSC_COUNT, this.loadTranslations(block, H.TLB_COUNT, 0));
      else this.loadTriples(block, H.PROMISE_COUNT, this.loadTriples(block, H.CHANGE_COUNT, 0));
      this.loaded[cpu * PARTS + part] = id;
    }
    this.length = 0;
  }

  keep(to: RecordWriter): void {
    for (const table of this.tables) table.keep(to);
    this.components.keep(to);
  }

  restore(from: RecordReader): void {
    for (const table of this.tables) table.restore(from);
    this.components.restore(from);
    this.loaded.fill(-1);
  }

  private part(component: number, part: number): number {
    return this.components.rows[component * PARTS + part];
  }

  private intern(part: number): number {
    const id = this.tables[part].intern(this.words, this.length);
    this.length = 0;
    return id;
  }

  private push(word: number): void {
    this.words[this.length++] = word;
  }

  private saveCore(id: number, block: number): void {
    const { mem, cpus, enabled } = this.machine;
    const { node, callers } = this.codes[id];
    const { saved, depth } = cpus[id];
    this.push(id);
    this.push(node);
    this.push(depth);
    for (let i = 0; i < depth; i++) {
      const flag = (i + 1) * SAVED_WORDS - 1;
      this.push(callers[i]);
      this.push(flag < saved.length ? saved[flag] : IRET_TAKEN);
    }
    for (const register of REGISTERS) this.push(mem[block + register]);
    this.push(enabled.has(agentOf(id, WALKER_AGENT)) ? 1 : 0);
    for (let i = 0; i < 2; i++) {
      const walk = block + H.WALK_BASE + i * H.WALK_WORDS;
      const isOver = mem[walk + H.WALK_STATE] === 0 && !this.options.isRaw;
      for (let word = 0; word < H.WALK_WORDS; word++) this.push(isOver ? 0 : mem[walk + word]);
    }
    const isLatched = mem[block + H.VCPU_IN_ACCESS] !== 0;
    for (let word = 0; word < H.TLB_STEP; word++) this.push(isLatched ? mem[block + H.LATCH_BASE + word] : 0);
  }

  private loadCore(id: number, block: number): void {
    const { words, machine, automaton } = this;
    const { mem } = machine;
    const cpu = machine.cpus[id];
    const code = this.codes[id];
    const depth = words[CORE_DEPTH];
    code.node = words[CORE_NODE];
    code.callers.length = 0;
    cpu.depth = depth;
    cpu.saved.length = 0;
    let at = CORE_CONTEXTS;
    for (let i = 0; i < depth; i++) {
      const caller = words[at++];
      const flag = words[at++];
      code.callers.push(caller);
      cpu.watched[i] = automaton.watched[caller] ?? NOTHING_WATCHED;
      cpu.saved.push(0, automaton.kind[caller], automaton.a[caller], automaton.b[caller]);
      cpu.saved.push(automaton.c[caller], automaton.d[caller], automaton.e[caller]);
      if (flag !== IRET_TAKEN) cpu.saved.push(flag);
    }
    code.load();
    cpu.finished = code.script === END;
    for (const register of REGISTERS) mem[block + register] = words[at++];
    const walker = agentOf(id, WALKER_AGENT);
    if (words[at++] !== 0) machine.enabled.add(walker);
    else machine.enabled.remove(walker);
    for (let word = 0; word < 2 * H.WALK_WORDS; word++) mem[block + H.WALK_BASE + word] = words[at++];
    for (let word = 0; word < H.TLB_STEP; word++) mem[block + H.LATCH_BASE + word] = words[at++];
    mem[block + H.LATCH_BASE + H.TLB_STEP] = 0;
  }

  private saveBuffer(block: number): void {
    const { mem } = this.machine;
    const head = mem[block + H.SB_HEAD];
    const count = mem[block + H.SB_COUNT];
    if (this.options.isRaw) this.push(head);
    for (let i = 0; i < count; i++) {
      const at = block + H.SB_BASE + ((head + i) % H.SB_DEPTH) * H.SB_WORDS;
      for (let word = 0; word < H.SB_OTHERS; word++) this.push(mem[at + word]);
    }
  }

  private loadBuffer(block: number): void {
    const { mem } = this.machine;
    const { words, options } = this;
    const first = options.isRaw ? 1 : 0;
    const head = options.isRaw ? words[0] : 0;
    const count = (this.length - first) / H.SB_OTHERS;
    mem[block + H.SB_HEAD] = head;
    mem[block + H.SB_COUNT] = count;
    for (let i = 0; i < count; i++) {
      const at = block + H.SB_BASE + ((head + i) % H.SB_DEPTH) * H.SB_WORDS;
      for (let word = 0; word < H.SB_OTHERS; word++) mem[at + word] = words[first + i * H.SB_OTHERS + word];
      mem[at + H.SB_OTHERS] = 0;
    }
  }

  private saveTranslations(block: number, countAt: number, base: number): void {
    const { mem } = this.machine;
    const count = mem[block + countAt];
    this.push(count);
    const first = this.length;
    for (let i = 0; i < count; i++) {
      const at = block + base + i * H.TLB_WORDS;
      // Into its place by its key, where order does not matter.
      let place = this.length;
      if (this.options.isSorted)
        while (place > first && this.words[place - H.TLB_STEP] > mem[at]) {
          this.words.copyWithin(place, place - H.TLB_STEP, place);
          place -= H.TLB_STEP;
        }
      for (let word = 0; word < H.TLB_STEP; word++) this.words[place + word] = mem[at + word];
      this.length += H.TLB_STEP;
    }
  }

  /** Answers where the next list begins. */
  private loadTranslations(block: number, countAt: number, from: number): number {
    const { mem } = this.machine;
    const { words } = this;
    const count = words[from];
    mem[block + countAt] = count;
    let next = from + 1;
    for (let at = block + countAt + 1; at < block + countAt + 1 + count * H.TLB_WORDS; at += H.TLB_WORDS) {
      for (let word = 0; word < H.TLB_STEP; word++) mem[at + word] = words[next++];
      mem[at + H.TLB_STEP] = 0;
    }
    return next;
  }

  private saveTriples(block: number, countAt: number): void {
    const { mem } = this.machine;
    const count = mem[block + countAt];
    for (let i = 0; i < 1 + 3 * count; i++) this.push(mem[block + countAt + i]);
  }

  private loadTriples(block: number, countAt: number, from: number): number {
    const { mem } = this.machine;
    const words = 1 + 3 * this.words[from];
    for (let i = 0; i < words; i++) mem[block + countAt + i] = this.words[from + i];
    return from + words;
  }
}
