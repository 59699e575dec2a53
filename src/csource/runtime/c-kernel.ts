import type { KernelFunctions } from '../../kernel/functions.js';
import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Protocol } from '../../machine/protocol.js';
import { CPU_SHIFT, type EntryName, type FieldTables, STACK_BASE } from '../addresses.js';
import { type CContext, Contexts } from './c-context.js';
import { batchPointer, mmPointer } from './c-words.js';
import type { Callable } from './csd-words.js';

/** A translated C function: the CPU, what it runs with, the top of its stack, its arguments. */
export type CFunction = (cpu: KernelCpu, c: CContext, sp: number, ...args: number[]) => Protocol<number>;

/** What the translation says of its code. */
export interface CCode {
  readonly tables: FieldTables;
  /** Bytes of stack that the deepest chain of calls takes. */
  readonly stackBytes: number;
  /** By entry: the function. */
  readonly entries: Readonly<Partial<Record<EntryName, CFunction>>>;
  readonly callable: Callable;
}

type Enter = (cpu: KernelCpu, name: EntryName, ...args: number[]) => Protocol<number>;
type ByEntry = Partial<Record<EntryName, Partial<KernelFunctions>>>;

const PAGE_SHIFT = 12;
/** More pages than this become a full flush in every kernel; see `flushTlbMmRange`. */
const PAGES_MAX = 4096;
const FLUSH_ALL = -1;

/** The kernel's functions that the C code has, for a variant to replace the lab's own by. */
export function cFunctions({ tables, stackBytes, entries, callable }: CCode): Partial<KernelFunctions> {
  const contexts = new Contexts(tables, stackBytes, callable);
  const enter: Enter = (cpu, name, ...args) => {
    const c = contexts.of(cpu);
    const run = entries[name] as CFunction;
    return run(cpu, c, c.top(name, cpu.depth), ...args);
  };
  const all: ByEntry = {
    inc_mm_tlb_gen: {
      *incMmTlbGen(cpu, mm) {
        return yield* enter(cpu, 'inc_mm_tlb_gen', mmPointer(mm));
      },
    },
    switch_mm_irqs_off: {
      *switchMmIrqsOff(cpu, next) {
        yield* enter(cpu, 'switch_mm_irqs_off', mmPointer(next));
      },
    },
    enter_lazy_tlb: {
      *enterLazyTlb(cpu) {
        yield* enter(cpu, 'enter_lazy_tlb');
      },
    },
    leave_mm: {
      *leaveMm(cpu) {
        // As idle drivers call it: a flush's IPI between its looks at loaded_mm and is_lazy would make it
        // warn.
        yield* cpu.localIrqDisable();
        yield* enter(cpu, 'leave_mm');
        yield* cpu.localIrqEnable();
      },
    },
    flush_tlb_func: {
      *flushTlbFunc(cpu, initiator, asRemote) {
        yield* enter(cpu, 'flush_tlb_func', initiator, asRemote === true ? 1 : 0);
      },
    },
    should_flush_tlb: {
      *shouldFlushTlb(cpu, target) {
        return (yield* enter(cpu, 'should_flush_tlb', target)) !== 0;
      },
    },
    flush_tlb_mm_range: {
      *flushTlbMmRange(cpu, mm, start, end, nominalPages, freedTables) {
        const [first, last] = rangeOf(start, end, nominalPages);
        yield* enter(cpu, 'flush_tlb_mm_range', mmPointer(mm), first, last, freedTables ? 1 : 0);
      },
    },
    choose_new_asid: {
      *chooseNewAsid(cpu, next, nextTlbGen) {
        return yield* enter(cpu, 'choose_new_asid', mmPointer(next), nextTlbGen);
      },
    },
    flush_tlb_multi: {
      *flushTlbMulti(cpu, mask) {
        yield* enter(cpu, 'flush_tlb_multi', contexts.wordsOf(cpu).maskAddress(mask));
      },
    },
    ...smpFunctions(contexts, enter),
    arch_tlbbatch_flush: {
      *archTlbbatchFlush(cpu) {
        yield* enter(cpu, 'arch_tlbbatch_flush', batchPointer(cpu.id));
      },
    },
  };
  return Object.assign({}, ...(Object.keys(entries) as EntryName[]).map((name) => all[name]));
}

