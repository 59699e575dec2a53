/**
 * The kinds of decision that a check compares, each with the lines of the recording that it stands on: agreed
 * + raced + disagreed + learnt of a kind is the number of those lines.
 */
export const KINDS = {
  gen:
    'lines with gen= : flush_mm_range (before), native_flush_multi, kvm_flush_multi, bcast_flush, ' +
    'flush_func (given out), exit_mmap',
  cpus:
    'flush_mm_range, kvm_flush_multi, bcast_flush, batch_flush, exit_mmap, and native_flush_multi that no ' +
    'kvm_flush_multi made',
  ngen: 'switch_mm',
  ncpus: 'switch_mm',
  pcid: 'write_cr3',
  'flush bit': 'write_cr3',
  slot: 'write_cr3: a slot that held the mm used again, or the next one in turn',
  should_flush: 'should_flush_ret',
  tlb_flush: 'tlb_flush: page count and reason',
  'no tlb_flush':
    'flush_func, switch_mm, flush_mm_range and batch_flush that no tlb_flush of theirs follows; a ' +
    'return before a target flushed',
  'pv dropped': 'native_flush_multi that a kvm_flush_multi made: the vCPUs that it left to the hypervisor',
  'global asid':
    'flush_mm_range, bcast_flush, switch_mm: the global ASID of the mm, and whether it is in transition',
  'asid given': 'use_global_asid: to an mm that enough CPUs run, and which number',
  'asid freed': 'free_global_asid: which number',
  broadcast: 'flush_mm_range and batch_flush: whether the flush is broadcast',
  invlpgb: 'each INVLPGB: PCID, address, number and size of pages',
  tlbsync: 'each TLBSYNC; a request that returns without the one that it needs',
  transition: 'bcast_flush: a CPU that is to follow to the ASID is waited for, or the transition ends',
  'follows asid': 'flush_func of an mm with a global ASID that is loaded: whether the CPU goes over to it',
  request:
    'native_flush_multi, kvm_flush_multi, bcast_flush, flush_func: range, stride, freed tables and ' +
    'trimming as the CPU that it names asked for',
  trim:
    'native_flush_multi and kvm_flush_multi of an mm: whether mm_cpumask is trimmed, which is due ' +
    'once a second',
  'page table': 'write_cr3: the page table is that of the mm',
  'IPI targets': 'native_flush_multi: who gets an IPI, but for CPUs whose queue was not empty',
  'IPI really sent': 'native_flush_multi: the CPUs that then get an IPI, as the queues are in the model',
} as const satisfies Readonly<Record<string, string>>;

export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];
/**
 * Reported without a bar: a target whose queue is not empty (the scheduler's wake-ups use it too) gets no
 * IPI.
 */
export const KIND_WITHOUT_BAR: Kind = 'IPI really sent';
