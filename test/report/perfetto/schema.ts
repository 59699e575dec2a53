/**
 * What of Perfetto's published schema our traces use: names, numbers and types of fields as
 * protos/perfetto/trace/{trace,trace_packet}.proto and its track_event/ have them (google/perfetto, read in
 * November 2026).
 */

import type { Field, Schema } from './proto.js';

const field = (name: string, type: Field['type']): Field => ({ name, type });
const several = (name: string, type: Field['type']): Field => ({ name, type, repeated: true });

export const PERFETTO: Schema = {
  Trace: { 1: several('packet', { message: 'TracePacket' }) },
  TracePacket: {
    8: field('timestamp', 'uint64'),
    10: field('trusted_packet_sequence_id', 'uint32'),
    11: field('track_event', { message: 'TrackEvent' }),
    13: field('sequence_flags', 'uint32'),
    60: field('track_descriptor', { message: 'TrackDescriptor' }),
  },
  TrackDescriptor: {
    1: field('uuid', 'uint64'),
    2: field('name', 'string'),
    3: field('process', { message: 'ProcessDescriptor' }),
    4: field('thread', { message: 'ThreadDescriptor' }),
    5: field('parent_uuid', 'uint64'),
    8: field('counter', { message: 'CounterDescriptor' }),
  },
  ProcessDescriptor: { 1: field('pid', 'int32'), 6: field('process_name', 'string') },
  ThreadDescriptor: {
    ...{ 1: field('pid', 'int32'), 2: field('tid', 'int32') },
    5: field('thread_name', 'string'),
  },
  CounterDescriptor: { 3: field('unit', 'enum') },
  TrackEvent: {
    4: several('debug_annotations', { message: 'DebugAnnotation' }),
    9: field('type', 'enum'),
    11: field('track_uuid', 'uint64'),
    22: several('categories', 'string'),
    23: field('name', 'string'),
    30: field('counter_value', 'int64'),
    47: several('flow_ids', 'fixed64'),
    48: several('terminating_flow_ids', 'fixed64'),
  },
  DebugAnnotation: {
    ...{ 3: field('uint_value', 'uint64'), 4: field('int_value', 'int64') },
    ...{ 6: field('string_value', 'string'), 10: field('name', 'string') },
  },
};
