import { describe, expect, it } from 'vitest';
import { Cpu } from '../../src/machine/cpu.js';
import { GeneratorCode, GeneratorStack } from '../../src/machine/generator-stack.js';
import { Refusal } from '../../src/machine/operands.js';
import type { Program } from '../../src/machine/program.js';
import type { Op, Protocol } from '../../src/machine/protocol.js';

/**
 * Both texts of protocol code, as it is written and flat, behave alike; `hand` is `yield*` or a plain
 * `yield`.
 */

const FORMS: readonly [string, (given: Op<unknown> | Protocol<unknown>) => Protocol<unknown>][] = [
  ['delegating', (given) => delegated(given)],
  ['flat', (given) => handed(given)],
];

function* delegated(given: Op<unknown> | Protocol<unknown>): Protocol<unknown> {
  return yield* given as Protocol<unknown>;
}

function* handed(given: Op<unknown> | Protocol<unknown>): Protocol<unknown> {
  return yield given as unknown as undefined;
}

const cpu = (): Cpu => new Cpu({ peek: () => 42 } as never, 0);

/**
 * Runs a call to its end; each operation is answered by ten times its address. Answers the addresses, and
 * what the call answered.
 */
function run(
  stack: GeneratorStack,
  { pending }: Cpu,
): { readonly addresses: number[]; readonly answer: unknown } {
  const addresses: number[] = [];
  for (let told = 0; stack.resume(told); told = pending.a * 10) addresses.push(pending.a);
  return { addresses, answer: stack.answer };
}

describe.each(FORMS)('%s code', (_, hand) => {
  function* callee(c: Cpu, a: number): Protocol<unknown> {
    const first = yield* hand(c.readOnce(a));
    const peeked = yield* hand(c.peek(0));
    const second = yield* hand(c.readOnce(a + 1));
    return [first, peeked, second];
  }

  it('passes results in and answers out, through operations with and without a boundary', () => {
    const c = cpu();
    function* caller(): Protocol<unknown> {
      const inner = yield* hand(callee(c, 1));
      const last = yield* hand(c.readOnce(5));
      return [inner, last];
    }
    const stack = new GeneratorStack(c);
    stack.begin(caller());
    expect(run(stack, c)).toEqual({ addresses: [1, 2, 5], answer: [[10, 42, 20], 50] });
    expect(stack.idle).toBe(true);
  });

  it('throws through callers from the inside out, each of which may tidy up or catch', () => {
    const c = cpu();
    const log: string[] = [];
    function* bad(): Protocol<unknown> {
      yield* hand(c.readOnce(1));
      throw new RangeError('too far');
    }
    function* tidy(): Protocol<unknown> {
      try {
        return yield* hand(bad());
      } finally {
        log.push('tidy');
        yield* hand(c.readOnce(2));
      }
    }
    function* catching(): Protocol<unknown> {
      try {
        return yield* hand(tidy());
      } catch (error) {
        log.push((error as Error).message);
        return yield* hand(c.readOnce(3));
      }
    }
    const stack = new GeneratorStack(c);
    stack.begin(catching());
    expect(run(stack, c)).toEqual({ addresses: [1, 2, 3], answer: 30 });
    expect(log).toEqual(['tidy', 'too far']);
    stack.begin(tidy());
    expect(() => run(stack, c)).toThrow(RangeError);
  });

  it('is refused where it stands, callers hear of the error, and what they catch is told nonetheless', () => {
    const c = cpu();
    const program = { name: 'p', fault: (message: string) => new RangeError(message) } as unknown as Program;
    const heard: unknown[] = [];
    function* caller(): Protocol<unknown> {
      try {
        return yield* hand(callee(c, 1));
      } catch (error) {
        heard.push(error);
        return 0;
      }
    }
    const stack = new GeneratorStack(c);
    stack.begin(caller());
    stack.resume(0);
    expect(stack.refuse(new Refusal(program, 'no such word'))).toEqual(new RangeError('no such word'));
    expect(heard).toEqual([new RangeError('no such word')]);
    stack.begin(callee(c, 1));
    stack.resume(0);
    expect(stack.refuse(new Refusal(program, 'no such word'))).toEqual(new RangeError('no such word'));
  });

  it.each([
    ['nothing, where a function forgot its star', undefined],
    ['a number', 7],
  ])('throws where it is handed %s', (_what, given) => {
    const c = cpu();
    function* mistake(): Protocol<unknown> {
      try {
        yield* hand(given as unknown as Op);
      } catch (error) {
        return error;
      }
      return null;
    }
    const stack = new GeneratorStack(c);
    stack.begin(mistake());
    expect(run(stack, c)).toEqual({ addresses: [], answer: expect.any(TypeError) });
  });

  it('goes through what is no generator as well', () => {
    const c = cpu();
    function* caller(): Protocol<unknown> {
      const iterable = { [Symbol.iterator]: () => callee(c, 1) };
      return [yield* hand(iterable), yield* hand(c.readOnce(7))];
    }
    const stack = new GeneratorStack(c);
    stack.begin(caller());
    expect(run(stack, c)).toEqual({ addresses: [1, 2, 7], answer: [[10, 42, 20], 70] });
    const inner = callee(c, 1);
    stack.begin({ next: (told: number) => inner.next(told) } as Protocol<unknown>);
    expect(run(stack, c).addresses).toEqual([1, 2]);
  });

  it('stands where it stood when a handler on top of it has ended, whichever form the handler has', () => {
    for (const [, other] of FORMS) {
      const c = cpu();
      const program = {
        main: () => callee(c, 1),
        *interrupt(): Protocol<void> {
          yield* other(c.readOnce(100));
        },
        *nmi(): Protocol<void> {
          yield* other(c.readOnce(200));
        },
      } as unknown as Program;
      const code = new GeneratorCode(program, c);
      const saved: [number, boolean][] = [];
      const interrupt = (vector: 'ipi' | 'nmi'): void => {
        saved.push([c.pending.a, c.pending.armed]);
        c.pending.armed = false;
        code.interrupt(vector);
        expect(code.resume(0)).toBe(true);
      };
      const back = (): void => {
        expect(code.resume(0)).toBe(false);
        [c.pending.a, c.pending.armed] = saved.pop() as [number, boolean];
      };
      code.start();
      expect(code.resume(0)).toBe(true);
      interrupt('ipi');
      interrupt('nmi');
      expect(c.pending.a).toBe(200);
      back();
      expect(c.pending.a).toBe(100);
      back();
      expect([c.pending.a, code.idle]).toEqual([1, false]);
      expect(code.resume(10)).toBe(true);
      expect(c.pending.a).toBe(2);
      expect(code.resume(20)).toBe(false);
      expect(code.idle).toBe(true);
      interrupt('ipi');
      back();
      expect(code.idle).toBe(true);
    }
  });
});

describe('code of both forms', () => {
  it('is one stack: a flat function within one that is delegated to, and the other way round', () => {
    const c = cpu();
    function* leaf(a: number): Protocol<unknown> {
      return yield c.readOnce(a) as unknown as undefined;
    }
    function* flat(a: number): Protocol<unknown> {
      return yield leaf(a) as unknown as undefined;
    }
    function* outer(): Protocol<unknown> {
      const one = yield* flat(1);
      const two = (yield delegated(flat(2)) as unknown as undefined) as unknown;
      return [one, two];
    }
    const stack = new GeneratorStack(c);
    stack.begin(outer());
    expect(run(stack, c)).toEqual({ addresses: [1, 2], answer: [10, 20] });
  });
});
