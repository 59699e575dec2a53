import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replayFinding } from '../../../src/replay/replay-finding.js';
import { perfettoTrace, type TraceEvent } from '../../../src/report/perfetto/perfetto-trace.js';
import { longExecution } from '../executions.js';

/** Traces for Perfetto: what its reader asks of them holds, and they have what the execution has. */

const witness = new URL('../../../data/witnesses/kvm--v1.json', import.meta.url);
const execution = replayFinding(JSON.parse(readFileSync(witness, 'utf8')));
const { traceEvents } = perfettoTrace('kvm/v1', execution);
const of = (ph: TraceEvent['ph'], events: readonly TraceEvent[] = traceEvents) =>
  events.filter((event) => event.ph === ph);

/** Slices of a track that overlap without one being in the other: a reader would drop them. */
function crossing(events: readonly TraceEvent[]): string[] {
  const found: string[] = [];
  for (const tid of new Set(events.map((event) => event.tid))) {
    const open: number[] = [];
    const slices = of('X', events)
      .filter((event) => event.tid === tid)
      .map(({ ts = 0, dur = 0, name }) => ({ ts, end: ts + dur, name }))
      .sort((a, b) => a.ts - b.ts || b.end - a.end);
    for (const { ts, end, name } of slices) {
      while (open.length > 0 && open[open.length - 1] <= ts) open.pop();
      if (open.length > 0 && end > open[open.length - 1]) found.push(name);
      open.push(end);
    }
  }
  return found;
}

describe('a trace for Perfetto', () => {
  it('has a slice for each step, and slices of a track nest', () => {
    const steps = of('X').filter(({ args }) => args?.step !== undefined);
    expect(steps).toHaveLength(execution.trace.length);
    expect(of('X').filter(({ cat }) => cat === 'function').length).toBeGreaterThan(20);
    expect(crossing(traceEvents)).toEqual([]);
    const slice = { ph: 'X', pid: 1, tid: 1, dur: 4 } as const;
    expect(
      crossing([
        { ...slice, name: 'a', ts: 0 },
        { ...slice, name: 'b', ts: 2 },
      ]),
    ).toEqual(['b']);
  });

  it('names every track that has slices', () => {
    const named = new Set(
      of('M')
        .filter(({ name }) => name === 'thread_name')
        .map(({ tid }) => tid),
    );
    for (const { tid } of of('X')) expect(named).toContain(tid);
  });

  it('has a flow for each interrupt, from where it is sent to where it is delivered', () => {
    const sent = execution.links.filter(({ kind }) => kind === 'ipi');
    expect(sent.length).toBeGreaterThan(0);
    const [from, to] = (['s', 'f'] as const).map((ph) => of(ph).filter(({ name }) => name === 'ipi'));
    expect(from.map(({ ts = 0 }) => Math.floor(ts))).toEqual(
      sent.map((link) => execution.trace[link.from].step),
    );
    expect(to.map(({ id }) => id)).toEqual(from.map(({ id }) => id));
    for (const { ts = 0, tid } of [...from, ...to])
      expect(
        of('X').some(
          (slice) => slice.tid === tid && (slice.ts ?? 0) <= ts && ts <= (slice.ts ?? 0) + (slice.dur ?? 0),
        ),
      ).toBe(true);
  });

  it('counts generations: the last value is the one in memory', () => {
    const word = execution.memory.words.findIndex(({ name }) => name === 'tlb_gen(A)');
    const writes = execution.memory.accesses.flatMap((access) =>
      access.writes.filter((write) => write.word === word),
    );
    const values = of('C')
      .filter(({ name }) => name === 'tlb_gen(A)')
      .map(({ args }) => args?.value);
    expect(values).toEqual(
      [execution.memory.words[word].start, ...writes.map(({ value }) => value)].map(Number),
    );
  });

  it('has waiting stores of one time in tracks beside each other', () => {
    const events = perfettoTrace('long', longExecution(5)).traceEvents;
    expect(of('X', events).filter(({ cat }) => cat === 'store buffer')).toHaveLength(6);
    expect(crossing(events)).toEqual([]);
  });
});
