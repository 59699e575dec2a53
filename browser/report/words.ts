/** Words of memory at any step, from what each step wrote. */

import type { MemoryTold, WordTold } from '../../src/explain/memory-log.js';

export class WordHistory {
  readonly words: readonly WordTold[];
  /** By word: what it became, in ascending order of steps. */
  private readonly changes: { readonly at: number; readonly value: string }[][];
  private readonly accesses: MemoryTold['accesses'];

  constructor({ words, accesses }: MemoryTold) {
    this.words = words;
    this.accesses = accesses;
    this.changes = words.map(() => []);
    for (const [at, { writes }] of accesses.entries())
      for (const { word, value } of writes) this.changes[word].push({ at, value });
  }

  /** After the step at the index; -1: before the first. */
  after(word: number, index: number): string {
    const changes = this.changes[word];
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (changes[middle].at <= index) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.words[word].start : changes[low - 1].value;
  }

  /** Whether it is ever written. */
  changesAtAll(word: number): boolean {
    return this.changes[word].length > 0;
  }

  /** The word that the step loads from, or null. */
  readBy(index: number): number | null {
    return this.accesses[index]?.read ?? null;
  }

  /** Words of a CPU's structures, or of nobody's, by name. */
  of(cpu: number | null): number[] {
    return this.words
      .map((_, word) => word)
      .filter((word) => this.words[word].cpu === cpu)
      .sort((a, b) => this.words[a].name.localeCompare(this.words[b].name, undefined, { numeric: true }));
  }
}
