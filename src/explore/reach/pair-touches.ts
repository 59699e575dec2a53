import type { Machine } from '../../machine/machine.js';
import { Touches } from '../../machine/touches.js';

/** Beyond the kinds of operations on memory, and the numbers of CPUs. */
const KINDS = 64;
const CPUS = 256;

/**
 * Notes pairs of accesses that nobody has met: one CPU's access to a word, and the next one to it, by another
 * CPU. A pair is a number: of the word, of both kinds of operations, of both CPUs.
 */
export class PairTouches extends Touches {
  private readonly kinds: Uint8Array;
  private readonly cpus: Uint16Array;
  private readonly known = new Set<number>();
  private fresh: number[] = [];

  constructor(private readonly machine: Machine) {
    const words = machine.program.image.length;
    super(words);
    this.kinds = new Uint8Array(words);
    this.cpus = new Uint16Array(words);
  }

  /** From here on only what is not among `pairs` is new. */
  know(pairs: readonly number[]): void {
    this.known.clear();
    for (const pair of pairs) this.known.add(pair);
    this.fresh = [];
  }

  /** The pairs that have been new since they were taken last. */
  take(): readonly number[] {
    const { fresh } = this;
    if (fresh.length > 0) this.fresh = [];
    return fresh;
  }

  override begin(): void {
    super.begin();
    this.cpus.fill(0);
  }

  override note(cpu: number, address: number): void {
    super.note(cpu, address);
    const { kind } = this.machine.cpus[cpu].pending;
    const last = this.cpus[address] - 1;
    if (last >= 0 && last !== cpu) {
      const kinds = (address * KINDS + this.kinds[address]) * KINDS + kind;
      const pair = kinds * CPUS * CPUS + last * CPUS + cpu;
      if (!this.known.has(pair)) {
        this.known.add(pair);
        this.fresh.push(pair);
      }
    }
    this.kinds[address] = kind;
    this.cpus[address] = cpu + 1;
  }
}
