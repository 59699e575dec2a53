import type { TraceStep } from '../../../src/explain/trace-step.js';

/** By step: the innermost function of the CPU's code, where its last step was in another one; else null. */
export function enteredFunctions(steps: readonly TraceStep[]): (string | null)[] {
  const before = new Map<number, string>();
  return steps.map(({ cpu, agent, functions }) => {
    const innermost = functions.at(-1);
    if (agent !== 'cpu' || innermost === undefined) return null;
    const isSame = before.get(cpu) === innermost;
    before.set(cpu, innermost);
    return isSame ? null : innermost;
  });
}
