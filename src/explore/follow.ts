import { AGENT_SUFFIX, cpuOfAgent, kindOfAgent } from '../machine/enabled-set.js';
import type { Machine } from '../machine/machine.js';

/**
 * Follows recorded decisions on a machine. Returns null, or why it could not: a decision that is impossible here means that the program
 * or the version is not the one that was recorded.
 */
export function follow(machine: Machine, decisions: readonly number[], step: (agent: number) => void): string | null {
  let next = 0;
  let diverged: string | null = null;
  machine.choose = (n) => {
    const decision = decisions[next];
    if (decision === undefined || decision >= 0) {
      diverged ??= `step ${machine.step}: a choice of ${n} is asked for that the schedule does not answer`;
      return 0;
    }
    next++;
    if (-1 - decision >= n) diverged ??= `step ${machine.step}: the schedule answers ${-1 - decision} to a choice of ${n}`;
    return Math.min(n - 1, -1 - decision);
  };
  machine.begin();
  while (next < decisions.length && machine.violation === null && diverged === null) {
    const agent = decisions[next++];
    if (agent < 0) return `step ${machine.step}: the schedule answers a choice that was not asked for`;
    if (!machine.canStep(agent))
      return `step ${machine.step}: the schedule moves agent ${cpuOfAgent(agent)}${AGENT_SUFFIX[kindOfAgent(agent)]}, which cannot move`;
    step(agent);
  }
  return diverged;
}
