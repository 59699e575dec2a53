import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/stress/turns.js';

describe('turns', () => {
  it('for an interrupt are short, and others may be longer', () => {
    const turns = new Turns();
    const usual = turns.begin(false);
    const forInterrupt = turns.begin(true);
    expect(turns.urgent).toBe(true);
    expect(forInterrupt).toBeLessThan(usual);
    expect(turns.afterWait()).toBe(0);
  });

  it('of a CPU that has waited are many in one, once', () => {
    const turns = new Turns();
    const usual = turns.begin(false);
    turns.begin(true);
    turns.waited();
    expect(turns.afterWait()).toBeGreaterThan(4 * usual);
    expect(turns.urgent).toBe(false);
    expect(turns.afterWait()).toBe(0);
  });

  it('become as many boundaries as fit in their time', () => {
    const turns = new Turns();
    const first = turns.begin(false);
    // 5 ms: far beyond a turn's time.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    turns.afterWait();
    expect(turns.begin(false)).toBeLessThan(first);
  });
});
