import type { Layout } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import type { Names } from './names.js';
import type { RawStep } from './raw-step.js';

/** A word of memory, as people read it. */
export interface WordTold {
  /** Its name; of a CPU's structure the name there: `loaded_mm`. */
  readonly name: string;
  /** The CPU whose structure it is in, or null. */
  readonly cpu: number | null;
  /** Its value before the first recorded step. */
  readonly start: string;
}

/** What a step did to words in memory, which are told by their index. */
export interface StepAccess {
  /** The word that it loaded from, or null. */
  readonly read: number | null;
  /** What reached memory, in order. */
  readonly writes: readonly { readonly word: number; readonly value: string }[];
}

/** An execution's memory, from which its words at any step can be told. */
export interface MemoryTold {
  readonly words: readonly WordTold[];
  /** One for each recorded step. */
  readonly accesses: readonly StepAccess[];
}

/** Operations that do not load from the word that they name. */
const STORES: ReadonlySet<number> = new Set([
  K.OP_WRITE_ONCE,
  K.OP_STORE_RELEASE,
  K.OP_SPIN_UNLOCK,
  K.OP_SMP_MB,
]);
/** Beyond this the words that no step touches are left out: a machine of 256 CPUs has thousands. */
const UNTOUCHED_MAX = 400;

/** The address that a step loads from, or null: a wait for one of several words names only the first. */
export function loadedFrom({ kind, a, c }: RawStep): number | null {
  if (kind === K.OP_PTEP_GET_AND_CLEAR || kind === K.OP_PTEP_SET_WRPROTECT) return a;
  if (kind === 0 || kind > K.OP_MEMORY_MAX || STORES.has(kind)) return null;
  return kind === K.OP_WAIT_CHANGE && c > 1 ? null : a;
}

/** Keeps memory as it was before the first recorded step, and tells what became of it. */
export class MemoryLog {
  private start = new Int32Array(0);
  private readonly layout: Layout;

  constructor(
    private readonly machine: Machine,
    private readonly names: Pick<Names, 'value'>,
  ) {
    this.layout = machine.program.layout;
  }

  /** To be called before the first recorded step. */
  begin(): void {
    this.start = this.machine.mem.slice();
  }

  told(steps: readonly RawStep[]): MemoryTold {
    const words: WordTold[] = [];
    const known = new Map<number, number>();
    const wordAt = (address: number): number => {
      const before = known.get(address);
      if (before !== undefined) return before;
      known.set(address, words.length);
      words.push(this.word(address));
      return words.length - 1;
    };
    const accesses = steps.map((step): StepAccess => {
      const from = loadedFrom(step);
      const writes = step.writes
        .filter(({ address }) => !this.isHidden(address))
        .map(({ address, value }) => ({ word: wordAt(address), value: this.names.value(address, value) }));
      return { read: from === null || this.isHidden(from) ? null : wordAt(from), writes };
    });
    for (const address of this.untouched(steps)) wordAt(address);
    return { words, accesses };
  }

  private word(address: number): WordTold {
    const owner = this.layout.ownerOf(address);
    const start = this.names.value(address, this.start[address]);
    if (owner !== null) return { name: owner.name, cpu: owner.cpu, start };
    return { name: this.layout.nameOf(address), cpu: null, start };
  }

  private isHidden(address: number): boolean {
    return this.layout.regionOf(address)?.format === 'hidden';
  }

  /** Words of structures of CPUs that move, which hold something from the start on. */
  private untouched(steps: readonly RawStep[]): number[] {
    const moving = new Set(steps.map(({ cpu }) => cpu));
    const found: number[] = [];
    for (let address = 0; address < this.layout.size && found.length < UNTOUCHED_MAX; address++) {
      if (this.start[address] === 0 || this.isHidden(address)) continue;
      const owner = this.layout.ownerOf(address);
      if (owner !== null && moving.has(owner.cpu)) found.push(address);
    }
    return found;
  }
}
