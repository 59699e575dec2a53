import type { Codec, Field } from '../addresses.js';

const CODECS: readonly Codec[] = [
  ...(['number', 'mm', 'frame', 'pages'] as const),
  ...(['csds', 'csd', 'function', 'request'] as const),
];
/** How words stand for what C code has there, as numbers. */
export const [NUMBER, MM, FRAME, PAGES] = [0, 1, 2, 3];
export const [CSDS, CSD, FUNCTION, REQUEST] = [4, 5, 6, 7];

/** What lies at one kind of address: fields by their offset, words by owner. */
export class FieldTable {
  /** By offset: the field's number + 1, or 0. */
  private readonly at: Int16Array;
  private readonly codecs: Uint8Array;
  private readonly words: Int32Array;

  constructor(
    private readonly fields: readonly Field[],
    owners: number,
    wordOf: (field: Field, owner: number) => number,
  ) {
    this.at = new Int16Array(fields.reduce((end, { offset }) => Math.max(end, offset + 1), 0));
    fields.forEach(({ offset }, index) => {
      this.at[offset] = index + 1;
    });
    this.codecs = Uint8Array.from(fields, ({ codec }) => CODECS.indexOf(codec));
    this.words = new Int32Array(owners * fields.length);
    for (let owner = 0; owner < owners; owner++)
      fields.forEach((field, index) => {
        this.words[owner * fields.length + index] = wordOf(field, owner);
      });
  }

  /** -1: nothing is there; -2: something of another size. */
  word(owner: number, offset: number, bytes: number): number {
    const field = this.at[offset] - 1;
    if (!(field >= 0)) return -1;
    if (this.fields[field].bytes !== bytes) return -2;
    return this.words[owner * this.fields.length + field] ?? -1;
  }

  codec(offset: number): number {
    return this.codecs[this.at[offset] - 1];
  }

  /** The field that begins there. */
  fieldAt(offset: number): Field | undefined {
    return this.fields[this.at[offset] - 1];
  }

  /** The field that an address is in, for messages. */
  nameAt(offset: number): string | null {
    return (
      this.fields.find((field) => offset >= field.offset && offset < field.offset + field.bytes)?.name ?? null
    );
  }
}
