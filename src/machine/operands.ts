import type { Told } from '../vocabulary/told.js';
import { INVLPGB_FLAGS, INVLPGB_PCID, INVLPGB_PMD_STRIDE, INVLPGB_VA } from './broadcast.js';
import { InternalError, RIGHT_ALL, TABLE_PAGES } from './ghost.js';
import { HOST_OP_ENTER, HOST_OP_INVVPID_ADDRESS } from './host-operations.js';
import { FLUSH_PAGES } from './hypervisor.js';
import * as K from './op-kinds.js';
import type { PendingOp, WatchedWords } from './pending-op.js';
import type { MmuLayout, Program } from './program.js';
import { pteFrame } from './pte.js';

/**
 * What operations may be given. Executed, a wild address would answer `undefined`, with which every
 * comparison is false, or write into hardware or ghost state; no verdict of such a machine means anything. So
 * it is the mistake of whoever made the operation.
 *
 * The explorer looks when it executes (or waits), not when the operation is made: there a comparison more
 * would cost its callers' inlining.
 */

/**
 * Words that programs may name: from `first` to before `end`, but for a hole in which machine and ghost state
 * lie.
 */
export interface WordRange {
  readonly first: number;
  readonly end: number;
  readonly holeFirst: number;
  readonly holeEnd: number;
}

/**
 * A byte for each word: 1 where programs may name it. A look at any other index, NaN and undefined too, does
 * not answer 1.
 */
export function namedWords({ first, end, holeFirst, holeEnd }: WordRange): Uint8Array {
  return new Uint8Array(end).fill(1, first).fill(0, holeFirst, holeEnd);
}

/** How many words one wait can be for. */
const WATCHED_MAX = 64;

/** A kernel's operation that no machine can execute. A plain program has its own error for the same. */
export class OperandError extends InternalError {
  override readonly name = 'OperandError';

  constructor(message: string) {
    super(message, { cause: { told: 'definition', program: null } satisfies Told });
  }
}

/**
 * What the machine cannot execute, thrown where nobody knows which line made it; `error` makes the error to
 * be told.
 */
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
const PCID_END = 1 << 12;
const INVPCID_TYPES = 4;

/** Looks at one CPU's operands; throws a Refusal. */
export class Operands {
  /** What a machine without page tables lacks is refused before it comes here. */
  private readonly mmu: MmuLayout | null;

  constructor(
    private readonly program: Program,
    private readonly id: number,
    /** The operation's line is on the stack: throws the error to be told at once. */
    private readonly early = false,
  ) {
    this.mmu = program.mmu;
  }

  mistake(operation: string, what: string): never {
    const refusal = new Refusal(this.program, `CPU${this.id}: ${operation} ${what}`);
    throw this.early ? refusal.error() : refusal;
  }

  private missing(operation: string, what: string): never {
    this.mistake(operation, `${what}, which the ${this.mmu === null ? 'program' : 'machine'} does not have`);
  }

  /** Written so that NaN, undefined and fractions fail the first comparison. */
  word(operation: string, address: number): void {
    const { first, end, holeFirst, holeEnd } = this.program.words;
    if ((address | 0) !== address || address < first || address >= end)
      this.missing(operation, `of word ${address}`);
    if (address >= holeFirst && address < holeEnd) this.missing(operation, `of word ${address}`);
  }

  value(operation: string, value: number): void {
    if ((value | 0) !== value) this.mistake(operation, `with ${value}, which is no 32-bit integer`);
  }

  pair(operation: string, address: number): void {
    this.word(operation, address);
    if ((address & 1) !== 0)
      this.mistake(
        operation,
        `of word ${address}, which is odd: pairs begin at even addresses (see "pairs")`,
      );
    this.word(operation, address + 1);
  }

  target(operation: string, cpu: number): void {
    if ((cpu | 0) !== cpu || cpu < 0 || cpu >= this.program.cpus) this.missing(operation, `to CPU ${cpu}`);
  }

