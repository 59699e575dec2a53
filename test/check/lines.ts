import type { Kind } from '../../src/check/index.js';
import type { TraceEvent } from '../../src/trace/events.js';

/** The lines of each kind in a recording, counted without the check. */
export function linesOf(
  events: readonly TraceEvent[],
): Record<Exclude<Kind, 'no tlb_flush' | 'trim' | 'follows asid' | 'transition'>, number> {
  const count = (...kinds: TraceEvent['kind'][]): number =>
    events.filter((event) => kinds.includes(event.kind)).length;
  const pv = count('kvm_flush_multi');
  const broadcasts = count('bcast_flush');
  const onBroadcasters = (...kinds: TraceEvent['kind'][]): number =>
    events.some(({ kind }) => kind === 'free_global_asid') ? count(...kinds) : 0;
  return {
    gen:
      count('flush_mm_range', 'native_flush_multi', 'kvm_flush_multi', 'flush_func', 'exit_mmap') +
      broadcasts,
    cpus:
      count('flush_mm_range', 'kvm_flush_multi', 'batch_flush', 'exit_mmap') +
      count('native_flush_multi') +
      broadcasts -
      pv,
    ngen: count('switch_mm'),
    ncpus: count('switch_mm'),
    pcid: count('write_cr3'),
    'flush bit': count('write_cr3'),
    slot: count('write_cr3'),
    should_flush: count('should_flush_ret'),
    tlb_flush: count('tlb_flush'),
    'pv dropped': pv,
    request: count('native_flush_multi', 'kvm_flush_multi', 'flush_func') + broadcasts,
    'global asid': onBroadcasters('flush_mm_range', 'bcast_flush', 'switch_mm'),
    'asid given': count('use_global_asid'),
    'asid freed': count('free_global_asid'),
    broadcast: onBroadcasters('flush_mm_range', 'batch_flush'),
    invlpgb: count('invlpgb'),
    tlbsync: count('tlbsync'),
    'page table': count('write_cr3'),
    'IPI targets': count('native_flush_multi'),
    'IPI really sent': count('native_flush_multi'),
  };
}
