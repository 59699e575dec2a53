/**
 * The mmap and munmap steps of the scripts, with what it takes to free page tables where the recording did,
 * and only there.
 */
import { TABLE_PAGES } from '../machine/ghost.js';
import type { FlushedRange } from '../vocabulary/scenario.js';
import type { AddressSpaces } from './address-space.js';
import { Mappings } from './mappings.js';
import type { MappedRange } from './page-map.js';
import type { ScriptBuilder } from './script-builder.js';
import { count, type ImportTally } from './tally.js';
import type { TraceWindow } from './window.js';

export class MappingSteps {
  readonly #spaces: AddressSpaces;
  readonly #window: TraceWindow;
  readonly #tally: ImportTally;
  /** By context. */
  readonly #mappings = new Map<number, Mappings>();

  constructor(spaces: AddressSpaces, window: TraceWindow, tally: ImportTally) {
    this.#spaces = spaces;
    this.#window = window;
    this.#tally = tally;
  }

  #mapped(ctx: number): Mappings {
    let mapped = this.#mappings.get(ctx);
    if (mapped === undefined) {
      mapped = new Mappings([]);
      for (const [start, end] of this.#spaces.vmasAt(ctx, this.#window.first, this.#window.end))
        mapped.map({ start, end });
      this.#mappings.set(ctx, mapped);
    }
    return mapped;
  }

  /** A child begins with its parent's mappings. */
  fork(parent: number, child: number): void {
    this.#mappings.set(child, this.#mapped(parent).copy());
  }

  /**
   * Unmaps, with the table's anchor if the recorded unmap `freed` tables and the anchor alone would keep this
   * one.
   */
  unmap(builder: ScriptBuilder, ctx: number, range: FlushedRange, freed: boolean): void {
    const mapped = this.#mapped(ctx);
    if (freed) {
      for (const start of this.#spaces.of(ctx).anchors) {
        if (!mapped.has(start) || !sameTable(start, range) || !mapped.isRest(start, range)) continue;
        const anchor = { start, end: start + 1 };
        mapped.unmap(anchor);
        builder.push({ op: 'munmap', ...anchor });
        count(this.#tally.added, 'munmap of what else a freed table held');
      }
    }
    builder.push({ op: 'munmap', ...range });
    const frees = mapped.unmap(range);
    const { tables } = this.#tally;
    if (frees === freed) count(tables, `munmap with tables ${freed ? 'freed' : 'kept'} as recorded`);
    else
      count(
        tables,
        `munmap with tables ${freed ? 'kept but recorded as freed' : 'freed but recorded as kept'}`,
      );
  }

  /** Maps, and with it the anchor of a table that was freed: what comes back there does not come alone. */
  map(builder: ScriptBuilder, ctx: number, range: MappedRange, write: boolean): void {
    const mapped = this.#mapped(ctx);
    for (const start of this.#spaces.of(ctx).anchors) {
      if (mapped.has(start) || !sameTable(start, range)) continue;
      const anchor = { start, end: start + 1 };
      mapped.map(anchor);
      builder.push({ op: 'mmap', ...anchor, write: true });
      count(this.#tally.added, 'mmap of what else a table holds');
    }
    mapped.map(range);
    builder.push({ op: 'mmap', ...range, write });
  }
}

const tableOf = (page: number): number => Math.floor(page / TABLE_PAGES);

/** Whether `page` is in a table of the range. */
function sameTable(page: number, range: MappedRange): boolean {
  return tableOf(page) >= tableOf(range.start) && tableOf(page) <= tableOf(range.end - 1);
}
