import type { Keepable, RecordReader, RecordWriter } from '../checkpoint/records.js';

/**
 * Who changes which word, as far as any search of a kernel in a scenario has seen: what is executed at once
 * (local-steps.ts) rests on it. It is found out on the way. When a word turns out to be changed by somebody
 * after a search has relied on the contrary, that search is not to be believed, and begins anew with what is
 * known by then.
 */

/** A search has relied on what is not so. */
export class WronglyRelied extends Error {
  override readonly name = 'WronglyRelied';
}

/** More CPUs than a word has bits for are not kept apart. */
export const CPUS_MAX = 30;
/** Somebody who is no CPU: a walker, a host. */
export const OTHERS = CPUS_MAX;

export class Footprints implements Keepable {
  /** By word: a bit for each CPU that changes it, and one for OTHERS. */
  private readonly changers: Int32Array;
  /** By word: whether an interrupt handler stores to it. */
  private readonly byHandler: Uint8Array;
  /** By word: a bit for each CPU that relies on nobody else changing it. */
  private readonly only: Int32Array;
  /** By word: whether a CPU relies on no handler storing to it. */
  private readonly alone: Uint8Array;
  /** By word: whether somebody relies on nobody changing it. */
  private readonly constant: Uint8Array;
  private hasNmis = false;

  constructor(words: number) {
    this.changers = new Int32Array(words);
    this.byHandler = new Uint8Array(words);
    this.only = new Int32Array(words);
    this.alone = new Uint8Array(words);
    this.constant = new Uint8Array(words);
  }

  keep(to: RecordWriter): void {
    to.value([this.hasNmis, [...this.byHandler], [...this.alone], [...this.constant]]);
    to.words(this.changers, this.changers.length);
    to.words(this.only, this.only.length);
  }

  restore(from: RecordReader): void {
    const [hasNmis, byHandler, alone, constant] =
      from.value<readonly [boolean, readonly number[], readonly number[], readonly number[]]>();
    this.hasNmis = hasNmis;
    this.byHandler.set(byHandler);
    this.alone.set(alone);
    this.constant.set(constant);
    from.words(this.changers);
    from.words(this.only);
  }

  /** A search begins, which has relied on nothing. */
  forget(): void {
    this.only.fill(0);
    this.alone.fill(0);
    this.constant.fill(0);
  }

  /** Whether flags keep interrupts away: no NMI is ever sent. */
  get flagsSuffice(): boolean {
    return !this.hasNmis;
  }

  /**
   * Whether nobody but the CPU changes the word, and where it can be interrupted no handler either. Whoever
   * hears yes relies on it.
   */
  isOnlyOf(cpu: number, word: number, isInterruptible: boolean): boolean {
    if ((this.changers[word] & ~(1 << cpu)) !== 0) return false;
    if (isInterruptible) {
      if (this.byHandler[word] !== 0) return false;
      this.alone[word] = 1;
    }
    this.only[word] |= 1 << cpu;
    return true;
  }

  /** Whether nobody changes the word. Whoever hears yes relies on it. */
  isConstant(word: number): boolean {
    if (this.changers[word] !== 0 || this.byHandler[word] !== 0) return false;
    this.constant[word] = 1;
    return true;
  }

  /** A word is another one after a move of `by`: a CPU's code or store buffer, or OTHERS. */
  changed(by: number, word: number): void {
    const bit = 1 << by;
    if ((this.changers[word] & bit) !== 0) return;
    this.changers[word] |= bit;
    if (this.constant[word] !== 0 || (this.only[word] & ~bit) !== 0) throw new WronglyRelied();
  }

  /** A handler stores to the word. */
  handlerStores(word: number): void {
    if (this.byHandler[word] !== 0) return;
    this.byHandler[word] = 1;
    if (this.constant[word] !== 0 || this.alone[word] !== 0) throw new WronglyRelied();
  }

  /** An NMI is sent. */
  nmiSent(): void {
    if (this.hasNmis) return;
    this.hasNmis = true;
    throw new WronglyRelied();
  }
}
