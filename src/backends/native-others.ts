import type { Backend } from '../kernel/backend.js';
import { nativeFlushTlbMulti } from './native.js';

/**
 * `native_flush_tlb_others` (arch/x86/mm/tlb.c, up to 5.12): the same IPIs, after the local flush. That the caller has flushed itself, and is
 * left out here, is the profile's (feature concurrentFlush, kernel/flush-mm-range.ts).
 */
export const nativeOthersBackend: Backend = {
  name: 'native-5.10',
  summary: 'IPIs, local flush first, then the remote ones (up to Linux 5.12)',
  host: 'none',
  profile: '5.10',
  flushTlbMulti: nativeFlushTlbMulti,
};
