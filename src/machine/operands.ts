import { InternalError, RIGHT_ALL, TABLE_PAGES } from './ghost.js';
import { FLUSH_PAGES } from './hypervisor.js';
import type { Program } from './program.js';
import { pteFrame, pteValue } from './pte.js';

/**
 * What operations may be given. Both builds' CPUs look at every operand when the operation is made: there the line that made it is on the
 * stack. Executed, a wild address would answer `undefined`, with which every comparison is false, or write into hardware or ghost state;
 * no verdict of such a machine means anything.
 */

/** Words that programs may name: from `first` to before `end`, but for a hole in which machine and ghost state lie. */
export interface WordRange {
  readonly first: number;
  readonly end: number;
  readonly holeFirst: number;
  readonly holeEnd: number;
}

/** A kernel's operation that no machine can execute. A plain program has its own error for the same. */
export class OperandError extends InternalError {
  override readonly name = 'OperandError';
}

/** What the machine cannot execute, thrown before anybody knows which line made it; `error` makes the error to be told. */
export class Refusal extends InternalError {
  constructor(
    private readonly program: Program,
    message: string,
  ) {
    super(message);
  }

  error(): Error {
    const { program, message } = this;
    return program.fault?.(message) ?? new OperandError(`scenario "${program.name}": ${message}`);
  }
}

/** PCIDs have 12 bits. */
const PCID_MAX = 0xfff;
const INVPCID_TYPE_MAX = 3;

export class Operands {
  private readonly first: number;
  private readonly end: number;
  private readonly holeFirst: number;
  private readonly holeEnd: number;
  private readonly cpus: number;

  constructor(
    private readonly program: Program,
    private readonly id: number,
  ) {
    const { first, end, holeFirst, holeEnd } = program.words;
    this.first = first;
    this.end = end;
    this.holeFirst = holeFirst;
    this.holeEnd = holeEnd;
    this.cpus = program.cpus;
  }

  mistake(operation: string, what: string): never {
    throw new Refusal(this.program, `CPU${this.id}: ${operation} ${what}`).error();
  }

  private missing(operation: string, what: string): never {
    this.mistake(operation, `${what}, which the ${this.program.mmu === null ? 'program' : 'machine'} does not have`);
  }

  /** Written so that NaN, undefined and fractions fail the first comparison. */
  word(operation: string, address: number): void {
    if ((address | 0) !== address || address < this.first || address >= this.end) this.missing(operation, `of word ${address}`);
    if (address >= this.holeFirst && address < this.holeEnd) this.missing(operation, `of word ${address}`);
  }

  value(operation: string, value: number): void {
    if ((value | 0) !== value) this.mistake(operation, `with ${value}, which is no 32-bit integer`);
  }

  pair(operation: string, address: number): void {
    this.word(operation, address);
    if ((address & 1) !== 0) this.mistake(operation, `of word ${address}, which is odd: pairs begin at even addresses (see "pairs")`);
    this.word(operation, address + 1);
  }

  target(operation: string, cpu: number): void {
    if ((cpu | 0) !== cpu || cpu < 0 || cpu >= this.cpus) this.missing(operation, `to CPU ${cpu}`);
  }

  answers(operation: string, n: number): void {
    if ((n | 0) !== n || n < 1) this.mistake(operation, `among ${n}: give a whole number of at least 1`);
  }

  private inRange(operation: string, what: string, value: number, end: number): void {
    if ((value | 0) !== value || value < 0 || value >= end) this.missing(operation, `of ${what} ${value}`);
  }

  page(operation: string, page: number): void {
    this.inRange(operation, 'page', page, this.program.mmu?.pages ?? 0);
  }

  frame(operation: string, frame: number): void {
    this.inRange(operation, 'frame', frame, this.program.mmu?.frames ?? 0);
  }

  mm(operation: string, mm: number): void {
    this.inRange(operation, 'mm', mm, this.program.mmu?.handles ?? 0);
  }

  pcid(operation: string, pcid: number): void {
    this.inRange(operation, 'PCID', pcid, PCID_MAX + 1);
  }

  invpcidType(operation: string, type: number): void {
    this.inRange(operation, 'type', type, INVPCID_TYPE_MAX + 1);
  }

  rights(operation: string, rights: number): void {
    this.inRange(operation, 'rights', rights, RIGHT_ALL + 1);
  }

  /** A flush hypercall: to whom, and what `load` says that this CPU asks for. */
  request(operation: string, target: number, machine: { load(cpu: number, address: number): number }): void {
    this.target(operation, target);
    const { host } = this.program;
    if (host == null) this.mistake(operation, 'needs a host, and there is none under this backend');
    const wanted = host.wanted[this.id];
    if (machine.load(this.id, wanted) !== FLUSH_PAGES) return;
    const start = machine.load(this.id, wanted + 1);
    const end = machine.load(this.id, wanted + 2);
    if (start < 0 || start > end || end > (this.program.mmu?.pages ?? 0)) this.missing(operation, `for pages ${start} to ${end}`);
  }

  /** A page-table entry: whose it is (a page, or pages + root index), and the word of frame memory that it lies in. */
  entry(operation: string, mm: number, key: number, address: number): void {
    this.mm(operation, mm);
    const { mmu } = this.program;
    if (mmu === null) this.mistake(operation, 'needs page tables, and a plain program has no MMU');
    this.inRange(operation, 'key', key, mmu.pages + Math.ceil(mmu.pages / TABLE_PAGES));
    const offset = address - mmu.framesBase;
    if ((offset | 0) !== offset || offset < 0 || offset >= mmu.frames * mmu.frameStride || offset % mmu.frameStride >= mmu.frameWords)
      this.mistake(operation, `of word ${address}, which holds no page-table entry`);
  }

  /** What an entry may become: flags and a frame that there is. */
  entryValue(operation: string, value: number): void {
    if (pteValue(value) !== value || pteFrame(value) >= (this.program.mmu?.frames ?? 0))
      this.mistake(operation, `with ${value}, which is no page-table entry of this machine`);
  }
}
