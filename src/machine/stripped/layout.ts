import type { Field, WordFormat } from '../layout.js';

/**
 * Hands out the same addresses as the explorer's Layout and remembers no names: each of 256 threads makes
 * one.
 */
export class Layout {
  private next = 0;

  constructor(private readonly lineWords = 1) {}

  line(): void {
    this.next = Math.ceil(this.next / this.lineWords) * this.lineWords;
  }

  alloc(_name: string, words = 1, _format: WordFormat = 'number', align = 1): number {
    const base = Math.ceil(this.next / align) * align;
    this.next = base + words;
    return base;
  }

  allocOf(_cpu: number, name: string, words = 1, format: WordFormat = 'number', align = 1): number {
    return this.alloc(name, words, format, align);
  }

  allocTable(records: number, fields: readonly Field[], _nameOf: (record: number) => string): number {
    const base = this.next;
    this.next = base + records * fields.length;
    return base;
  }

  get size(): number {
    return this.next;
  }

  /** Names are the main thread's business. */
  nameOf(address: number): string {
    return `word ${address}`;
  }
}
