import { describe, expect, it } from 'vitest';
import { controlWords, WAITER_BUCKETS } from '../../src/stress/control.js';
import { Waiters } from '../../src/stress/waiters.js';

function waitersOf(cpus: number): Waiters[] {
  const words = new Int32Array(new SharedArrayBuffer(4 * controlWords(cpus)));
  return Array.from({ length: cpus }, (_, id) => new Waiters(words, cpus, id));
}

function rung(by: Waiters, address: number, current: number): number[] {
  const cpus: number[] = [];
  by.ring(address, current, (cpu) => cpus.push(cpu));
  return cpus;
}

describe('waiters', () => {
  it('are found by the word that they wait for, until they do no more', () => {
    const [a, b, c] = waitersOf(3);
    expect(a.any(100)).toBe(false);
    b.add(100, 1, 1, false);
    // Another word of the same hash.
    c.add(100 + WAITER_BUCKETS, 1, 1, false);
    expect(a.any(100)).toBe(true);
    expect(rung(a, 100, 1)).toEqual([1]);
    expect(rung(a, 100 + WAITER_BUCKETS, 3)).toEqual([2]);
    b.remove(100);
    expect(rung(a, 100, 1)).toEqual([]);
    c.remove(100 + WAITER_BUCKETS);
    expect(a.any(100)).toBe(false);
  });

  it('for a generation are all rung, for a lock to be free only the next, round robin', () => {
    const cpus = waitersOf(40);
    for (const id of [1, 7, 35]) cpus[id].add(50, -1, 3, false);
    expect(rung(cpus[7], 50, 3)).toEqual([35, 1, 7]);
    for (const id of [2, 8, 36]) cpus[id].add(60, -1, 0, false);
    expect(rung(cpus[8], 60, 0)).toEqual([36]);
    expect(rung(cpus[36], 60, 0)).toEqual([2]);
  });

  it('are rung for what they wait for only', () => {
    const cpus = waitersOf(4);
    cpus[0].add(70, -1, 4, false);
    cpus[1].add(70, -1, 5, false);
    cpus[2].add(70, -1, 5, true);
    cpus[3].add(70, 1, 0, false);
    expect(rung(cpus[0], 70, 5)).toEqual([1]);
    expect(rung(cpus[0], 70, 4)).toEqual([2, 3, 0]);
    expect(rung(cpus[0], 70, 8)).toEqual([2, 3]);
  });

  it('are remembered by their words, so that stores to others are cheap', () => {
    const [a, b] = waitersOf(2);
    expect(b.everAny(77)).toBe(false);
    a.add(77, -1, 1, false);
    a.remove(77);
    expect([b.everAny(77), b.everAny(78), b.everAny(77 + 32)]).toEqual([true, false, false]);
  });
});
