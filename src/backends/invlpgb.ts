import type { Backend } from '../kernel/backend.js';
import { nativeFlushTlbMulti } from './native.js';

/**
 * AMD's INVLPGB and TLBSYNC (Linux 6.15 and later): an mm that many CPUs run has a global ASID, and its
 * flushes are broadcast (kernel/broadcast-flush.ts, kernel/global-asid.ts). IPIs are for the other mms, and
 * for CPUs that have still to follow to a global ASID.
 */
export const invlpgbBackend: Backend = {
  name: 'invlpgb',
  summary:
    'AMD INVLPGB/TLBSYNC: mms that many CPUs run have a global ASID and are flushed by broadcast, ' +
    'the others ' +
    'by IPI',
  has: { ipis: true, broadcasts: true },
  profile: '6.18',
  uses: 'globalAsids',
  onlyRules: {
    // Those that a CPU's loaded_mm_asid, and slots that nobody uses any more, may make a difference to.
    names: ['v1', 'v4', 'v7', 'v12'],
    because:
      'a flush by broadcast leaves no slot behind its mm, and those by IPI are those of native (v1, v4, v7 ' +
      'and v12 are asked here too, for CPUs on their way to a global ASID)',
  },
  flushTlbMulti: nativeFlushTlbMulti,
};
