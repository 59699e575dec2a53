/** Names for spans of functions. */

import type { Span } from '../../../src/report/function-spans.js';

export interface LabelledSpan extends Span {
  /**
   * What is written in it: its name, after those of the functions around it that begin where it does; empty
   * where the first function in it says as much.
   */
  readonly label: string;
}

/** Steps that a name takes. */
const LABEL_STEPS = 2;

/** Whether a span begins so early in the one around it that there is no room for that one's name. */
function begins(span: Pick<Span, 'from'>, around: Pick<Span, 'from'>): boolean {
  return span.from - around.from < LABEL_STEPS;
}

/** Spans in order, the outer one first. */
export function labelledSpans(spans: readonly Span[]): LabelledSpan[] {
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
