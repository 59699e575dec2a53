/**
 * What rules are made of, for rules of users: who was reached by a flush, what the request says, ways of
 * writing to another CPU's slot.
 */

export { completeFlush, completeFlushTlbFunc } from './complete-flush.js';
export { raiseUnderLock, storeSlotUnderLock } from './lock.js';
export { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
export { fitsAll, type Rule } from './rule.js';
export { findSlot, raisePair, raisePairByOne, raisePlainly } from './slots.js';
export { afterFlush, forgetTargets, noteTarget, updateTargets } from './targets.js';
