import { fitsAll, type Rule } from './rule.js';

/**
 * V0: nothing, as every paravirtual backend today. Slots stay behind, and are flushed again, needlessly, at
 * the next switch.
 */
export const v0: Rule = {
  name: 'v0',
  action: 'does nothing',
  summary: 'does nothing: slots of CPUs that were flushed for them stay behind (Linux today)',
  assumes: 'nothing',
  senseless: fitsAll,
  functions: () => ({}),
};
