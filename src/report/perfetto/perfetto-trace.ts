/**
 * An execution as a trace that ui.perfetto.dev and chrome://tracing open: the JSON of trace events. A track
 * for each CPU with its functions and, inside them, its steps; tracks for the stores that wait in its buffer
 * and for the host; a flow for each interrupt, hypercall and broadcast, and for what a load reads from
 * another CPU's releasing store; a counter for each generation. A step takes a microsecond, its number says
 * when.
 */

import type { TraceStep } from '../../explain/trace-step.js';
import { bufferBars, slotsOf } from '../bars.js';
import { visible } from '../escape.js';
import { functionSpans } from '../function-spans.js';
import type { Execution } from '../reporters/hunt-report.js';

/** An event as the format has it: `ph` is its kind, times are microseconds. */
export interface TraceEvent {
  readonly ph: 'X' | 'M' | 'C' | 's' | 'f';
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, string | number>>;
}

export interface PerfettoTrace {
  readonly displayTimeUnit: 'ns';
  readonly traceEvents: readonly TraceEvent[];
}

const PID = 1;
/** Threads of a CPU have numbers of their own: its code, then its store buffer's places. */
const TIDS_PER_CPU = 16;
const HOST_TID = 1;
/** Links that would hide the others, there are so many. */
const WITHOUT_FLOW: ReadonlySet<string> = new Set(['reads', 'drain']);
/** The kernel's name for generations, of an mm and of a slot. */
const GENERATION = 'tlb_gen';

/** `title` names the process. */
export function perfettoTrace(title: string, execution: Execution): PerfettoTrace {
  const events = [
    ...threadNames(title, execution),
    ...functionEvents(execution),
    ...stepEvents(execution),
    ...bufferEvents(execution),
    ...flowEvents(execution),
    ...counterEvents(execution),
  ];
  return { displayTimeUnit: 'ns', traceEvents: events };
}

function tidOf(cpu: number, place = 0): number {
  return (cpu + 1) * TIDS_PER_CPU + place;
}

function tidOfStep({ cpu, agent }: TraceStep): number {
  return agent === 'host' ? HOST_TID : tidOf(cpu);
}

function threadNames(title: string, execution: Execution): TraceEvent[] {
  const { trace } = execution;
  const cpus = [...new Set(trace.map(({ cpu }) => cpu))].sort((a, b) => a - b);
  const bars = bufferBars(execution);
  const named = (tid: number, name: string): TraceEvent[] => [
    { ph: 'M', name: 'thread_name', pid: PID, tid, args: { name } },
    { ph: 'M', name: 'thread_sort_index', pid: PID, tid, args: { sort_index: tid } },
  ];
  return [
    { ph: 'M', name: 'process_name', pid: PID, args: { name: visible(title) } },
    ...(trace.some(({ agent }) => agent === 'host') ? named(HOST_TID, 'host') : []),
    ...cpus.flatMap((cpu) => [
      ...named(tidOf(cpu), `CPU${cpu}`),
      ...Array.from({ length: slotsOf(bars, cpu) }, (_, slot) =>
        named(tidOf(cpu, slot + 1), `CPU${cpu} store buffer ${slot + 1}`),
      ).flat(),
    ]),
  ];
}

function functionEvents({ trace }: Execution): TraceEvent[] {
  return functionSpans(trace).map(({ cpu, name, from, to }) => ({
    ...{ ph: 'X', name: visible(name), cat: 'function', pid: PID, tid: tidOf(cpu) },
    ...{ ts: trace[from].step, dur: to - from + 1 },
  }));
}

function stepEvents({ trace }: Execution): TraceEvent[] {
  return trace.map((step): TraceEvent => {
    const { agent, text, deciding, site } = step;
    const about = {
      step: step.step,
      cpu: step.cpu,
      ...(site === null ? {} : { site: visible(`${site.file}:${site.line}`) }),
      ...(deciding === null ? {} : { decides: visible(deciding) }),
    };
    return {
      ...{ ph: 'X', name: visible(text), cat: deciding === null ? agent : `${agent},deciding`, pid: PID },
      ...{ tid: tidOfStep(step), ts: step.step, dur: 1, args: about },
    };
  });
}

function bufferEvents(execution: Execution): TraceEvent[] {
  const { trace } = execution;
  return bufferBars(execution).map(({ cpu, slot, from, to, label }) => ({
    ...{ ph: 'X', name: visible(label), cat: 'store buffer', pid: PID, tid: tidOf(cpu, slot + 1) },
    ...{ ts: trace[from].step, dur: to - from },
  }));
}

/** A flow begins in the slice around its time, and ends in the one that encloses it. */
function flowEvents({ trace, links }: Execution): TraceEvent[] {
  return links
    .filter(({ kind }) => !WITHOUT_FLOW.has(kind))
    .flatMap(({ kind, from, to }, index): TraceEvent[] => {
      const common = { name: kind, cat: 'flow', id: index + 1, pid: PID };
      // In the middle of the step, so that no slice that ends or begins there is meant.
      const at = (step: TraceStep) => ({ tid: tidOfStep(step), ts: step.step + 0.5 });
      return [
        { ph: 's', ...common, ...at(trace[from]) },
        { ph: 'f', bp: 'e', ...common, ...at(trace[to]) },
      ];
    });
}

function counterEvents({ trace, memory }: Execution): TraceEvent[] {
  const names = new Map(
    memory.words.flatMap(({ name, cpu }, word) =>
      name.includes(GENERATION) ? [[word, visible(cpu === null ? name : `CPU${cpu} ${name}`)] as const] : [],
    ),
  );
  const counter = (word: number, ts: number, value: string): TraceEvent[] => {
    const name = names.get(word);
    const number = Number(value);
    if (name === undefined || !Number.isFinite(number)) return [];
    return [{ ph: 'C', name, pid: PID, ts, args: { value: number } }];
  };
  const first = trace[0]?.step ?? 0;
  return [
    ...memory.words.flatMap(({ start }, word) => counter(word, first, start)),
    ...memory.accesses.flatMap(({ writes }, index) =>
      writes.flatMap(({ word, value }) => counter(word, trace[index].step, value)),
    ),
  ];
}
