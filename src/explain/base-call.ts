import { type KernelConfig, KernelCpu } from '../kernel/kernel-cpu.js';
import { GeneratorStack } from '../machine/generator-stack.js';
import type { Machine } from '../machine/machine.js';
import { OP_LOAD_ACQUIRE, OP_READ_ONCE } from '../machine/op-kinds.js';
import type { Op, Protocol } from '../machine/protocol.js';

/** A function that runs beside a call of what stands in its place, on results that are not its own. */

/** An operation as a CPU's pending registers hold it. */
export interface PendingWords {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** A word that only the running task can reach, and what two calls leave there. */
export interface Left {
  readonly word: number;
  readonly own: number;
  readonly base: number;
}

/** Where it comes to what only the machine could answer. */
class Unanswerable extends Error {}

export function isSame(one: PendingWords, other: PendingWords): boolean {
  return one.kind === other.kind && one.a === other.a && one.b === other.b && one.c === other.c;
}

/** What changes nothing, and is not waited for. */
export function isLoad({ kind }: PendingWords): boolean {
  return kind === OP_READ_ONCE || kind === OP_LOAD_ACQUIRE;
}

/** The base's function beside a call. */
export class BaseCall {
  /** The operation that it stands before; null: it has ended. */
  next: PendingWords | null = null;
  /** It is compared no more. */
  isStopped = false;
  /** It stands before an operation that the variant has not come to: results are not its own. */
  isAhead = false;
  private readonly code: GeneratorStack;
  private readonly shadow: Shadow;

  /** Beside a call on `cpu`; `begin` makes the base's. */
  constructor(cpu: KernelCpu, config: KernelConfig, begin: (shadow: KernelCpu) => Protocol<unknown>) {
    this.shadow = new Shadow(cpu.machine, cpu.id, config);
    this.code = new GeneratorStack(this.shadow);
    this.code.begin(begin(this.shadow));
  }

  get answer(): unknown {
    return this.code.answer;
  }

  /** A private word that is not what the base's has stored to it; null: there is none. */
  leftOtherwise(): Left | null {
    return this.shadow.leftOtherwise();
  }

  /** Goes on with the result of an operation of both. */
  resume(result: unknown): void {
    if (this.isStopped || this.isAhead) return;
    try {
      this.next = this.code.resume(result) ? wordsOf(this.shadow.pending) : null;
    } catch {
      // What it stumbles over is its own doing: the state is not the one that it would have made.
      this.isStopped = true;
    }
  }

  /** Goes past a load that the variant does not make. */
  pass(): void {
    const { machine, id, pending } = this.shadow;
    this.isAhead = false;
    this.resume(machine.load(id, pending.a));
    if (this.isStopped) this.next = null;
  }
}

export function wordsOf({ kind, a, b, c, d }: PendingWords): PendingWords {
  return { kind, a, b, c, d };
}

/** A CPU that does nothing: its stores to private words are its own, its notes are none. */
class Shadow extends KernelCpu {
  private readonly stored = new Map<number, number>();

  constructor(machine: Machine, id: number, config: KernelConfig) {
    super(machine, id, config);
    this.depth = machine.cpus[id].depth;
  }

  /** A private word that is not what this CPU has stored to it; null: there is none. */
  leftOtherwise(): Left | null {
    const { mem } = this.machine;
    for (const [word, base] of this.stored) if (mem[word] !== base) return { word, own: mem[word], base };
    return null;
  }

  override peek(address: number): Op {
    return this.done(this.stored.get(address) ?? this.machine.mem[address]);
  }
  override poke(address: number, value: number): Op {
    this.stored.set(address, value);
    return this.nothing();
  }
  override choose(): Op {
    throw new Unanswerable();
  }
  override newAddressSpace(): Op {
    throw new Unanswerable();
  }
  override event(): Op {
    return this.nothing();
  }
  override promise(): Op {
    return this.nothing();
  }
  override operationReturned(): Op {
    return this.nothing();
  }
  override assert(): Op {
    return this.nothing();
  }
}
