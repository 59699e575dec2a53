import { completeFlush } from './complete-flush.js';
import { afterFlush } from './reached-targets.js';
import { fitsAll, type Rule } from './rule.js';
import { raiseUnderLock } from './slot-lock.js';

/**
 * V11: a lock that only initiators take. Assumes that only they write to slots; the owner does too, and
 * recycles them (race R1).
 */
export const v11: Rule = {
  name: 'v11',
  action: 'raises the slot under a lock that only initiators take',
  summary: 'finds and raises the slot under a lock that only initiators take',
  assumes: 'the owner does not recycle the slot meanwhile',
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: raiseUnderLock }),
};
