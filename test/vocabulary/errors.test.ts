import { describe, expect, it } from 'vitest';
import { OperandError } from '../../src/machine/operands.js';
import { ProgramError } from '../../src/programs/plain-cpu.js';
import { thrownOf } from '../../src/seal/thrown.js';
import { InfrastructureError, InputError } from '../../src/vocabulary/errors.js';
import { received, toldBy } from '../../src/vocabulary/told.js';

describe('an error of the world outside', () => {
  it('is one line of what, where and what to do, and has each as a field', () => {
    const error = new InputError('nothing in it', 'give another', { file: 'a b.ts', line: 3 });
    expect(error).toMatchObject({
      message: 'a b.ts:3: nothing in it; give another',
      what: 'nothing in it',
      remedy: 'give another',
    });
    expect(new InfrastructureError('the disk is full')).toMatchObject({
      message: 'the disk is full',
      remedy: null,
      place: null,
    });
  });
});

describe('what an error says as data', () => {
  it('outlives the way out of a thread, where its class is lost', () => {
    const copy = structuredClone(new ProgramError('CPU0 is lost', 'mine'));
    expect(copy).not.toBeInstanceOf(ProgramError);
    expect(copy.message).toBe('program "mine": CPU0 is lost');
    expect(toldBy(copy)).toEqual({ told: 'definition', program: 'mine' });
    expect(toldBy(structuredClone(new OperandError('no such word')))).toEqual({
      told: 'definition',
      program: null,
    });
  });

  it('is nothing for the errors of others, whatever their cause is', () => {
    for (const cause of [undefined, null, 'told', new Error('x')])
      expect(toldBy(new Error('x', { cause }))).toBeNull();
  });

  it('is handed on with the stack of where it was thrown', () => {
    const error = new ProgramError('CPU0 is lost', 'mine');
    const again = received(structuredClone(thrownOf(error)));
    expect(again).toMatchObject({ message: error.message, stack: error.stack, name: 'ProgramError' });
    expect(toldBy(again)).toEqual(toldBy(error));
    expect(received(thrownOf('a word'))).toMatchObject({
      message: 'threw "a word", which is no Error',
      name: 'Error',
    });
  });
});
