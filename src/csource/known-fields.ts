import type { OwnWord, OwnWords } from '../kernel/own-words.js';
import type { Codec, CsdWord, Field, FieldTables, FieldWord } from './addresses.js';
import type { GlobalVariable, Scalar } from './dwarf/c-types.js';

/**
 * Which word of the layout each field of the C code is. What the layout does not know gets a word of its own,
 * named after the field, so that a patch which adds one works.
 */

export interface CData {
  /** Variables that have an address in the code. */
  readonly variables: readonly GlobalVariable[];
  readonly perCpu: readonly GlobalVariable[];
  /** Words of `struct mm_struct`, of a batch of unmapped pages. */
  readonly mm: readonly Scalar[];
  readonly batch: readonly Scalar[];
  /** Of `struct __call_single_data`, where kernel/smp.c is C. */
  readonly csd: readonly Scalar[];
  /** Whether code stores to a variable. */
  isStored(variable: GlobalVariable): boolean;
  initial(address: number, bytes: number): number;
}

interface Known {
  readonly word: FieldWord;
  readonly codec: Codec;
}

const tlbstate = (word: string, codec: Codec = 'number'): Known => ({
  word: { of: 'tlbstate', word },
  codec,
});
const request = (word: string, codec: Codec = 'number'): Known => ({
  word: { of: 'flushInfo', word },
  codec,
});
const ofCsd = (word: CsdWord, codec: Codec = 'number'): Known => ({ word: { of: 'csd', word }, codec });
const ofMm = (word: string, codec: Codec = 'number'): Known => ({ word: { of: 'mm', word }, codec });

/** By path: what is a word of the layout. */
const PER_CPU: Readonly<Record<string, Known>> = {
  'cpu_tlbstate.loaded_mm': tlbstate('loadedMm', 'mm'),
  'cpu_tlbstate.loaded_mm_asid': tlbstate('loadedMmAsid'),
  'cpu_tlbstate.next_asid': tlbstate('nextAsid'),
  'cpu_tlbstate.invalidate_other': tlbstate('invalidateOther'),
  // One structure with the rest up to 5.12.
  'cpu_tlbstate.is_lazy': tlbstate('isLazy'),
  'cpu_tlbstate_shared.is_lazy': tlbstate('isLazy'),
  'flush_tlb_info.mm': request('mm', 'mm'),
  'flush_tlb_info.start': request('start', 'pages'),
  'flush_tlb_info.end': request('end', 'pages'),
  'flush_tlb_info.new_tlb_gen': request('newTlbGen'),
  'flush_tlb_info.initiating_cpu': request('initiatingCpu'),
  'flush_tlb_info.stride_shift': request('strideShift'),
  'flush_tlb_info.freed_tables': request('freedTables'),
  'flush_tlb_info.trim_cpumask': request('trimCpumask'),
};
const MM: Readonly<Record<string, Known>> = {
  pgd: ofMm('pgd', 'frame'),
  'mm_users.counter': ofMm('mmUsers'),
  'mm_count.counter': ofMm('mmCount'),
  'context.ctx_id': ofMm('ctxId'),
  'context.tlb_gen.counter': ofMm('tlbGen'),
  'context.next_trim_cpumask': ofMm('nextTrimCpumask'),
};
/** By the last name of the path. */
const CSD: Readonly<Record<string, Known>> = {
  next: { word: { of: 'csd', word: 'next' }, codec: 'csd' },
  flags: ofCsd('flags'),
  u_flags: ofCsd('flags'),
  func: ofCsd('func', 'function'),
  info: ofCsd('info', 'request'),
};
/** Where a CPU finds the csds that it sends. */
const CSDS = /^cfd_data\.(?:csd|pcpu)$/;
const CALL_MASK = /^cfd_data\.(cpumask|cpumask_ipi)\[0\]\.bits\[(\d+)\]$/;
const SLOT = /^cpu_tlbstate\.ctxs\[(\d+)\]\.(ctx_id|tlb_gen)$/;
const MASK = /^(?:cpu_bitmap|cpumask)\.bits\[(\d+)\]$/;

