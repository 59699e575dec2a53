import {
  FIRST_USER_MM,
  INIT_MM,
  LOADED_MM_SWITCHING,
  MM_NULL,
  VM_NONE,
  VM_WRITE,
} from '../kernel/constants.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import { formatPte } from '../machine/pte.js';
import { mmName } from '../vocabulary/mm-name.js';

/** Words and values under the names that people know. */
export interface Names {
  /** The word, as seen from a CPU. */
  word(address: number, cpu: number): string;
  /** Whether `word` answers several words, beside which a sign needs room. */
  isPhrase(address: number, cpu: number): boolean;
  /** A value of the word. */
  value(address: number, value: number): string;
  /** A page-table entry: `mm` is the handle, `key` a page or a root entry behind the pages. */
  entry(mm: number, key: number): string;
}

/** Those of the simulated kernel. */
export class KernelNames implements Names {
  /** Word of a page-table entry: which entry it is, as far as this execution has told. */
  private readonly entries = new Map<number, string>();

  constructor(private readonly kernel: KernelConfig) {}

  mm(handle: number): string {
    if (handle === MM_NULL) return 'NULL';
    if (handle === LOADED_MM_SWITCHING) return 'SWITCHING';
    if (handle === INIT_MM) return 'init_mm';
    return mmName(handle - FIRST_USER_MM);
  }

  /** `entry of page 3 of A`, or of a table in the root. */
  entry(mm: number, key: number): string {
    const pages = this.kernel.layout.mmu.pages;
    return key < pages
      ? `entry of page ${key} of ${this.mm(mm)}`
      : `root entry ${key - pages} of ${this.mm(mm)}`;
  }

  noteEntry(address: number, mm: number, key: number): void {
    this.entries.set(address, this.entry(mm, key));
  }

  /** The word, as seen from a CPU: its own structures without their CPU. */
  word(address: number, cpu: number): string {
    const known = this.entries.get(address);
    if (known !== undefined) return known;
    const { layout } = this.kernel.layout;
    const owner = layout.ownerOf(address);
    if (owner === null) return layout.nameOf(address);
    return owner.cpu === cpu ? owner.name : `CPU${owner.cpu}'s ${owner.name}`;
  }

  isPhrase(address: number, cpu: number): boolean {
    const owner = this.kernel.layout.layout.ownerOf(address);
    return this.entries.has(address) || (owner !== null && owner.cpu !== cpu);
  }

  value(address: number, value: number): string {
    const { layout } = this.kernel.layout;
    const region = layout.regionOf(address);
    switch (region?.format) {
      case 'mm':
        return this.mm(value);
      case 'bool':
        return value === 0 ? 'false' : 'true';
      case 'vma':
        return value === VM_NONE ? 'none' : (value & VM_WRITE) !== 0 ? 'rw' : 'ro';
      case 'pte':
        return formatPte(value);
      case 'mask':
        return `0x${(value >>> 0).toString(16)}`;
      case 'csd':
        return value === 0 ? 'empty' : layout.recordOf(value);
      default:
        return String(value);
    }
  }
}
