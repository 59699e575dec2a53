/**
 * What rules are made of, for rules of users: who was reached by a flush, what the request says, ways of
 * writing to another CPU's slot.
 */

export { completeFlush, completeFlushTlbFunc } from './complete-flush.js';
export { findSlot, raisePair, raisePairByOne, raisePlainly } from './raise-slot.js';
export { afterFlush, forgetTargets, noteTarget, updateTargets } from './reached-targets.js';
export { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
export { fitsAll, type Rule } from './rule.js';
export { raiseUnderLock, storeSlotUnderLock } from './slot-lock.js';
