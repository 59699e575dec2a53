import { describe, expect, it } from 'vitest';
import { atEnd, watchAtEnd } from '../../src/seal/at-end.js';

describe('what is to be undone at the end', () => {
  it('is told of while there is some', () => {
    const told: boolean[] = [];
    watchAtEnd((hasSome) => told.push(hasSome));
    const [first, second] = [atEnd(() => undefined), atEnd(() => undefined)];
    first();
    first();
    expect(told).toEqual([false, true]);
    second();
    expect(told).toEqual([false, true, false]);
    watchAtEnd(() => undefined);
  });

  it('is undone with the last first, each once, whatever another throws', () => {
    const undone: string[] = [];
    atEnd(() => undone.push('directory'));
    const done = atEnd(() => undone.push('process that ended'));
    atEnd(() => {
      undone.push('process');
      throw new Error('gone');
    });
    done();
    const undo = process.listeners('exit').at(-1) as (code: number) => void;
    undo(0);
    expect(undone).toEqual(['process', 'directory']);
  });
});
