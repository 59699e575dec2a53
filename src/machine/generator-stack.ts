import type { Continuation, Vector } from './continuation.js';
import type { Cpu } from './cpu.js';
import { Refusal } from './operands.js';
import type { ImmediateOp, PendingOp } from './pending-op.js';
import { type Program, vmExitOf } from './program.js';
import type { Protocol } from './protocol.js';

/**
 * Every generator function has a prototype of its own: looked up at each generator, `next` would cost as much
 * as what it does.
 */
const NEXT = Object.getPrototypeOf(function* () {}).prototype.next as (
  this: Protocol<unknown>,
  told: unknown,
) => IteratorResult<unknown, unknown>;

/**
 * Protocol code in the middle of a call, as a stack of generators of its own.
 *
 * As it is written, a caller delegates to what it calls (`yield*`), and each operation is resumed from the
 * outermost function in. Workers run another text of it (bundle/flatten.ts): there a caller hands the
 * generator of what it calls out (`yield`), and only the innermost one is resumed. Both are taken here, mixed
 * as they come.
 */
export class GeneratorStack {
  protected top: Protocol<unknown> | null = null;
  /** Who called `top`, outermost first. */
  protected readonly callers: (Protocol<unknown> | null)[] = [];
  /** Where in `callers` the innermost interrupt handler begins. */
  protected base = 0;
  /** What the call answered when it had ended. */
  answer: unknown;
  private readonly pending: PendingOp;
  private readonly immediate: ImmediateOp;

  constructor({ pending, immediate }: Cpu) {
    this.pending = pending;
    this.immediate = immediate;
  }

  get idle(): boolean {
    return this.top === null;
  }

  /** A call begins; whatever ran before is forgotten. */
  begin(call: Protocol<unknown>): void {
    // Setting a length is a call out of compiled code, and executions are short.
    if (this.callers.length !== 0) this.callers.length = 0;
    this.base = 0;
    this.top = call;
  }

  /**
   * To the next operation: true. False: the call, or the innermost handler, has ended. Throws what it throws.
   */
  resume(result: unknown): boolean {
    const { callers, pending, immediate } = this;
    let top = this.top as Protocol<unknown>;
    let told = result;
    try {
      for (;;) {
        const { value, done } = NEXT.call(top, told);
        if (done === true) {
          if (callers.length === this.base) return this.ended(value);
          this.top = top = callers.pop() as Protocol<unknown>;
          told = value;
        } else if (value === pending) return true;
        else if (value === immediate) told = immediate.value;
        else {
          callers.push(top);
          this.top = top = value as Protocol<unknown>;
          told = undefined;
        }
      }
    } catch (error) {
      return this.failed(error);
    }
  }

  /**
   * Throws a refusal, or any other error, where the innermost function stands. Answers what came out in the
   * end.
   */
  refuse(error: unknown): unknown {
    // An operation that is delegated to makes the error itself, in the line that made the operation.
    const given = error instanceof Refusal && !this.pending.armed ? error.error() : error;
    try {
      this.callers.push(this.top);
      this.unwind(given);
    } catch (thrown) {
      return thrown;
    }
    // Caught: it is told nonetheless.
    return error instanceof Refusal ? error.error() : error;
  }

  /** What `top` did when it was thrown something: where that leads. */
  private proceed({ value, done }: IteratorResult<unknown, unknown>): boolean {
    const { callers, pending, immediate } = this;
    if (done === true) {
      if (callers.length === this.base) return this.ended(value);
      this.top = callers.pop() as Protocol<unknown>;
      return this.resume(value);
    }
    if (value === pending) return true;
    if (value === immediate) return this.resume(immediate.value);
    callers.push(this.top);
    this.top = value as Protocol<unknown>;
    return this.resume(undefined);
  }

  /** The innermost function has thrown, or is no generator at all. */
  private failed(error: unknown): boolean {
    if (Object.prototype.toString.call(this.top) === '[object Generator]') return this.unwind(error);
    this.top = through(this.top);
    return this.resume(undefined);
  }

  /**
   * A function has thrown, which is done with: its callers get that, from the inside out, until one catches
   * it.
   */
  private unwind(error: unknown): boolean {
    let thrown = error;
    while (this.callers.length > this.base) {
      this.top = this.callers.pop() as Protocol<unknown>;
      let result: IteratorResult<unknown, unknown>;
      try {
        result = this.top.throw(thrown);
      } catch (next) {
        thrown = next;
        continue;
      }
      return this.proceed(result);
    }
    throw thrown;
  }

  /** The call has ended, or the innermost handler. */
  protected ended(answer: unknown): false {
    this.answer = answer;
    this.top = null;
    return false;
  }
}

/** A CPU's script, and the handlers on top of it. */
export class GeneratorCode extends GeneratorStack implements Continuation {
  private readonly bases: number[] = [];

  constructor(
    private readonly program: Program,
    private readonly cpu: Cpu,
  ) {
    super(cpu);
  }

  start(): void {
    if (this.bases.length !== 0) this.bases.length = 0;
    this.begin(this.program.main(this.cpu));
  }

  interrupt(vector: Vector): void {
    this.callers.push(this.top);
    this.bases.push(this.base);
    this.base = this.callers.length;
    this.top = handlerOf(this.program, vector, this.cpu);
  }

  protected override ended(): false {
    if (this.bases.length === 0) this.top = null;
    else {
      this.base = this.bases.pop() as number;
      this.top = this.callers.pop() as Protocol<unknown> | null;
    }
    return false;
  }
}

function handlerOf(program: Program, vector: Vector, cpu: Cpu): Protocol<unknown> {
  if (vector === 'exit') return vmExitOf(program, cpu);
  return vector === 'nmi' ? program.nmi(cpu) : program.interrupt(cpu);
}

/** Goes through whatever `yield*` goes through; where that is nothing, throws what `yield*` throws. */
function* through(given: Partial<Protocol<unknown>> | null): Protocol<unknown> {
  const isIterator = typeof given?.next === 'function' && given[Symbol.iterator] === undefined;
  return yield* (isIterator ? { [Symbol.iterator]: () => given } : given) as Protocol<unknown>;
}
