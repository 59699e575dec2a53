import { FUNC_FLUSH_TLB } from '../../kernel/constants.js';
import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { KernelLayout } from '../../kernel/kernel-layout.js';
import { CSD_FLAGS, CSD_FUNC, CSD_INFO, CSD_NEXT } from '../../kernel/structs.js';
import type { Protocol } from '../../machine/protocol.js';
import { CPU_SHIFT, CSD_BASE, CSD_SHIFT, type CsdWord, type Field, STACK_BASE } from '../addresses.js';
import type { CContext } from './c-context.js';
import { CSD, FieldTable, FUNCTION } from './field-table.js';

/**
 * Calls of functions on other CPUs as C code has them: descriptors (csds) by initiator and target, and what
 * stands in them, a function and a request.
 */

/** Which C functions a call of others may name: by their numbers in the table of functions. */
export interface Callable {
  readonly function: number;
  readonly condition: number;
  /** Where the request lies among per-CPU variables. */
  readonly request: number;
}

const OFFSETS: Readonly<Record<CsdWord, number>> = {
  next: CSD_NEXT,
  flags: CSD_FLAGS,
  func: CSD_FUNC,
  info: CSD_INFO,
};
/** An owner of csd words: initiator * this + target. */
const TARGET_BITS = 7;
/** More CPUs than these have no room for their csds below the stack. */
const CPUS_MAX = (STACK_BASE - CSD_BASE) / (1 << CPU_SHIFT) - 1;

/** Where C code has the csds that `initiator` sends, as a per-CPU variable by target. */
export function csdsOf(initiator: number): number {
  return CSD_BASE + (initiator << CSD_SHIFT);
}

/** Where C code has the csd that `initiator` sends to `target`. */
export function csdPointer(initiator: number, target: number): number {
  return csdsOf(initiator) + ((target + 1) << CPU_SHIFT);
}

export function csdOwner(address: number): number {
  const at = address - CSD_BASE;
  const initiator = (at & ((1 << CPU_SHIFT) - 1)) >>> CSD_SHIFT;
  return (initiator << TARGET_BITS) | ((at >>> CPU_SHIFT) - 1);
}

/** Throws an Error for more CPUs than there is room for. */
export function csdTable(fields: readonly Field[], { cpus }: KernelLayout): FieldTable {
  if (fields.length === 0) return new FieldTable([], 0, () => -1);
  if (cpus.length > CPUS_MAX)
    throw new Error(`runs kernel/smp.c on ${cpus.length} CPUs; the lab has addresses for ${CPUS_MAX}`);
  return new FieldTable(fields, cpus.length << TARGET_BITS, ({ word }, owner) => {
    const target = owner & ((1 << TARGET_BITS) - 1);
    if (word.of !== 'csd' || target >= cpus.length) return -1;
    return cpus[owner >>> TARGET_BITS].cfd.csd[target] + OFFSETS[word.word];
  });
}

/**
 * A csd on its sender's stack (smp_call_function_single) is, from when it is queued, the one that a CPU has
 * for itself, which nobody else uses. Nobody looks at it before.
 */
export function* shareCsd(cpu: KernelCpu, c: CContext, pointer: number): Protocol<void> {
  const fields = c.words.csdFields;
  const shared = csdPointer(cpu.id, cpu.id);
  // Counted: where a loop over them stands in the middle, nobody could see (lowering/lower.ts).
  for (let i = 0; i < fields.length; i++) {
    const { offset } = fields[i];
    const at = shared + offset;
    yield* cpu.poke(c.words.word(at, 4), c.words.stored(at, c.load32(pointer + offset)));
  }
}

/** From what C code has in a csd or a queue to what the words hold, and back. */
export class CsdPointers {
  private readonly words = new Map<number, number>();
  private readonly pointers = new Map<number, number>();

  constructor(
    { cpus }: KernelLayout,
    private readonly callable: Callable,
  ) {
    for (const [initiator, { cfd }] of cpus.entries())
      for (const [target, word] of cfd.csd.entries()) {
        const pointer = csdPointer(initiator, target);
        this.words.set(pointer, word);
        this.pointers.set(word, pointer);
      }
  }

  /** What C code finds where the word holds `value`; 0 is NULL everywhere. */
  read(codec: number, value: number): number {
    if (codec === CSD) return value === 0 ? 0 : (this.pointers.get(value) ?? 0);
    if (codec === FUNCTION) return value === FUNC_FLUSH_TLB ? this.callable.function : 0;
    return this.callable.request + ((value + 1) << CPU_SHIFT);
  }

  /** The csd that a pointer is of; 0 for none. */
  wordOf(pointer: number): number {
    return this.words.get(pointer) ?? 0;
  }

  /** Throws an Error for what no word can stand for. */
  stored(codec: number, value: number): number {
    if (codec === CSD) {
      const word = value === 0 ? 0 : this.words.get(value);
      if (word === undefined) throw new Error('queues what is no csd of the lab');
      return word;
    }
    if (codec === FUNCTION) {
      if (value === this.callable.function) return FUNC_FLUSH_TLB;
      throw new Error('has another function than flush_tlb_func called on CPUs');
    }
    return this.initiatorOf(value);
  }

  /** Whose request that is. Throws an Error for what is none. */
  initiatorOf(info: number): number {
    const initiator = ((info - this.callable.request) >>> CPU_SHIFT) - 1;
    if (info === this.callable.request + ((initiator + 1) << CPU_SHIFT) && initiator >= 0) return initiator;
    throw new Error('hands on another request than the one of a CPU, flush_tlb_info');
  }
}
