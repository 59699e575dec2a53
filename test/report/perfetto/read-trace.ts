/** A trace as Perfetto's importer takes it: what it would drop or misread is an error here. */

import { type Message, parseMessage } from './proto.js';
import { PERFETTO } from './schema.js';

export interface ReadTrack {
  readonly uuid: number;
  readonly name: string;
  readonly parent: number | null;
  readonly isCounter: boolean;
}
export interface ReadSlice {
  readonly track: string;
  readonly name: string;
  readonly categories: readonly string[];
  /** Names of the slices around it, the outermost first. */
  readonly within: readonly string[];
  readonly fromNs: number;
  toNs: number;
  readonly notes: Readonly<Record<string, string | number>>;
  readonly flows: readonly number[];
  readonly endedFlows: readonly number[];
}
export interface ReadTrace {
  readonly tracks: readonly ReadTrack[];
  readonly slices: readonly ReadSlice[];
  readonly values: readonly { readonly track: string; readonly atNs: number; readonly value: number }[];
}

const [BEGIN, END, COUNTER] = [1n, 2n, 4n];

export function readTrace(bytes: Uint8Array): ReadTrace {
  const { packet } = parseMessage(PERFETTO, 'Trace', bytes);
  const packets = packet as Message[];
  const tracks = new Map<number, ReadTrack>();
  const slices: ReadSlice[] = [];
  const values: { track: string; atNs: number; value: number }[] = [];
  const open = new Map<number, ReadSlice[]>();
  let nowNs = 0;
  for (const { trusted_packet_sequence_id: sequence, track_descriptor, track_event, timestamp } of packets) {
    if (sequence !== 1n) throw new Error('a packet of no sequence');
    if (track_descriptor !== undefined) {
      const track = trackOf(track_descriptor as Message);
      if (tracks.has(track.uuid)) throw new Error(`two tracks ${track.uuid}`);
      if (track.parent !== null && !tracks.has(track.parent)) throw new Error('a parent that is not there');
      tracks.set(track.uuid, track);
      continue;
    }
    if (Number(timestamp) < nowNs) throw new Error('time goes back');
    nowNs = Number(timestamp);
    const event = track_event as Message;
    const track = tracks.get(Number(event.track_uuid));
    if (track === undefined) throw new Error(`an event on no track: ${String(event.name)}`);
    if (track.isCounter !== (event.type === COUNTER)) throw new Error(`${track.name}: not what it is for`);
    if (event.type === COUNTER) {
      values.push({ track: track.name, atNs: nowNs, value: Number(event.counter_value) });
      continue;
    }
    const stack = open.get(track.uuid) ?? [];
    open.set(track.uuid, stack);
    if (event.type === END) {
      const ended = stack.pop();
      if (ended === undefined || ended.fromNs === nowNs) throw new Error(`${track.name}: an end of nothing`);
      ended.toNs = nowNs;
    } else if (event.type === BEGIN) {
      const slice = sliceOf(event, track, stack, nowNs);
      slices.push(slice);
      stack.push(slice);
    } else throw new Error(`an event of type ${String(event.type)}`);
  }
  for (const stack of open.values()) if (stack.length > 0) throw new Error(`${stack[0].name} never ends`);
  return { tracks: [...tracks.values()], slices, values };
}

function trackOf({ uuid, name, parent_uuid, counter, process }: Message): ReadTrack {
  if (uuid === 0n || (parent_uuid === undefined) === (process === undefined))
    throw new Error('no such track');
  const parent = parent_uuid === undefined ? null : Number(parent_uuid);
  return { uuid: Number(uuid), name: String(name), parent, isCounter: counter !== undefined };
}

function sliceOf(event: Message, track: ReadTrack, stack: readonly ReadSlice[], fromNs: number): ReadSlice {
  const { name, categories = [], debug_annotations = [], flow_ids = [], terminating_flow_ids = [] } = event;
  const notes = (debug_annotations as Message[]).map(({ name: key, uint_value, string_value }) => [
    String(key),
    uint_value === undefined ? String(string_value) : Number(uint_value),
  ]);
  return {
    ...{ track: track.name, name: String(name), categories: categories as string[], fromNs, toNs: -1 },
    within: stack.map((around) => around.name),
    notes: Object.fromEntries(notes),
    flows: (flow_ids as bigint[]).map(Number),
    endedFlows: (terminating_flow_ids as bigint[]).map(Number),
  };
}
