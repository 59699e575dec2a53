import type { Field, Layout } from '../machine/layout.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { FIRST_USER_MM } from './constants.js';
import type {
  CallFunctionData,
  Current,
  FlushTlbInfo,
  MmuGather,
  PerCpu,
  TlbContext,
  TlbState,
  TlbUbc,
} from './structs.js';

/** Lays out the structures that each CPU has. The order of the words is part of what a trace hash is of. */

const CSD_FIELDS: readonly Field[] = [
  { name: 'next', format: 'csd' },
  { name: 'flags', format: 'number' },
  { name: 'func', format: 'number' },
  { name: 'info', format: 'number' },
];

type Format = Parameters<Layout['alloc']>[2];

/** Hands out words of one CPU's structures. */
class CpuWords {
  constructor(
    private readonly layout: Layout,
    private readonly cpu: number,
    private readonly maskWords: number,
  ) {}

  word(name: string, format: Format = 'number'): number {
    return this.layout.allocOf(this.cpu, name, 1, format);
  }

  words(name: string, words: number): number {
    return this.layout.allocOf(this.cpu, name, words);
  }

  mask(name: string): number {
    return this.layout.allocOf(this.cpu, name, this.maskWords, 'mask');
  }

  /**
   * Begins a line of its own, for what others write (csds, queue) or read while it is written (tlb_state, the
   * request).
   */
  first(name: string, format: Format = 'number'): number {
    this.layout.line();
    return this.word(name, format);
  }
}

/** `gatherCapacity`: pages, and tables, that a gather holds. */
export function perCpu(
  layout: Layout,
  cpu: number,
  scenario: Scenario,
  maskWords: number,
  gatherCapacity: number,
): PerCpu {
  const words = new CpuWords(layout, cpu, maskWords);
  layout.line();
  const ctxs: TlbContext[] = [];
  for (let asid = 0; asid < scenario.slots; asid++) {
    const ctxId = layout.allocOf(cpu, `ctxs[${asid}].ctx_id`, 1, 'number', 2);
    ctxs.push({ ctxId, tlbGen: words.word(`ctxs[${asid}].tlb_gen`) });
  }
  layout.line();
  const csds = layout.allocTable(scenario.cpus, CSD_FIELDS, (target) => `csd(${cpu}->${target})`);
  const csd = Array.from({ length: scenario.cpus }, (_, target) => csds + target * CSD_FIELDS.length);
  return {
    tlbstate: tlbState(words, ctxs),
    flushInfo: flushInfo(words),
    cfd: callFunctionData(words, csd),
    ubc: unmapBatch(words),
    gather: mmuGather(words, gatherCapacity),
    current: current(words, FIRST_USER_MM + scenario.mms.length),
  };
}

function tlbState(words: CpuWords, ctxs: readonly TlbContext[]): TlbState {
  return {
    loadedMm: words.first('loaded_mm', 'mm'),
    loadedMmAsid: words.word('loaded_mm_asid', 'asid'),
    nextAsid: words.word('next_asid', 'asid'),
    invalidateOther: words.word('invalidate_other', 'bool'),
    isLazy: words.word('is_lazy', 'bool'),
    ctxs,
  };
}

function flushInfo(words: CpuWords): FlushTlbInfo {
  return {
    mm: words.first('flush_info.mm', 'mm'),
    start: words.word('flush_info.start'),
    end: words.word('flush_info.end'),
    newTlbGen: words.word('flush_info.new_tlb_gen'),
    initiatingCpu: words.word('flush_info.initiating_cpu'),
    strideShift: words.word('flush_info.stride_shift'),
    freedTables: words.word('flush_info.freed_tables', 'bool'),
    trimCpumask: words.word('flush_info.trim_cpumask', 'bool'),
  };
}

function callFunctionData(words: CpuWords, csd: readonly number[]): CallFunctionData {
  return {
    csd,
    cpumask: words.mask('cfd.cpumask'),
    cpumaskIpi: words.mask('cfd.cpumask_ipi'),
    queue: words.first('call_single_queue', 'csd'),
  };
}

function unmapBatch(words: CpuWords): TlbUbc {
  return {
    cpumask: words.mask('tlb_ubc.cpumask'),
    flushRequired: words.word('tlb_ubc.flush_required', 'bool'),
    writable: words.word('tlb_ubc.writable', 'bool'),
    unmappedPages: words.word('tlb_ubc.unmapped_pages', 'bool'),
  };
}

function mmuGather(words: CpuWords, capacity: number): MmuGather {
  return {
    mm: words.first('tlb.mm', 'mm'),
    start: words.word('tlb.start'),
    end: words.word('tlb.end'),
    fullmm: words.word('tlb.fullmm', 'bool'),
    needFlushAll: words.word('tlb.need_flush_all', 'bool'),
    freedTables: words.word('tlb.freed_tables', 'bool'),
    clearedPtes: words.word('tlb.cleared_ptes', 'bool'),
    pagesCount: words.word('tlb.nr_pages'),
    pages: words.words('tlb.pages', capacity),
    tablesCount: words.word('tlb.nr_tables'),
    tables: words.words('tlb.tables', capacity),
  };
}

function current(words: CpuWords, handles: number): Current {
  return {
    mm: words.word('current.mm', 'mm'),
    activeMm: words.word('current.active_mm', 'mm'),
    threads: words.words('threads', handles),
  };
}
