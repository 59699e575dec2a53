import { functionTable } from '../kernel/function-table.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { KernelConfig, KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { BaseCall, isLoad, isSame, type Left, type PendingWords, wordsOf } from './base-call.js';

/**
 * Calls of the functions that a variant has in the place of its base's. Beside each the base's own function
 * runs in the same hands: it is told the results that the variant's operations have, and does nothing itself.
 * Where one of both does what the other one does not, the variant has changed something. A load that only
 * one of them makes is noted, and both are followed on: by itself it changes nothing.
 */

/** Where a call did something else than the base's function. */
export interface Otherwise {
  /**
   * `operation`: another one, or one more; `end`: the base's has an operation left; `answer`: both have
   * ended, and answer differently; `private`: what only the running task can reach is not what the base's
   * made it.
   */
  readonly kind: 'operation' | 'end' | 'answer' | 'private';
  /** The step after whose operation it was done; -1: before the first one. */
  readonly after: number;
  /** What is done there; null: the call ends. */
  readonly does: PendingWords | null;
  /** What the base's does there; null: it has ended. Only of operations and ends. */
  readonly instead: PendingWords | null;
  /** The step after which the variant does that, later in the same call; absent where it does not. */
  later?: number;
  /** What both answer: the variant's, and the base's. Only of answers. */
  readonly answers?: readonly [own: unknown, base: unknown];
  /** A word that the call leaves otherwise than the base's; of private words, and beside answers. */
  readonly left?: Left;
}

/** A call that did something else. */
export interface OwnDifference {
  readonly cpu: number;
  /** The function, by the name in the function table. */
  readonly name: string;
  /** As its author calls it; empty where that is nothing. */
  readonly ownName: string;
  /** Handlers that ran on the CPU. */
  readonly depth: number;
  /** The first load that only one of both makes, or null. */
  looked: Otherwise | null;
  /** The first thing beside loads that only one of both does, or null: they are compared no further. */
  did: Otherwise | null;
}

/** The functions of a variant and of what it is made from, and which of them are its own. */
export interface OwnFunctions {
  /** The base's name. */
  readonly base: string;
  readonly functions: KernelFunctions;
  readonly own: readonly (keyof KernelFunctions)[];
}

type Given = IteratorResult<undefined, unknown>;

/** Loads in a row that the base's makes and the variant does not; more are a loop that never ends. */
const PASSED_MAX = 200;

export class OwnCalls {
  readonly differences: OwnDifference[] = [];
  /** The step that is being executed; whoever drives the machine sets it. */
  step = -1;

  constructor(readonly from: OwnFunctions) {}

  /** The variant's own functions, each of its calls followed; for a program that is made with them. */
  followed(functions: Partial<KernelFunctions>, config: () => KernelConfig): Partial<KernelFunctions> {
    const names = this.from.own.filter((name) => functions[name] !== undefined);
    const [owns, bases] = [functionTable(functions), functionTable(this.from.functions)];
    const wrapped = names.map((name) => {
      const own = owns[name];
      const base = bases[name];
      const calls = this;
      const follow = function (this: unknown, cpu: KernelCpu, ...rest: unknown[]): Protocol<unknown> {
        const from = { ...config(), functions: calls.from.functions };
        const beside = new BaseCall(cpu, from, (shadow) => base(shadow, ...rest));
        return calls.follow([name, own.name], cpu, own.call(this, cpu, ...rest), beside);
      };
      // Stories find steps by the function's own name.
      return [name, Object.defineProperty(follow, 'name', { value: own.name })];
    });
    return { ...functions, ...Object.fromEntries(wrapped) };
  }

  private *follow(
    [name, ownName]: readonly [name: string, ownName: string],
    cpu: KernelCpu,
    own: Protocol<unknown>,
    base: BaseCall,
  ): Protocol<unknown> {
    const { id, depth } = cpu;
    const difference: OwnDifference = { cpu: id, name, ownName, depth, looked: null, did: null };
    let result: unknown;
    let thrown: { readonly error: unknown } | null = null;
    for (;;) {
      base.resume(result);
      const given: Given = thrown === null ? own.next(result as number) : own.throw(thrown.error);
      thrown = null;
      this.compare(base, given, cpu, difference);
      if (given.done === true) return given.value;
      try {
        result = yield given.value;
      } catch (error) {
        thrown = { error };
      }
    }
  }

  /** Before the variant's next operation, or at its end. */
  private compare(base: BaseCall, given: Given, { pending }: KernelCpu, told: OwnDifference): void {
    const { step: after } = this;
    const own = given.done === true ? null : pending;
    if (base.isStopped) {
      if (own !== null && told.did?.instead != null && isSame(own, told.did.instead))
        told.did.later ??= after;
      return;
    }
    const does = own === null ? null : wordsOf(own);
    const look = (): void => {
      told.looked ??= { kind: own === null ? 'end' : 'operation', after, does, instead: base.next };
    };
    const isMet = (): boolean => own !== null && base.next !== null && isSame(own, base.next);
    for (let passed = 0; base.next !== null && isLoad(base.next) && !isMet(); passed++) {
      if (passed === PASSED_MAX) base.isStopped = true;
      if (base.isStopped) return;
      look();
      base.pass();
    }
    base.isAhead = !isMet();
    if (isMet()) return;
    if (own !== null && isLoad(own)) {
      look();
      return;
    }
    const { next } = base;
    // Earlier it may only have another order.
    const left = base.leftOtherwise();
    if (own !== null) told.did = { kind: 'operation', after, does, instead: next };
    else if (next !== null) told.did = { kind: 'end', after, does, instead: next };
    else if (base.answer !== given.value)
      told.did = {
        ...{ kind: 'answer', after, does, instead: null, answers: [given.value, base.answer] },
        ...(left === null ? {} : { left }),
      };
    else if (left !== null) told.did = { kind: 'private', after, does, instead: null, left };
    base.isStopped = true;
    if (told.did !== null || told.looked !== null) this.differences.push(told);
  }
}
