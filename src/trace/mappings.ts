/**
 * What is mapped, operation by operation in the recorded order: to see whether an unmap of the scenario frees
 * page tables as the recorded one did.
 */
import { TABLE_PAGES } from '../machine/ghost.js';
import type { MappedRange } from './page-map.js';

const tableOf = (page: number): number => Math.floor(page / TABLE_PAGES);

export class Mappings {
  readonly #mapped: Set<number>;

  constructor(pages: Iterable<number>) {
    this.#mapped = new Set(pages);
  }

  /** For the child of a fork. */
  copy(): Mappings {
    return new Mappings(this.#mapped);
  }

  has(page: number): boolean {
    return this.#mapped.has(page);
  }

  map({ start, end }: MappedRange): void {
    for (let page = start; page < end; page++) this.#mapped.add(page);
  }

  /** Unmaps; returns whether a table has no mapped page left that had one before. */
  unmap({ start, end }: MappedRange): boolean {
    const before = new Set([...this.#mapped].filter((page) => page >= start && page < end).map(tableOf));
    for (let page = start; page < end; page++) this.#mapped.delete(page);
    for (const page of this.#mapped) before.delete(tableOf(page));
    return before.size > 0;
  }

  /** Whether nothing but `range` and `page` is mapped in the page's table. */
  isRest(page: number, range: MappedRange): boolean {
    for (const other of this.#mapped) {
      if (tableOf(other) === tableOf(page) && other !== page && (other < range.start || other >= range.end))
        return false;
    }
    return true;
  }
}
