/** Kernel functions as spans: from the first step in them to the last, one inside the other. */

import type { TraceStep } from '../explain/trace-step.js';

export interface Span {
  readonly cpu: number;
  readonly name: string;
  /** How many functions are around it; a handler's stand behind what it interrupted. */
  readonly depth: number;
  /** Indices of steps. */
  readonly from: number;
  readonly to: number;
}

interface Open {
  readonly name: string;
  readonly from: number;
  last: number;
}

/**
 * A CPU's own steps say in which functions they are. A function that is left and entered again without a step
 * of its caller between is one span: the steps do not tell.
 */
export function functionSpans(steps: readonly TraceStep[]): Span[] {
  const spans: Span[] = [];
  // By CPU and depth of handlers: an interrupted stack stays open while its handler runs.
  const stacks = new Map<number, Open[][]>();
  const close = (cpu: number, levels: Open[][], level: number, from: number): void => {
    const around = levels.slice(0, level).reduce((sum, stack) => sum + stack.length, 0);
    const stack = levels[level] ?? [];
    for (const [index, { name, from: first, last }] of stack.entries())
      if (index >= from) spans.push({ cpu, name, depth: around + index, from: first, to: last });
    stack.length = Math.min(stack.length, from);
  };
  for (const [index, { cpu, agent, functions, handlerDepth }] of steps.entries()) {
    if (agent !== 'cpu' || functions.length === 0) continue;
    const levels = stacks.get(cpu) ?? [];
    stacks.set(cpu, levels);
    for (let level = levels.length - 1; level > handlerDepth; level--) close(cpu, levels, level, 0);
    while (levels.length <= handlerDepth) levels.push([]);
    levels.length = handlerDepth + 1;
    const stack = levels[handlerDepth];
    let common = 0;
    while (common < stack.length && stack[common].name === functions[common]) common++;
    close(cpu, levels, handlerDepth, common);
    for (const name of functions.slice(common)) stack.push({ name, from: index, last: index });
    for (const level of levels) for (const open of level) open.last = index;
  }
  for (const [cpu, levels] of stacks)
    for (let level = levels.length - 1; level >= 0; level--) close(cpu, levels, level, 0);
  return spans.sort((a, b) => a.from - b.from || a.depth - b.depth);
}
