import type { KernelConfig } from '../kernel/kernel-cpu.js';
import type { Machine } from '../machine/machine.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import { asserted } from './asserted.js';
import { crossMm } from './cross-mm.js';
import type { Explanation } from './explanation.js';
import { freedTableWalk } from './freed-table-walk.js';
import type { KernelNames } from './names.js';
import type { OwnCalls } from './own-calls.js';
import { tellOwnDifferences } from './own-differences.js';
import { acknowledged, csdReused, unlockedFree } from './protocol-breach.js';
import type { RawStep } from './raw-step.js';
import { splitPage } from './split-page.js';
import { staleUse } from './stale-use.js';
import { Story } from './story.js';
import { stuck } from './stuck.js';

/**
 * Why an execution of the simulated kernel ended as it did. The machine stands where it ended; `steps` are
 * all its steps; `judged`: the words that an assertion over the final memory looked at, in order; `own`:
 * what the variant's own functions did otherwise than its base's, where that was followed.
 */
export function explain(
  machine: Machine,
  kernel: KernelConfig,
  steps: readonly RawStep[],
  names: KernelNames,
  violation: JudgedViolation,
  judged: readonly number[] = [],
  own: OwnCalls | null = null,
): Explanation {
  const story = new Story(machine, kernel, steps, names, violation);
  const explanation = byClass(story, judged);
  if (own === null) return explanation;
  tellOwnDifferences(story, own);
  return story.more(explanation);
}

function byClass(story: Story, judged: readonly number[]): Explanation {
  const { facts } = story.violation;
  switch (facts.class) {
    case 'stale-use':
      return staleUse(story, facts);
    case 'cross-mm':
      return crossMm(story, facts);
    case 'freed-table-walk':
      return freedTableWalk(story, facts);
    case 'split-page':
      return splitPage(story, facts);
    case 'csd-reuse':
      return csdReused(story, facts);
    case 'lost-ack':
      return acknowledged(story, facts);
    case 'unlock-of-free':
      return unlockedFree(story, facts);
    case 'assertion':
      return asserted(story, judged);
    case 'deadlock':
    case 'livelock':
      return stuck(story);
    default:
      return story.lastStepOnly();
  }
}
