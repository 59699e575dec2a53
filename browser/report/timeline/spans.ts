/** Kernel functions as spans: from the first step in them to the last, one inside the other. */

import type { TraceStep } from '../../../src/explain/trace-step.js';

export interface Span {
  readonly cpu: number;
  readonly name: string;
  /** How many functions are around it; a handler's stand behind what it interrupted. */
  readonly depth: number;
  /** Indices of steps. */
  readonly from: number;
  readonly to: number;
  /**
   * What is written in it: its name, after those of the functions around it that begin where it does; empty
   * where the first function in it says as much.
   */
  readonly label: string;
}

/** Steps that a name takes. */
const LABEL_STEPS = 2;

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
  const spans: Omit<Span, 'label'>[] = [];
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
  return labelled(spans.sort((a, b) => a.from - b.from || a.depth - b.depth));
}

/** Whether a span begins so early in the one around it that there is no room for that one's name. */
function begins(span: Pick<Span, 'from'>, around: Pick<Span, 'from'>): boolean {
  return span.from - around.from < LABEL_STEPS;
}

/** Spans in order, the outer one first. */
function labelled(spans: readonly Omit<Span, 'label'>[]): Span[] {
  const labels = spans.map(({ name }) => name);
  // By CPU: indices of the spans around the one that comes next, outermost first.
  const around = new Map<number, number[]>();
  for (const [index, span] of spans.entries()) {
    const outer = (around.get(span.cpu) ?? []).filter(
      (other) => spans[other].depth < span.depth && spans[other].to >= span.from,
    );
    const parent = outer.at(-1);
    const isLong = span.to - span.from + 1 >= LABEL_STEPS;
    if (parent !== undefined && isLong && labels[parent] !== '' && begins(span, spans[parent])) {
      labels[index] = `${labels[parent]} › ${span.name}`;
      labels[parent] = '';
    }
    around.set(span.cpu, [...outer, index]);
  }
  return spans.map((span, index) => ({ ...span, label: labels[index] }));
}
