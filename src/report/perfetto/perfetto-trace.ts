/**
 * An execution as a trace that ui.perfetto.dev opens. A track for each CPU with its functions and, inside
 * them, its steps; beneath it tracks for the stores that wait in its buffer; one for the host; a flow for
 * each interrupt, hypercall and broadcast, and for what a load reads from another CPU's releasing store; a
 * counter for each generation. A step takes a microsecond, its number says when.
 */

import type { TraceStep } from '../../explain/trace-step.js';
import { bufferBars, slotsOf } from '../bars.js';
import { visible } from '../escape.js';
import { functionSpans } from '../function-spans.js';
import type { Execution } from '../reporters/hunt-report.js';
import { type CounterValue, type Slice, type Track, traceFile } from './packets.js';

const PROCESS = 1;
const HOST = 2;
/** Tracks of a CPU have numbers of their own: its code, then its store buffer's places. */
const TRACKS_PER_CPU = 256;
const FIRST_COUNTER = 2 ** 24;
const STEP_NS = 1_000;
/** Links that would hide the others, there are so many. */
const WITHOUT_FLOW: ReadonlySet<string> = new Set(['reads', 'drain']);
/** The kernel's name for generations, of an mm and of a slot. */
const GENERATION = 'tlb_gen';

/** The file's bytes, in Perfetto's own format. `title` names the process. */
export function perfettoTrace(title: string, execution: Execution): Uint8Array {
  const counters = countersOf(execution);
  return traceFile(
    [...cpuTracks(title, execution), ...counters.tracks],
    [...functionSlices(execution), ...stepSlices(execution), ...bufferSlices(execution)],
    counters.values,
  );
}

function trackOf(cpu: number, place = 0): number {
  return (cpu + 1) * TRACKS_PER_CPU + place;
}

function trackOfStep({ cpu, agent }: TraceStep): number {
  return agent === 'host' ? HOST : trackOf(cpu);
}

function cpuTracks(title: string, execution: Execution): Track[] {
  const { trace } = execution;
  const cpus = [...new Set(trace.map(({ cpu }) => cpu))].sort((a, b) => a - b);
  const bars = bufferBars(execution);
  return [
    { uuid: PROCESS, name: visible(title), parent: null },
    ...(trace.some(({ agent }) => agent === 'host') ? [{ uuid: HOST, name: 'host', parent: PROCESS }] : []),
    ...cpus.flatMap((cpu): Track[] => [
      { uuid: trackOf(cpu), name: `CPU${cpu}`, parent: PROCESS },
      ...Array.from({ length: slotsOf(bars, cpu) }, (_, slot) => ({
        ...{ uuid: trackOf(cpu, slot + 1), name: `CPU${cpu} store buffer ${slot + 1}` },
        parent: trackOf(cpu),
      })),
    ]),
  ];
}

/** Both steps included. */
function timesOf(from: TraceStep, to: TraceStep): Pick<Slice, 'fromNs' | 'toNs'> {
  return { fromNs: from.step * STEP_NS, toNs: (to.step + 1) * STEP_NS };
}

function functionSlices({ trace }: Execution): Slice[] {
  return functionSpans(trace).map(({ cpu, name, from, to }) => ({
    ...{ track: trackOf(cpu), name: visible(name), categories: ['function'] },
    ...timesOf(trace[from], trace[to]),
  }));
}

function stepSlices({ trace, links }: Execution): Slice[] {
  const flows = trace.map(() => ({ flows: [] as number[], endedFlows: [] as number[] }));
  for (const [index, { kind, from, to }] of links.entries()) {
    if (WITHOUT_FLOW.has(kind)) continue;
    flows[from].flows.push(index + 1);
    flows[to].endedFlows.push(index + 1);
  }
  return trace.map((step, index): Slice => {
    const { agent, text, deciding, site } = step;
    const notes = {
      ...{ step: step.step, cpu: step.cpu },
      ...(site === null ? {} : { site: visible(`${site.file}:${site.line}`) }),
      ...(deciding === null ? {} : { decides: visible(deciding) }),
    };
    return {
      ...{ track: trackOfStep(step), name: visible(text), notes, ...flows[index], ...timesOf(step, step) },
      categories: deciding === null ? [agent] : [agent, 'deciding'],
    };
  });
}

function bufferSlices(execution: Execution): Slice[] {
  const { trace } = execution;
  return bufferBars(execution).map(({ cpu, slot, from, to, label }) => ({
    ...{ track: trackOf(cpu, slot + 1), name: visible(label), categories: ['store buffer'] },
    // Gone when the step in which it is drained begins; what is never drained lasts for a step at least.
    fromNs: trace[from].step * STEP_NS,
    toNs: Math.max(trace[to].step, trace[from].step + 1) * STEP_NS,
  }));
}

function countersOf({ trace, memory }: Execution): { tracks: Track[]; values: CounterValue[] } {
  const tracks = memory.words.flatMap(({ name, cpu }, word): Track[] =>
    name.includes(GENERATION)
      ? [
          {
            ...{ uuid: FIRST_COUNTER + word, parent: PROCESS, isCounter: true },
            name: visible(cpu === null ? name : `CPU${cpu} ${name}`),
          },
        ]
      : [],
  );
  const known = new Set(tracks.map(({ uuid }) => uuid));
  const valueAt = (word: number, step: number, value: string): CounterValue[] => {
    const track = FIRST_COUNTER + word;
    const number = Number(value);
    return known.has(track) && Number.isSafeInteger(number)
      ? [{ track, atNs: step * STEP_NS, value: number }]
      : [];
  };
  const first = trace[0]?.step ?? 0;
  const values = [
    ...memory.words.flatMap(({ start }, word) => valueAt(word, first, start)),
    ...memory.accesses.flatMap(({ writes }, index) =>
      writes.flatMap(({ word, value }) => valueAt(word, trace[index].step, value)),
    ),
  ];
  return { tracks, values };
}
