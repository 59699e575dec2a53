import { cpuOfAgent } from '../machine/agents.js';
import { STEP_DRAIN } from '../machine/op-kinds.js';
import { isSame, type Unnumbered } from './happening.js';
import type { Ordering } from './ordering.js';

/** One of an ordering's two steps, and how often what it is has been; beyond `nth` nobody looks. */
export interface Side {
  readonly of: Unnumbered;
  readonly nth: number;
  seen: number;
}

export interface Pair {
  readonly before: Side;
  readonly after: Side;
  /** The second has not been when the witness ended. */
  readonly mayBeNever: boolean;
}

/** Which orderings an execution has kept, by what has happened in it so far. */
export class KeptOrderings {
  /** Something came before what it is to come after: whatever follows, the ordering does not hold. */
  isBroken = false;
  readonly pairs: readonly Pair[];
  private readonly all: readonly Side[];
  private readonly drains: readonly Side[];
  private readonly others: readonly Side[];

  /** `stepsOfWitness`: orderings have a step of a number as high, which has not been when it ended. */
  constructor(orderings: readonly Ordering[], stepsOfWitness: number) {
    const side = ({ agent, kind, operand, nth }: Ordering['before']): Side => ({
      ...{ of: { agent, kind, operand }, nth, seen: 0 },
    });
    this.pairs = orderings.map(({ before, after }) => ({
      ...{ before: side(before), after: side(after), mayBeNever: after.step >= stepsOfWitness },
    }));
    this.all = this.pairs.flatMap(({ before, after }) => [before, after]);
    this.drains = this.all.filter(({ of }) => of.kind === STEP_DRAIN);
    this.others = this.all.filter(({ of }) => of.kind !== STEP_DRAIN);
  }

  /** Whether some step of an ordering is a store that comes to memory. */
  get hasStores(): boolean {
    return this.drains.length > 0;
  }

  /** Whether all that is to come after something has come. */
  get isForced(): boolean {
    return this.pairs.every(
      ({ before, after, mayBeNever }) => before.seen >= before.nth && (mayBeNever || after.seen >= after.nth),
    );
  }

  begin(): void {
    for (const side of this.all) side.seen = 0;
    this.isBroken = false;
  }

  /** A step, before its stores. */
  happens(step: Unnumbered): void {
    if (step.kind === STEP_DRAIN) return;
    for (const side of this.others) if (isSame(side.of, step)) this.sees(side);
    this.look();
  }

  /** A store of the CPU comes to memory. */
  stores(cpu: number, address: number): void {
    for (const side of this.drains)
      if (cpuOfAgent(side.of.agent) === cpu && side.of.operand === address) this.sees(side);
    this.look();
  }

  /** How often each side has been: all that decides what is kept from here on. */
  counts(): readonly number[] {
    return this.all.map(({ seen }) => seen);
  }

  /** As if that had happened, and nothing had been broken. */
  restore(counts: readonly number[]): void {
    for (const [i, side] of this.all.entries()) side.seen = counts[i];
    this.isBroken = false;
  }

  private sees(side: Side): void {
    if (side.seen < side.nth) side.seen++;
  }

  private look(): void {
    for (const { before, after } of this.pairs)
      if (after.seen >= after.nth && before.seen < before.nth) this.isBroken = true;
  }
}
