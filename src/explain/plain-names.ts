import type { Layout } from '../machine/layout.js';
import type { Names } from './names.js';

/** Names of a program that knows nothing of the kernel: its layout has the words', values are numbers. */
export class PlainNames implements Names {
  constructor(private readonly layout: Layout) {}

  word(address: number): string {
    return this.layout.nameOf(address);
  }

  isPhrase(): boolean {
    return false;
  }

  value(_address: number, value: number): string {
    return String(value);
  }

  entry(mm: number, key: number): string {
    return `entry ${key} of mm ${mm}`;
  }
}
