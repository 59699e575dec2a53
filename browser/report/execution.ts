/** An execution as the views ask for it: what is derived from its data once. */

import type { TraceStep } from '../../src/explain/trace-step.js';
import { type Bar, bufferBars, stateBands, tlbBars } from '../../src/report/bars.js';
import { functionSpans } from '../../src/report/function-spans.js';
import type { Execution } from '../../src/report/reporters/hunt-report.js';
import { StateHistory } from '../../src/report/state-history.js';
import { type LabelledSpan, labelledSpans } from './timeline/spans.js';
import { WordHistory } from './words.js';

export class Looked {
  readonly steps: readonly TraceStep[];
  /** Indices of the steps that decide. */
  readonly deciding: readonly number[];
  readonly states: StateHistory;
  readonly words: WordHistory;
  /** CPUs that move, in ascending order. */
  readonly cpus: readonly number[];
  readonly hasHost: boolean;
  readonly buffers: readonly Bar[];
  readonly tlbs: readonly Bar[];
  readonly bands: readonly Bar[];
  readonly spans: readonly LabelledSpan[];

  /** `others`: CPUs that are shown though they do not move. */
  constructor(
    readonly execution: Execution,
    others: readonly number[] = [],
  ) {
    const { trace, start, memory } = execution;
    this.steps = trace;
    this.deciding = trace.flatMap(({ deciding }, index) => (deciding === null ? [] : [index]));
    this.states = new StateHistory(start, trace);
    this.words = new WordHistory(memory);
    this.cpus = [...new Set([...others, ...trace.map(({ cpu }) => cpu)])].sort((a, b) => a - b);
    this.hasHost = trace.some(({ agent }) => agent === 'host');
    this.buffers = bufferBars(execution);
    this.tlbs = tlbBars(execution);
    this.bands = stateBands(execution);
    this.spans = labelledSpans(functionSpans(trace));
  }

  /** Where a reader begins: the step that the cause speaks of, the first that decides, or the first. */
  get begin(): number {
    const cause = this.steps.findIndex(({ isCause }) => isCause === true);
    return cause >= 0 ? cause : (this.deciding[0] ?? 0);
  }

  /** The index of a step by its number; of a number that no step has, of the nearest. */
  indexOf(step: number): number {
    const first = this.steps[0]?.step ?? 0;
    return Math.max(0, Math.min(this.steps.length - 1, step - first));
  }
}