  answers(n: number): void {
    if ((n | 0) !== n || n < 1) this.mistake('choose', `among ${n}: give a whole number of at least 1`);
  }

  private inRange(operation: string, what: string, value: number, end: number): void {
    if ((value | 0) !== value || value < 0 || value >= end) this.missing(operation, `of ${what} ${value}`);
  }

  page(operation: string, page: number): void {
    this.inRange(operation, 'page', page, this.mmu?.pages ?? 0);
  }

  frame(operation: string, frame: number): void {
    this.inRange(operation, 'frame', frame, this.mmu?.frames ?? 0);
  }

  mm(operation: string, mm: number): void {
    this.inRange(operation, 'mm', mm, this.mmu?.handles ?? 0);
  }

  register(operation: string, register: number): void {
    this.inRange(operation, 'register', register, this.program.hardwareWords);
  }

  cr3(root: number, pcid: number): void {
    this.frame('writeCr3', root);
    this.inRange('writeCr3', 'PCID', pcid, PCID_END);
  }

  invpcid(type: number, pcid: number, page: number): void {
    this.inRange('invpcid', 'type', type, INVPCID_TYPES);
    this.inRange('invpcid', 'PCID', pcid, PCID_END);
    this.page('invpcid', page);
  }

  /** Executed without broadcasts there would be nobody to carry it out. */
  invlpgb(flags: number, pcid: number, page: number, pages: number): void {
    this.broadcasts('invlpgb');
    this.inRange('invlpgb', 'flags', flags, INVLPGB_FLAGS + 1);
    if ((flags & INVLPGB_PCID) !== 0) this.inRange('invlpgb', 'PCID', pcid, PCID_END);
    if ((flags & INVLPGB_VA) === 0) return;
    if ((pages | 0) !== pages || pages < 0) this.mistake('invlpgb', `of ${pages} pages`);
    const stride = (flags & INVLPGB_PMD_STRIDE) !== 0 ? TABLE_PAGES : 1;
    this.page('invlpgb', page);
    if (pages > 0) this.page('invlpgb', page + (pages - 1) * stride);
  }

  broadcasts(operation: string): void {
    if (this.program.broadcast == null)
      this.mistake(operation, 'needs CPUs that broadcast invalidations, which this backend has not');
  }

  /** A signal that nobody would look at is none. */
  remoteAction(target: number, slot: number): void {
    const { remoteActions } = this.program;
    if (remoteActions == null)
      this.mistake('sendRar', 'needs CPUs with remote action requests, which this backend has not');
    this.target('sendRar', target);
    this.inRange('sendRar', 'payload', slot, remoteActions.slots);
  }

  promise(mm: number, page: number, rights: number): void {
    this.mm('promise', mm);
    this.page('promise', page);
    this.inRange('promise', 'rights', rights, RIGHT_ALL + 1);
  }

  event(kind: number, a: number, b: number): void {
    for (const value of [kind, a, b]) this.value('event', value);
  }

  /** A host's operation: one of HOST_OP_*, and of INVVPID for an address the page. */
  host(what: number, vpid: number, page: number): void {
    if (this.program.unit?.makeHost === undefined)
      this.mistake('hostOp', 'needs a host whose steps are code (backend kvm-host)');
    this.inRange('hostOp', 'what', what, HOST_OP_ENTER + 1);
    this.value('hostOp', vpid);
    if (what === HOST_OP_INVVPID_ADDRESS) this.page('hostOp', page);
  }

  /** A flush hypercall: to whom, and what `load` says that this CPU asks for. */
  request(target: number, machine: { load(cpu: number, address: number): number }): void {
    this.target('postFlush', target);
    const { host } = this.program;
    if (host == null) this.mistake('postFlush', 'needs a host, and there is none under this backend');
    const wanted = host.wanted[this.id];
    // An input page is the guest's backend's, and made of pages that are asked for.
    if (machine.load(this.id, wanted) !== FLUSH_PAGES) return;
    const start = machine.load(this.id, wanted + 1);
    const end = machine.load(this.id, wanted + 2);
    if (start < 0 || start > end || end > (this.mmu?.pages ?? 0))
      this.missing('postFlush', `for pages ${start} to ${end}`);
  }

