/** Messages in the wire format of Protocol Buffers: a field is its number and wire type, then its value. */

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;

export class WireMessage {
  private readonly parts: Uint8Array[] = [];

  /** Of the types int32, int64, uint32, uint64, bool and of enumerations. Throws for no whole number. */
  number(field: number, value: number): this {
    this.head(field, VARINT);
    // Negative ones have ten bytes, of their two's complement in 64 bits.
    this.varint(value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value));
    return this;
  }

  /** Of type fixed64; `value` is not negative. */
  fixed64(field: number, value: number): this {
    this.head(field, FIXED_64);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    this.parts.push(bytes);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytesOf(field, new TextEncoder().encode(value));
  }

  message(field: number, value: WireMessage): this {
    return this.bytesOf(field, value.bytes());
  }

  bytes(): Uint8Array {
    const whole = new Uint8Array(this.parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  private bytesOf(field: number, bytes: Uint8Array): this {
    this.head(field, BYTES);
    this.varint(BigInt(bytes.length));
    this.parts.push(bytes);
    return this;
  }

  private head(field: number, wireType: number): void {
    this.varint(BigInt(field * 8 + wireType));
  }

  /** Seven bits a byte, the lowest first; all but the last have their highest bit set. */
  private varint(value: bigint): void {
    const bytes: number[] = [];
    let left = value;
    for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
    bytes.push(Number(left));
    this.parts.push(Uint8Array.from(bytes));
  }
}
