/**
 * Which client operation of the lab a recorded flush request stands for.
 */
import type { FlushRecord, ForkRecord, History } from './history.js';
import { isForkCaller } from './history.js';

/** How a flush is brought into a scenario. */
export type Treatment =
  /** By the client operation that made it. */
  | 'modelled'
  /** By MADV_DONTNEED on its range. */
  | 'approximated'
  /** Not at all. */
  | 'ignored';

export type FlushOp =
  | 'munmap'
  | 'mprotect'
  | 'madvise'
  | 'fork'
  | 'exit'
  | 'cow'
  | 'cow-of-unknown-fork'
  | 'implied'
  | 'other'
  | 'foreign';

export interface Classified {
  readonly op: FlushOp;
  readonly treatment: Treatment;
  /** For tallies and notes: what it was. */
  readonly label: string;
}

const MADV_DONTNEED = 4n;
const GATHER_CALLERS: ReadonlySet<string> = new Set([
  'tlb_finish_mmu',
  'tlb_flush_mmu',
  'tlb_flush_mmu_tlbonly',
  'unmap_page_range',
  'zap_pte_range',
]);

const modelled = (op: FlushOp, label: string): Classified => ({ op, treatment: 'modelled', label });
const approximated = (op: FlushOp, label: string): Classified => ({ op, treatment: 'approximated', label });

/** A gather's flush: what it does follows from the system call or the tear-down around it. */
function classifyGather(flush: FlushRecord): Classified {
  if (flush.exits) return modelled('exit', 'exit (exit_mmap)');
  const call = flush.syscall;
  switch (call?.name) {
    case 'munmap':
      return modelled('munmap', 'munmap');
    case 'brk':
      return modelled('munmap', 'munmap (brk)');
    case 'mmap':
      return modelled('munmap', 'munmap (mmap over a mapping)');
    case 'mprotect':
      return (call.args.prot ?? 0n) === 0n
        ? approximated('other', 'mprotect(PROT_NONE)')
        : modelled('mprotect', 'mprotect');
    case 'madvise': {
      const advice = call.args.behavior ?? 0n;
      return advice === MADV_DONTNEED
        ? modelled('madvise', 'MADV_DONTNEED')
        : approximated('other', `madvise(${advice})`);
    }
    case 'mremap':
      return approximated('other', 'mremap');
    default:
      return approximated('other', `${flush.caller ?? 'unknown caller'} outside a system call`);
  }
}

/**
 * Classifies a flush. `knownForks` are the forks that the scenario contains: a copy-on-write break can only
 * be one there if the fork that shared the page is.
 */
export function classifyFlush(flush: FlushRecord, knownForks: readonly ForkRecord[]): Classified {
  const classified = classifyByCaller(flush, knownForks);
  // Tear-down runs after the task has left its mm, and a batch's flush is the reclaim model's own affair. All
  // else is a client operation of a running task, which can only be scripted on a CPU that runs this mm.
  if (classified.op === 'exit' || classified.op === 'implied') return classified;
  if (flush.loaded !== null && (flush.loaded !== flush.event.ctx || flush.lazy)) {
    return {
      op: 'foreign',
      treatment: 'ignored',
      label: `${classified.label} of an mm that its CPU does not run`,
    };
  }
  return classified;
}

function classifyByCaller(flush: FlushRecord, knownForks: readonly ForkRecord[]): Classified {
  const caller = flush.caller;
  if (caller === 'flush_tlb_batched_pending')
    return modelled('implied', 'flush_tlb_batched_pending (done by the simulated kernel itself)');
  if (isForkCaller(caller)) return modelled('fork', 'fork');
  if (caller === 'ptep_clear_flush') {
    const ctx = flush.event.ctx;
    const shared = knownForks.some(
      (fork) => fork.flush.index < flush.index && (fork.flush.event.ctx === ctx || fork.childCtx === ctx),
    );
    return shared
      ? modelled('cow', 'copy-on-write break')
      : approximated('cow-of-unknown-fork', 'copy-on-write break of an earlier fork or a file page');
  }
  if (caller !== null && GATHER_CALLERS.has(caller)) return classifyGather(flush);
  return approximated('other', caller ?? 'unknown caller');
}

/** Forks of a history whose flush lies in [first, end) of the events. */
export function forksWithin(history: History, first: number, end: number): ForkRecord[] {
  return history.forks.filter((fork) => fork.flush.index >= first && fork.flush.index < end);
}
