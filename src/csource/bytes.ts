/** Reads little-endian binary data: WebAssembly modules and DWARF sections. */
export class Bytes {
  at: number;
  private readonly view: DataView;

  constructor(
    readonly data: Uint8Array,
    start = 0,
    readonly end = data.length,
  ) {
    this.at = start;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  u16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  /** As many of the 64 bits as a number holds. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  uleb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Signed LEB128 of at most 32 bits. */
  sleb(): number {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.u8();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return shift < 32 && (byte & 0x40) !== 0 ? value | (-1 << shift) : value;
  }

  /** Signed LEB128 that may have 64 bits: its low 32, and whether that is all of it. */
  sleb64(): { readonly low: number; readonly fits: boolean } {
    let value = 0n;
    let shift = 0n;
    let byte: number;
    do {
      byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte >= 0x80);
    if ((byte & 0x40) !== 0) value -= 1n << shift;
    const low = Number(BigInt.asIntN(32, value));
    return { low, fits: BigInt(low) === value };
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  /** A name as WebAssembly has it: its length, then UTF-8. */
  name(): string {
    return new TextDecoder().decode(this.take(this.uleb()));
  }

  /** A string that ends with a zero byte. */
  cString(): string {
    const end = this.data.indexOf(0, this.at);
    const text = new TextDecoder().decode(this.data.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }
}
