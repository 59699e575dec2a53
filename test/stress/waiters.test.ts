import { describe, expect, it } from 'vitest';
import { controlWords, WAITER_BUCKETS } from '../../src/stress/control.js';
import { Waiters } from '../../src/stress/waiters.js';

function waitersOf(cpus: number): Waiters[] {
  const words = new Int32Array(new SharedArrayBuffer(4 * controlWords(cpus)));
  return Array.from({ length: cpus }, (_, id) => new Waiters(words, cpus, id));
}

function rung(by: Waiters, address: number): number[] {
  const cpus: number[] = [];
  by.ring(address, (cpu) => cpus.push(cpu));
  return cpus;
}

describe('waiters', () => {
  it('are found by the word that they wait for, until they do no more', () => {
    const [a, b, c] = waitersOf(3);
    expect(a.any(100)).toBe(false);
    b.add(100, 1, 1);
    // Another word of the same hash.
    c.add(100 + WAITER_BUCKETS, 1, 1);
    expect(a.any(100)).toBe(true);
    expect(rung(a, 100)).toEqual([1]);
    expect(rung(a, 100 + WAITER_BUCKETS)).toEqual([2]);
    b.remove(100);
    expect(rung(a, 100)).toEqual([]);
    c.remove(100 + WAITER_BUCKETS);
    expect(a.any(100)).toBe(false);
  });

  it('for a generation are all rung, for a lock to be free only the next, round robin', () => {
    const cpus = waitersOf(40);
    for (const id of [1, 7, 35]) cpus[id].add(50, -1, 3);
    expect(rung(cpus[7], 50)).toEqual([35, 1, 7]);
    for (const id of [2, 8, 36]) cpus[id].add(60, -1, 0);
    expect(rung(cpus[8], 60)).toEqual([36]);
    expect(rung(cpus[36], 60)).toEqual([2]);
  });
});
