import type { Backend } from '../kernel/backend.js';
import { rarCalledFunction, rarRunCsd, rarShouldFlushTlb } from '../kernel/rar/calls.js';
import {
  rarBroadcastTlbFlush,
  rarFlushBatch,
  rarFlushGlobalAsid,
  rarFlushTlbMulti,
  rarFlushWhileLazy,
  rarFollowInFlush,
  rarReadSlotTlbGen,
  rarStoreSlotTlbGen,
} from '../kernel/rar/flush.js';
import { rarFlushAll, rarLockGlobalAsids, rarUnlockGlobalAsids } from '../kernel/rar/global-asids.js';
import {
  rarChooseGlobalAsid,
  rarFollowGlobalAsid,
  rarLoadNewMmCr3,
  rarStoreSlot,
  rarUpdateMmCpumask,
} from '../kernel/rar/switch.js';

/**
 * Intel's remote action requests (the RFC series of 2025, v4; not merged): an mm that many CPUs run has a
 * global ASID, as under invlpgb, and its flushes are requests to the microcode of the CPUs in mm_cpumask.
 * IPIs are for the other mms, for CPUs that have still to follow to a global ASID, and to trim mm_cpumask.
 */
export const rarBackend: Backend = {
  name: 'rar',
  summary:
    'Intel RAR (RFC v4): mms that many CPUs run have a global ASID and are flushed by the microcode of the ' +
    'CPUs in mm_cpumask, the others by IPI',
  has: { ipis: true, remoteActions: true },
  profile: '6.18',
  uses: 'globalAsids',
  onlyRules: {
    // Those that a CPU's loaded_mm_asid, and slots that nobody uses any more, may make a difference to.
    names: ['v1', 'v4', 'v7', 'v12'],
    because:
      'a remote action leaves no slot behind its mm: a global ASID has none, and flushes by IPI are those ' +
      'of native (v1, v4, v7 and v12 are asked here too, for CPUs on their way to a global ASID)',
  },
  functions: {
    flushGlobalAsid: rarFlushGlobalAsid,
    broadcastTlbFlush: rarBroadcastTlbFlush,
    flushUnderGlobalAsid: rarFollowInFlush,
    flushWhileLazy: rarFlushWhileLazy,
    readSlotTlbGen: rarReadSlotTlbGen,
    storeSlotTlbGen: rarStoreSlotTlbGen,
    storeSlot: rarStoreSlot,
    flushBatchByBroadcast: rarFlushBatch,
    invlpgbFlushAllNonglobals: rarFlushAll,
    lockGlobalAsids: rarLockGlobalAsids,
    unlockGlobalAsids: rarUnlockGlobalAsids,
    chooseGlobalAsid: rarChooseGlobalAsid,
    followGlobalAsid: rarFollowGlobalAsid,
    updateMmCpumask: rarUpdateMmCpumask,
    loadNewMmCr3: rarLoadNewMmCr3,
    shouldFlushTlb: rarShouldFlushTlb,
    calledFunction: rarCalledFunction,
    runCsd: rarRunCsd,
  },
  flushTlbMulti: rarFlushTlbMulti,
};
