/**
 * Reads the wire format of Protocol Buffers by a schema, strictly: an unknown field, another wire type than
 * the schema's, a field twice that is not repeated, or bytes that end in the middle are errors. It shares
 * nothing with what writes it (src/report/perfetto/wire.ts).
 */

type Scalar = 'int32' | 'int64' | 'uint32' | 'uint64' | 'enum' | 'fixed64' | 'string';
export type Type = Scalar | { readonly message: string };
export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly repeated?: true;
}
/** By the message's name, its fields by number. */
export type Schema = Readonly<Record<string, Readonly<Record<number, Field>>>>;

export type Value = bigint | string | Message;
export interface Message {
  [field: string]: Value | Value[];
}

const WIRE_TYPES: Readonly<Record<Scalar, number>> = {
  ...{ int32: 0, int64: 0, uint32: 0, uint64: 0, enum: 0 },
  ...{ fixed64: 1, string: 2 },
};

export function parseMessage(schema: Schema, name: string, bytes: Uint8Array): Message {
  const message: Message = {};
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new Error(`${name}: ends in the middle of a field`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 63n) throw new Error(`${name}: a number of more than 64 bits`);
      const [byte] = take(1);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const valueAs = (type: Type, wireType: number): Value => {
    const expected = typeof type === 'string' ? WIRE_TYPES[type] : 2;
    if (wireType !== expected) throw new Error(`${name}: wire type ${wireType}, expected ${expected}`);
    if (type === 'fixed64') return new DataView(take(8).slice().buffer).getBigUint64(0, true);
    if (type === 'string') return new TextDecoder('utf-8', { fatal: true }).decode(take(Number(varint())));
    if (typeof type !== 'string') return parseMessage(schema, type.message, take(Number(varint())));
    const value = varint();
    return type.startsWith('int') ? BigInt.asIntN(64, value) : value;
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = schema[name][tag >> 3];
    if (field === undefined) throw new Error(`${name}: has no field ${tag >> 3}`);
    const value = valueAs(field.type, tag & 7);
    const before = message[field.name];
    if (field.repeated === true) message[field.name] = [...((before as Value[] | undefined) ?? []), value];
    else if (before === undefined) message[field.name] = value;
    else throw new Error(`${name}: ${field.name} twice`);
  }
  return message;
}
