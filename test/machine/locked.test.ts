import { describe, expect, it } from 'vitest';
import { type Locked, lockedOn, openWords, sharedWords } from '../../src/machine/stripped/locked.js';
import { RunMemory } from '../../src/stress/run-memory.js';

const WORDS = 16;

function both(): [name: string, words: Int32Array, locked: Locked][] {
  const { buffer, memory } = sharedWords(WORDS);
  const words = new Int32Array(buffer);
  const plain = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  return [
    ['WebAssembly', words, lockedOn(words, memory)],
    ['Atomics', plain, lockedOn(plain, null)],
  ];
}

describe.each(both())('locked operations by %s', (_name, words, locked) => {
  it('answer the old value and store the new one, negative ones too', () => {
    words[3] = 5;
    const answers = [
      locked.load(3),
      locked.add(3, -7),
      locked.or(3, 1 << 31),
      locked.and(3, 0xff),
      locked.exchange(3, -9),
      locked.compareExchange(3, 4, 1),
      locked.compareExchange(3, -9, 8),
    ];
    expect(answers).toEqual([5, 5, -2, -2, 0xfe, -9, -9]);
    expect([words[2], words[3], words[4]]).toEqual([0, 8, 0]);
  });

  it('replace a pair only if both halves are as expected', () => {
    words[6] = -1;
    words[7] = 0x7fffffff;
    expect(locked.compareExchangePair(6, -1, 0, 1, 2)).toBe(0);
    expect(locked.compareExchangePair(6, 0, 0x7fffffff, 1, 2)).toBe(0);
    expect([words[6], words[7]]).toEqual([-1, 0x7fffffff]);
    expect(locked.compareExchangePair(6, -1, 0x7fffffff, -2, -3)).toBe(1);
    expect([words[5], words[6], words[7], words[8]]).toEqual([0, -2, -3, 0]);
  });
});

describe('the memory of runs', () => {
  it('is opened once, and is that of another run only when it was given back', () => {
    const runs = new RunMemory();
    const first = runs.take(100, 10);
    const opened = openWords(first.mem);
    opened.words[7] = 1;
    expect(openWords(first.mem)).toBe(opened);
    expect(runs.take(100, 10).mem.id).not.toBe(first.mem.id);
    runs.giveBack(first);
    const again = runs.take(200, 10);
    expect(again.mem.id).toBe(first.mem.id);
    expect(opened.words[7]).toBe(0);
    runs.giveBack(again);
    expect(runs.take(1 << 21, 10).mem.id).not.toBe(first.mem.id);
  });
});
