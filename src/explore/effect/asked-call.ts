import { GeneratorStack } from '../../machine/generator-stack.js';
import type { Machine } from '../../machine/machine.js';
import type { Protocol } from '../../machine/protocol.js';
import { type Act, isRead, isSameAct } from './acts.js';
import type { AskedCpu } from './cpus.js';
import { unnoted } from './ran.js';

/** How a call compares with the base's function in its place. */
export const SAME = 0;
/** It answered another value. */
export const ANSWERED = 1;
/** It did something else, or did it at another place among the others. */
export const ACTED = 2;
/** It read the words that both read in another order: what it can have seen of them differs. */
export const ORDERED = 3;

/** What a function may read until it is taken to read for ever. */
const READS_MAX = 10_000;

/**
 * The base's function, asked beside a call of the variant's, on the state that the call meets.
 *
 * It goes as far as the call goes: through its own reads whenever the call acts or returns, through an act
 * only together with the same act of the call, whose result both get. A read of a word that the call has read
 * gets what the call saw there; any other sees the word as it is then. So it changes nothing, takes no time,
 * and answers what the base would have answered there.
 */
export class AskedCall {
  private readonly call: GeneratorStack;
  private isOver = false;
  private verdict = SAME;
  /** Words that the call has read and the base's function has not, newest last, with what was seen. */
  private readonly words: number[] = [];
  private readonly seen: number[] = [];
  /** What both did in order: addresses of reads; acts as negative numbers. */
  private readonly ofCall: number[] = [];
  private readonly ofBase: number[] = [];
  private acts = 0;
  private wasAct = false;

  constructor(
    private readonly machine: Machine,
    readonly cpu: AskedCpu,
  ) {
    this.call = new GeneratorStack(cpu);
  }

  begin(call: Protocol<unknown>): void {
    this.call.begin(call);
    this.isOver = false;
    this.verdict = SAME;
    this.words.length = 0;
    this.seen.length = 0;
    this.ofCall.length = 0;
    this.ofBase.length = 0;
    this.acts = 0;
    this.cpu.pending.armed = false;
    this.proceed(0);
  }

  /** The call is about to do this. An act must be what the base's function does next. */
  before(act: Act, reads: boolean): void {
    this.wasAct = !reads;
    if (!this.wasAct || this.verdict !== SAME) return;
    this.readOn();
    if (this.verdict === SAME && (this.isOver || !isSameAct(this.cpu.pending, act))) this.verdict = ACTED;
  }

  after(address: number, value: number): void {
    if (this.verdict !== SAME) return;
    if (this.wasAct) {
      this.acts++;
      this.ofCall.push(-this.acts);
      this.ofBase.push(-this.acts);
      this.proceed(value);
      return;
    }
    this.ofCall.push(address);
    const { pending } = this.cpu;
    if (!this.isOver && isRead(pending.kind) && pending.a === address) {
      this.ofBase.push(address);
      this.proceed(value);
      return;
    }
    this.words.push(address);
    this.seen.push(value);
  }

  /** The call has returned. */
  end(answer: unknown): number {
    if (this.verdict !== SAME) return this.verdict;
    this.readOn();
    if (this.verdict !== SAME) return this.verdict;
    if (!this.isOver) return ACTED;
    if (!isSameAnswer(answer, this.call.answer)) return ANSWERED;
    return isReordered(this.ofCall, this.ofBase) ? ORDERED : SAME;
  }

  /** The base's function reads what it reads before it acts or returns. */
  private readOn(): void {
    const { pending } = this.cpu;
    for (let reads = 0; !this.isOver && this.verdict === SAME && isRead(pending.kind); reads++) {
      if (reads === READS_MAX) {
        this.verdict = ACTED;
        return;
      }
      const at = this.words.lastIndexOf(pending.a);
      this.ofBase.push(pending.a);
      this.proceed(at >= 0 ? this.seen[at] : this.machine.load(this.cpu.id, pending.a));
    }
  }

  /**
   * To its next operation. What it cannot bear of the state that it is asked on, the base would never have
   * met.
   */
  private proceed(value: number): void {
    try {
      this.isOver = !unnoted(() => this.call.resume(value));
    } catch {
      this.verdict = ACTED;
    }
  }
}

/**
 * Callers look at an answer as a number or as a condition; where the base's function answers nothing, at
 * none.
 */
function isSameAnswer(answer: unknown, ofBase: unknown): boolean {
  if (ofBase === undefined || answer === ofBase) return true;
  return answer !== undefined && Number(answer) === Number(ofBase);
}

/** Of what both did: whether neither order is the other one with some repeated. */
function isReordered(one: readonly number[], other: readonly number[]): boolean {
  if (one.length === other.length && one.every((item, i) => item === other[i])) return false;
  const [inOne, inOther] = [new Set(one), new Set(other)];
  const common = one.filter((item) => inOther.has(item));
  const commonOther = other.filter((item) => inOne.has(item));
  return !isWithin(common, commonOther) && !isWithin(commonOther, common);
}

function isWithin(part: readonly number[], whole: readonly number[]): boolean {
  let at = 0;
  for (const item of whole) if (item === part[at]) at++;
  return at === part.length;
}
