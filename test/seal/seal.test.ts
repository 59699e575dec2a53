import { exit } from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { answering, answerOf } from '../../src/seal/answered.js';
import { SealError, sealProcess, whileSealed } from '../../src/seal/process-seal.js';
import { plainError, thrownOf } from '../../src/seal/thrown.js';

/** The seal within this process, and what becomes of what is thrown. Whole processes: attacks.test.ts. */

const before = { exit: process.exit, kill: process.kill, chdir: process.chdir };
afterEach(() => expect(process).toMatchObject(before));

describe('a sealed process', () => {
  it.each(['exit', 'reallyExit', 'abort', 'kill', 'chdir', 'dlopen', 'binding', 'getBuiltinModule'])(
    'refuses %s',
    (name) => {
      const functions = process as unknown as Record<string, (argument?: unknown) => void>;
      if (functions[name] === undefined) return;
      expect(() => whileSealed(() => functions[name](0))).toThrow(SealError);
    },
  );

  it('refuses what was imported by its name', () => {
    expect(() => whileSealed(() => exit(0))).toThrow(SealError);
  });

  it('answers whether a process is there', () => {
    expect(whileSealed(() => process.kill(process.pid, 0))).toBe(true);
    expect(() => whileSealed(() => process.kill(0x3fffffff, 0))).toThrow('ESRCH');
  });

  it('is as it was when it is opened, also where the work throws', () => {
    const open = sealProcess();
    expect(process.exit).not.toBe(before.exit);
    open();
    expect(() =>
      whileSealed(() => {
        throw new RangeError('no');
      }),
    ).toThrow('no');
  });
});

describe('what is thrown', () => {
  const hollow = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('do not ask');
      },
    },
  );
  const trap = Object.defineProperty(new Error('x'), 'message', {
    get: () => {
      throw hollow;
    },
  });

  it.each([
    [null, 'threw null, which is no Error'],
    [undefined, 'threw undefined, which is no Error'],
    ['a'.repeat(100), `threw "${'a'.repeat(60)}...", which is no Error`],
    [Symbol('s'), 'threw Symbol(s), which is no Error'],
    [-0, 'threw 0, which is no Error'],
    [hollow, 'threw an object, which is no Error'],
    [() => 1, 'threw a function, which is no Error'],
  ])('is an Error afterwards: %#', (value, message) => {
    expect(plainError(value)).toMatchObject({ message, cause: { told: 'no-error' } });
    expect(structuredClone(thrownOf(value))).toMatchObject({ message, told: { told: 'no-error' } });
  });

  it('is left as it is where it is an Error that does nothing', () => {
    const error = new RangeError('far');
    expect(plainError(error)).toBe(error);
  });

  it('is safe to look at where it was not', () => {
    expect(plainError(trap)).toMatchObject({ name: 'Error', message: '' });
  });

  it('reaches the thread that asked, as an Error', async () => {
    const answered = await answering(() => {
      throw null;
    });
    expect(() => answerOf(structuredClone(answered))).toThrow('threw null, which is no Error');
    expect(answerOf(await answering(() => 3))).toBe(3);
  });

  it.each([
    { told: 'loop', place: { file: () => 1, line: 1 } },
    { told: 'definition', program: { toString: () => 1 } },
    hollow,
  ])('carries data of ours only: %#', (cause) => {
    expect(() => structuredClone(thrownOf(new Error('x', { cause })))).not.toThrow();
  });
});