  /**
   * A page-table entry: whose it is (a page, or pages + root index), and the word of frame memory that it
   * lies in.
   */
  entry(operation: string, mm: number, key: number, address: number): void {
    this.mm(operation, mm);
    const { mmu } = this;
    if (mmu === null) this.mistake(operation, 'needs page tables, and a plain program has no MMU');
    this.inRange(operation, 'key', key, mmu.pages + Math.ceil(mmu.pages / TABLE_PAGES));
    const offset = address - mmu.framesBase;
    if (
      (offset | 0) !== offset ||
      offset < 0 ||
      offset >= mmu.frames * mmu.frameStride ||
      offset % mmu.frameStride >= mmu.frameWords
    )
      this.mistake(operation, `of word ${address}, which holds no page-table entry`);
  }

  /**
   * What an entry may become: flags and a frame that there is. A value that was read from an entry carries
   * its ghost version, which is ignored.
   */
  entryValue(value: number): void {
    if ((value | 0) !== value || value < 0 || pteFrame(value) >= (this.mmu?.frames ?? 0))
      this.mistake('setPte', `with ${value}, which is no page-table entry of this machine`);
  }

  /** Looks at an operation whose first operand is no word that may be named. Some kinds name none. */
  unnamed(kind: number, address: number): void {
    if (kind !== K.OP_SMP_MB) this.missing(NAMES[kind], `of word ${address}`);
  }

  /** What a wait compares with. */
  wait(op: PendingOp): void {
    this.value('condLoadAcquire', op.b);
    this.value('condLoadAcquire', op.c);
  }

  /** What a wait for a change looks at. */
  change({ words, seen }: WatchedWords): void {
    if (words.length === 0 || words.length > WATCHED_MAX || words.length !== seen.length)
      this.mistake(
        'waitForChange',
        `of ${words.length} words and ${seen.length} values: give 1 to ${WATCHED_MAX}, and a value of each`,
      );
    for (const word of words) this.word('waitForChange', word);
    for (const value of seen) this.value('waitForChange', value);
  }

  /** The operands of a locked operation that are values. */
  locked(op: PendingOp): void {
    const name = NAMES[op.kind];
    this.value(name, op.b);
    if (op.kind === K.OP_CMPXCHG || op.kind === K.OP_CMPXCHG_PAIR) this.value(name, op.c);
    if (op.kind !== K.OP_CMPXCHG_PAIR) return;
    this.pair(name, op.a);
    this.value(name, op.d);
    this.value(name, op.e);
  }
}

/** The methods that make the operations on words. */
const NAMES: Readonly<Record<number, string>> = {
  [K.OP_READ_ONCE]: 'readOnce',
  [K.OP_WRITE_ONCE]: 'writeOnce',
  [K.OP_LOAD_ACQUIRE]: 'loadAcquire',
  [K.OP_STORE_RELEASE]: 'storeRelease',
  [K.OP_XCHG]: 'xchg',
  [K.OP_CMPXCHG]: 'cmpxchg',
  [K.OP_CMPXCHG_PAIR]: 'cmpxchgPair',
  [K.OP_FETCH_ADD]: 'fetchAdd',
  [K.OP_FETCH_OR]: 'fetchOr',
  [K.OP_FETCH_AND]: 'fetchAnd',
  [K.OP_COND_LOAD_ACQUIRE]: 'condLoadAcquire',
  [K.OP_SPIN_LOCK]: 'spinLock',
  [K.OP_SPIN_UNLOCK]: 'spinUnlock',
  [K.OP_WAIT_CHANGE]: 'waitForChange',
};
