/** What the reason of a tlb_flush tells. */
import { TLB_LOCAL_MM_SHOOTDOWN, TLB_REMOTE_SHOOTDOWN, TLB_REMOTE_WRONG_CPU } from '../kernel/constants.js';

/**
 * Whether flush_tlb_func traces this reason: it flushed, or it came to a CPU that has another mm loaded
 * (since 6.14).
 */
export function isFuncReason(reason: number): boolean {
  return (
    (reason >= TLB_REMOTE_SHOOTDOWN && reason <= TLB_LOCAL_MM_SHOOTDOWN) || reason === TLB_REMOTE_WRONG_CPU
  );
}
