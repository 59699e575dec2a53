/**
 * What a search is kept as: records, read in the order in which they were written, by the same code. So no
 * record has a name.
 */

export interface RecordWriter {
  /** Anything that JSON can say. */
  value(value: unknown): void;
  /** The first `used` words. */
  words(array: Int32Array, used: number): void;
}

export interface RecordReader {
  value<Value>(): Value;
  /** As many words as were written, to the beginning of `into`. */
  words(into: Int32Array): void;
}

/** What a search rests on, and what can be kept and taken back. */
export interface Keepable {
  keep(to: RecordWriter): void;
  /** On a new one: everything is as it was, also how much memory it takes. Throws OutOfBudget. */
  restore(from: RecordReader): void;
}
