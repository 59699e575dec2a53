import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replayFinding } from '../../../src/replay/replay-finding.js';
import { traceFile } from '../../../src/report/perfetto/packets.js';
import { perfettoTrace } from '../../../src/report/perfetto/perfetto-trace.js';
import { longExecution } from '../executions.js';
import { parseMessage } from './proto.js';
import { readTrace } from './read-trace.js';
import { PERFETTO } from './schema.js';

/** Traces for Perfetto, read back by its schema: they have what the execution has. */

const witness = new URL('../../../data/witnesses/kvm--v1.json', import.meta.url);
const execution = replayFinding(JSON.parse(readFileSync(witness, 'utf8')));
const bytes = perfettoTrace('kvm/v1', execution);
const { tracks, slices, values } = readTrace(bytes);
const steps = slices.filter(({ notes }) => notes.step !== undefined);

describe('a trace for Perfetto', () => {
  it('has a slice for each step, at its time, inside the functions that it is in', () => {
    expect(steps).toHaveLength(execution.trace.length);
    for (const [index, { step, cpu, agent, functions, site }] of execution.trace.entries()) {
      const slice = steps[index];
      expect(slice).toMatchObject({ fromNs: step * 1_000, toNs: step * 1_000 + 1_000, notes: { step, cpu } });
      expect(slice.track).toBe(agent === 'host' ? 'host' : `CPU${cpu}`);
      expect(slice.categories[0]).toBe(agent);
      if (site !== null) expect(slice.notes.site).toBe(`${site.file}:${site.line}`);
      // A handler's functions are inside those that it interrupted.
      if (agent === 'cpu' && functions.length > 0)
        expect(slice.within.slice(-functions.length)).toEqual(functions);
    }
    expect(slices.filter(({ categories }) => categories[0] === 'function').length).toBeGreaterThan(20);
    const deciding = execution.trace.filter((step) => step.deciding !== null);
    expect(steps.filter(({ categories }) => categories[1] === 'deciding')).toHaveLength(deciding.length);
  });

  it('has a track for each CPU beneath the process, and its store buffer beneath that', () => {
    const named = new Map(tracks.map((track) => [track.name, track]));
    expect(tracks[0]).toMatchObject({ name: 'kvm/v1', parent: null });
    const process = tracks[0].uuid;
    expect(named.get('CPU0')).toMatchObject({ parent: process, isCounter: false });
    expect(named.get('CPU1 store buffer 1')?.parent).toBe(named.get('CPU1')?.uuid);
    const host = { ...execution.trace[0], agent: 'host' as const };
    const hosted = { ...execution, trace: [host, ...execution.trace.slice(1)] };
    const [first] = readTrace(perfettoTrace('hosted', hosted)).slices;
    expect(first).toMatchObject({ track: 'host', categories: ['host'] });
    expect(new Set(tracks.map(({ name }) => name)).size).toBe(tracks.length);
  });

  it('has a flow for each interrupt, from the step that sends it to the one that delivers it', () => {
    const sent = execution.links.flatMap((link, index) => (link.kind === 'ipi' ? [{ ...link, index }] : []));
    expect(sent.length).toBeGreaterThan(0);
    for (const { from, to, index } of sent) {
      expect(steps[from].flows).toContain(index + 1);
      expect(steps[to].endedFlows).toContain(index + 1);
    }
    const begun = slices.flatMap(({ flows }) => flows);
    expect(new Set(begun).size).toBe(begun.length);
    expect(slices.flatMap(({ endedFlows }) => endedFlows).sort()).toEqual([...begun].sort());
  });

  it('counts generations: every value that was in memory', () => {
    const word = execution.memory.words.findIndex(({ name }) => name === 'tlb_gen(A)');
    const writes = execution.memory.accesses.flatMap((access) =>
      access.writes.filter((write) => write.word === word),
    );
    expect(writes.length).toBeGreaterThan(0);
    expect(values.filter(({ track }) => track === 'tlb_gen(A)').map(({ value }) => value)).toEqual(
      [execution.memory.words[word].start, ...writes.map(({ value }) => value)].map(Number),
    );
  });

  it('has waiting stores of one time in tracks beside each other', () => {
    const long = readTrace(perfettoTrace('long', longExecution(5)));
    const waiting = long.slices.filter(({ categories }) => categories[0] === 'store buffer');
    expect(waiting).toHaveLength(6);
    expect(waiting.every(({ within }) => within.length === 0)).toBe(true);
  });

  it('is the same bytes for the same execution', () => {
    expect(Buffer.from(perfettoTrace('kvm/v1', execution)).equals(bytes)).toBe(true);
  });
});

describe('what is read back strictly', () => {
  const track = { uuid: 1, name: 'p', parent: null };
  const slice = { track: 1, categories: [], name: 'a' };
  const file = (...more: Parameters<typeof traceFile>[1][number][]) => traceFile([track], more, []);

  it('refuses slices that cross, tracks that are not there, and a field that is not of the schema', () => {
    // The inner one ends last: a reader closes it in the outer one's place.
    const crossed = readTrace(
      file({ ...slice, fromNs: 0, toNs: 4 }, { ...slice, name: 'b', fromNs: 2, toNs: 6 }),
    );
    expect(crossed.slices.map(({ name, toNs }) => [name, toNs])).toEqual([
      ['a', 6],
      ['b', 4],
    ]);
    expect(() => readTrace(file({ ...slice, track: 2, fromNs: 0, toNs: 1 }))).toThrow('an event on no track');
    expect(() => readTrace(file({ ...slice, fromNs: 3, toNs: 3 }))).toThrow('an end of nothing');
    expect(() => readTrace(bytes.subarray(0, -1))).toThrow('ends in the middle of a field');
    expect(() => parseMessage({ Trace: {} }, 'Trace', bytes)).toThrow('Trace: has no field 1');
    const { 9: _, ...untyped } = PERFETTO.TrackEvent;
    expect(() => parseMessage({ ...PERFETTO, TrackEvent: untyped }, 'Trace', bytes)).toThrow('no field 9');
  });

  it('takes numbers of 64 bits, negative ones too', () => {
    const counter = { uuid: 2, name: 'c', parent: 1, isCounter: true };
    const numbers = [0, 127, 128, -1, 2 ** 53 - 1, -(2 ** 53 - 1)];
    const given = numbers.map((value, atNs) => ({ track: 2, atNs, value }));
    const read = readTrace(traceFile([track, counter], [], given));
    expect(read.values.map(({ value }) => value)).toEqual(numbers);
  });
});
