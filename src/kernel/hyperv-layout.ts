import { ENTRY_PAGES } from '../machine/hyperv-request.js';
import type { Layout } from '../machine/layout.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** What a Hyper-V guest has beside the kernel's words; of no words for other guests. */

/** `HV_VCPUS_PER_SPARSE_BANK`: a bank of a set, two words here. */
export const BANK_VPS = 64;
/** `HV_MAX_SPARSE_VCPU_BANKS`. */
export const BANKS_MAX = 64;
/** `VP_INVAL`, a number that is not known yet, in an int. */
export const VP_INVAL = -1;
/** Fields of an input page, as offsets from its address; the banks and the address space lie behind them. */
export const INPUT_FLAGS = 0;
/** Whether it is that of an EX hypercall, whose processors are a set of banks. */
export const INPUT_IS_SPARSE = 1;
/** Why a processor could not be named, one of NAMED_*. */
export const INPUT_NAMED = 2;
/** Banks that count (`valid_bank_mask` has the lowest so many bits). */
export const INPUT_BANKS = 3;
/** Two words a bank; of a plain request there is one, the processor mask. */
export const INPUT_SET = 4;

/** Words of a list that are ever needed: a page each at most. */
const LIST_WORDS_MAX = 64;
/** (page size - fixed part) / size of an entry, of the plain hypercall. */
const LIST_ENTRIES = 509;

export interface HypervLayout {
  /** `hv_vp_index` of each CPU, VP_INVAL among them. */
  readonly vpIndex: readonly number[];
  /** By CPU: the number that the host knows it by. */
  readonly hostVp: readonly number[];
  /** By CPU: its input page. */
  readonly input: readonly number[];
  /** From an input page's address to its address space; the list is behind that. */
  readonly space: number;
  /** Banks of `hv_max_vp_index`: those that are cleared before a set is filled in. */
  readonly banks: number;
  readonly hasHypercallPage: boolean;
  readonly takesSparseSets: boolean;
  readonly refuses: boolean;
  readonly entryPages: number;
  readonly listEntries: number;
  /** Words of a list: behind them is somebody else's memory. */
  readonly listWords: number;
  /** Pages after which an address begins anew; 0: never. */
  readonly addressPages: number;
}

/** Lays them out; `isGuest`: the kernel runs on Hyper-V. */
export function hypervLayout(layout: Layout, scenario: Scenario, isGuest: boolean): HypervLayout {
  const { cpus, pages, hyperv = {} } = scenario;
  const vpNumbers = Array.from({ length: cpus }, (_, cpu) => hyperv.vpNumbers?.[cpu] ?? null);
  const isOwn = hyperv.vpNumbers === undefined;
  const hostVp = vpNumbers.map((vp, cpu) => vp ?? cpu);
  const banks = (Math.max(...hostVp) >> 6) + 1;
  const listEntries = hyperv.listEntries ?? LIST_ENTRIES;
  const listWords = Math.min(listEntries, LIST_WORDS_MAX, pages) + 1;
  // A set of more banks than there can be is never filled in.
  const space = INPUT_SET + 2 * (banks > BANKS_MAX ? 1 : banks);
  const perCpu = (name: string, words: number): number[] =>
    isGuest ? Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, name, words)) : [];
  return {
    vpIndex: isOwn ? hostVp : vpNumbers.map((vp) => vp ?? VP_INVAL),
    hostVp,
    input: perCpu('hyperv_pcpu_input_arg', space + 1 + listWords),
    space,
    banks,
    hasHypercallPage: hyperv.hypercallPage ?? true,
    takesSparseSets: hyperv.sparseSets ?? true,
    refuses: hyperv.refuses ?? false,
    entryPages: hyperv.entryPages ?? ENTRY_PAGES,
    listEntries,
    listWords,
    addressPages: hyperv.addressPages ?? 0,
  };
}