/** What the code has, and the words that the layout gets for it. */
export interface Fields {
  readonly tables: FieldTables;
  readonly own: OwnWords;
}

export function fieldsOf(data: CData): Fields {
  const own = { perCpu: [] as OwnWord[], perMm: [] as OwnWord[], machine: [] as OwnWord[] };
  const ownWord = (list: OwnWord[], name: string, initial = 0, codec: Codec = 'number'): Known => {
    list.push({ name, ...(initial === 0 ? {} : { initial }) });
    return { word: { of: 'own', index: list.length - 1 }, codec };
  };
  const fieldsIn = (
    variable: GlobalVariable,
    known: (name: string, address: number, bytes: number) => Known,
  ) =>
    variable.scalars.map(({ path, offset, bytes }): Field => {
      const name = path === '' ? variable.name : `${variable.name}${path.startsWith('[') ? '' : '.'}${path}`;
      const address = variable.address + offset;
      return { name, offset: address, bytes, ...known(name, address, bytes) };
    });
  const perCpu = data.perCpu.flatMap((variable) =>
    fieldsIn(variable, (name, address, bytes) => {
      if (CSDS.test(name)) return ownWord(own.perCpu, name, 0, 'csds');
      return knownPerCpu(name) ?? ownWord(own.perCpu, name, data.initial(address, bytes));
    }),
  );
  const variables = data.variables.flatMap((variable) => {
    const isStored = data.isStored(variable);
    return fieldsIn(variable, (name, address, bytes) =>
      isStored
        ? ownWord(own.machine, name, data.initial(address, bytes))
        : { word: { of: 'constant' }, codec: 'number' },
    );
  });
  const mm = data.mm.map(({ path, offset, bytes }): Field => {
    const known = maskWord(path, 'mm') ?? (Object.hasOwn(MM, path) ? MM[path] : undefined);
    return { name: `mm.${path}`, offset, bytes, ...(known ?? ownWord(own.perMm, `mm.${path}`)) };
  });
  const batch = data.batch.flatMap(({ path, offset, bytes }): Field[] => {
    const known =
      maskWord(path, 'ubc') ??
      (path === 'unmapped_pages'
        ? ({ word: { of: 'ubc', word: 'unmappedPages' }, codec: 'number' } as const)
        : null);
    return known === null ? [] : [{ name: `batch.${path}`, offset, bytes, ...known }];
  });
  const csd = data.csd.flatMap(({ path, offset, bytes }): Field[] => {
    const last = path.split('.').at(-1) ?? '';
    return Object.hasOwn(CSD, last) ? [{ name: `csd.${path}`, offset, bytes, ...CSD[last] }] : [];
  });
  return { tables: { variables, perCpu, mm, batch, csd }, own };
}

function knownPerCpu(name: string): Known | null {
  if (name === 'call_single_queue.first') return { word: { of: 'cfd', word: 'queue' }, codec: 'csd' };
  const mask = CALL_MASK.exec(name);
  if (mask !== null) {
    const word = mask[1] === 'cpumask' ? 'cpumask' : 'cpumaskIpi';
    return { word: { of: 'cfd', word, index: Number(mask[2]) }, codec: 'number' };
  }
  const slot = SLOT.exec(name);
  if (slot === null) return Object.hasOwn(PER_CPU, name) ? PER_CPU[name] : null;
  return {
    word: { of: 'ctxs', slot: Number(slot[1]), word: slot[2] === 'ctx_id' ? 'ctxId' : 'tlbGen' },
    codec: 'number',
  };
}

function maskWord(path: string, of: 'mm' | 'ubc'): Known | null {
  const match = MASK.exec(path);
  return match === null ? null : { word: { of, word: 'cpumask', index: Number(match[1]) }, codec: 'number' };
}