/** Those of kernel/smp.c. */
function smpFunctions(contexts: Contexts, enter: Enter): ByEntry {
  return {
    smp_call_function_many_cond: {
      *smpCallFunctionManyCond(cpu, mask, conditional) {
        const at = contexts.wordsOf(cpu).maskAddress(mask);
        yield* enter(cpu, 'smp_call_function_many_cond', at, conditional ? 1 : 0);
      },
    },
    flush_smp_call_function_queue: {
      *flushSmpCallFunctionQueue(cpu) {
        yield* enter(cpu, 'flush_smp_call_function_queue');
      },
    },
  };
}

/** `tlb_single_page_flush_ceiling` as scenarios know it. */
const RANGE_MAX = 33;

/** The addresses of a range of pages. */
function rangeOf(start: number, end: number, nominalPages: number): readonly [first: number, last: number] {
  if (end === FLUSH_ALL) return [0, FLUSH_ALL];
  // What a recording says of the range decides whether all is flushed; the pages are the scenario's.
  const pages = nominalPages > end - start ? Math.min(nominalPages, PAGES_MAX) : end - start;
  const isWide = pages > end - start && pages > RANGE_MAX;
  return [start << PAGE_SHIFT, (isWide ? start + pages : end) << PAGE_SHIFT];
}

/**
 * `on_each_cpu_cond_mask` and its kin: the lab's kernel/smp.c, which knows one function and one condition.
 * Throws an Error for a call of another.
 */
export function* callMany(
  cpu: KernelCpu,
  c: CContext,
  known: Callable,
  mask: number,
  condition: number,
  called: number,
  info: number,
): Protocol<void> {
  if (called !== known.function) throw new Error('has another function than flush_tlb_func called on CPUs');
  if (condition !== 0 && condition !== known.condition)
    throw new Error('has CPUs chosen by another function than should_flush_tlb');
  yield* publishRequest(cpu, c, known.request, info);
  yield* cpu.fn.smpCallFunctionManyCond(cpu, c.words.word(mask, 4), condition !== 0);
}

/** Sees to it that others find the request where they look for it. Throws an Error for another's request. */
export function* publishRequest(cpu: KernelCpu, c: CContext, request: number, info: number): Protocol<void> {
  if (info >= STACK_BASE) yield* shareRequest(cpu, c, request, info);
  else if (info !== request + ((cpu.id + 1) << CPU_SHIFT))
    throw new Error('hands on another request than the one of this CPU, flush_tlb_info');
}

/** The request where others find it, as its sender hands it on. Throws an Error for another's request. */
export function* publish(cpu: KernelCpu, c: CContext, known: Callable, info: number): Protocol<number> {
  yield* publishRequest(cpu, c, known.request, info);
  return known.request + ((cpu.id + 1) << CPU_SHIFT);
}

/** Copies a request on the sender's stack to the words in which others find it, as it is when it is sent. */
function* shareRequest(cpu: KernelCpu, c: CContext, request: number, info: number): Protocol<void> {
  const to = request + ((cpu.id + 1) << CPU_SHIFT);
  const fields = c.words.requestFields;
  // Counted: where a loop over them stands in the middle, nobody could see (lowering/lower.ts).
  for (let i = 0; i < fields.length; i++) {
    const { offset, bytes } = fields[i];
    const from = info + offset - request;
    const value = bytes === 1 ? c.load8(from) : bytes === 2 ? c.load16(from) : c.load32(from);
    const at = to + offset - request;
    yield* cpu.writeOnce(c.words.word(at, bytes), c.words.stored(at, value));
  }
}
