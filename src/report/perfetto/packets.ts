/**
 * What a trace is made of, as packets of Perfetto's `Trace` message: what fields are called and numbered is
 * said by protos/perfetto/trace of its sources. All packets are of one sequence, and times do not go back.
 */

import { WireMessage } from './wire.js';

export interface Track {
  /** Not 0. */
  readonly uuid: number;
  readonly name: string;
  /** The track that it stands beneath; null: it is the process's own. */
  readonly parent: number | null;
  /** Its events are values, not slices. */
  readonly isCounter?: boolean;
}

/** Times are nanoseconds; slices of a track are apart or one in the other. */
export interface Slice {
  readonly track: number;
  readonly name: string;
  readonly categories: readonly string[];
  readonly fromNs: number;
  /** After `fromNs`. */
  readonly toNs: number;
  readonly notes?: Readonly<Record<string, string | number>>;
  /** Flows that begin here, and that end here. */
  readonly flows?: readonly number[];
  readonly endedFlows?: readonly number[];
}

export interface CounterValue {
  readonly track: number;
  readonly atNs: number;
  readonly value: number;
}

const TRACE = { packet: 1 } as const;
const PACKET = {
  timestamp: 8,
  sequence: 10,
  trackEvent: 11,
  sequenceFlags: 13,
  trackDescriptor: 60,
} as const;
const TRACK = { uuid: 1, name: 2, process: 3, parentUuid: 5, counter: 8 } as const;
const PROCESS = { pid: 1, name: 6 } as const;
const EVENT = {
  ...{ annotation: 4, type: 9, track: 11, category: 22, name: 23, counterValue: 30 },
  ...{ flow: 47, endedFlow: 48 },
} as const;
const ANNOTATION = { uint: 3, text: 6, name: 10 } as const;
const TYPE = { begin: 1, end: 2, counter: 4 } as const;
const INCREMENTAL_STATE_CLEARED = 1;

const PID = 1;
const SEQUENCE = 1;

/** The file's bytes. */
export function traceFile(
  tracks: readonly Track[],
  slices: readonly Slice[],
  values: readonly CounterValue[],
): Uint8Array {
  const trace = new WireMessage();
  for (const [index, track] of tracks.entries()) {
    const packet = new WireMessage().number(PACKET.sequence, SEQUENCE);
    if (index === 0) packet.number(PACKET.sequenceFlags, INCREMENTAL_STATE_CLEARED);
    trace.message(TRACE.packet, packet.message(PACKET.trackDescriptor, descriptor(track)));
  }
  for (const { atNs, event } of inOrder(slices, values))
    trace.message(
      TRACE.packet,
      new WireMessage()
        .number(PACKET.timestamp, atNs)
        .number(PACKET.sequence, SEQUENCE)
        .message(PACKET.trackEvent, event()),
    );
  return trace.bytes();
}

function descriptor({ uuid, name, parent, isCounter = false }: Track): WireMessage {
  const track = new WireMessage().number(TRACK.uuid, uuid).text(TRACK.name, name);
  if (parent !== null) track.number(TRACK.parentUuid, parent);
  else track.message(TRACK.process, new WireMessage().number(PROCESS.pid, PID).text(PROCESS.name, name));
  if (isCounter) track.message(TRACK.counter, new WireMessage());
  return track;
}

interface Timed {
  readonly atNs: number;
  /** Of events of one time: an end comes before a value, and a beginning last. */
  readonly rank: number;
  /** Of a beginning: the longer slice's comes first. */
  readonly lastsNs: number;
  readonly event: () => WireMessage;
}

function inOrder(slices: readonly Slice[], values: readonly CounterValue[]): Timed[] {
  const timed = [
    ...slices.flatMap((slice): Timed[] => [
      { atNs: slice.fromNs, rank: 2, lastsNs: slice.toNs - slice.fromNs, event: () => begin(slice) },
      { atNs: slice.toNs, rank: 0, lastsNs: 0, event: () => eventOn(slice.track, TYPE.end) },
    ]),
    ...values.map(
      ({ track, atNs, value }): Timed => ({
        ...{ atNs, rank: 1, lastsNs: 0 },
        event: () => eventOn(track, TYPE.counter).number(EVENT.counterValue, value),
      }),
    ),
  ];
  return timed.sort((a, b) => a.atNs - b.atNs || a.rank - b.rank || b.lastsNs - a.lastsNs);
}

function eventOn(track: number, type: number): WireMessage {
  return new WireMessage().number(EVENT.type, type).number(EVENT.track, track);
}

function begin({ track, name, categories, notes = {}, flows = [], endedFlows = [] }: Slice): WireMessage {
  const event = eventOn(track, TYPE.begin).text(EVENT.name, name);
  for (const category of categories) event.text(EVENT.category, category);
  for (const [key, value] of Object.entries(notes)) {
    const note = new WireMessage().text(ANNOTATION.name, key);
    event.message(
      EVENT.annotation,
      typeof value === 'number' ? note.number(ANNOTATION.uint, value) : note.text(ANNOTATION.text, value),
    );
  }
  for (const flow of flows) event.fixed64(EVENT.flow, flow);
  for (const flow of endedFlows) event.fixed64(EVENT.endedFlow, flow);
  return event;
}
