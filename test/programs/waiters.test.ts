import { describe, expect, it } from 'vitest';
import {
  announceBuffered,
  CONTEND,
  FLAG_THEN_LOCK,
  LOOKS_AT_LOCK,
  RELEASES,
  ringFirst,
  ringThenAsk,
  ringWithoutNumber,
  SETS_FLAG_THEN_RELEASES,
  WAITS_FOR_FLAG,
  waitersProgram,
} from '../../examples/waiters.js';
import { enumerate } from '../../src/explore/enumerate.js';
import { announceWait, ringWaiters, type WaiterOps, withdrawWait } from '../../src/programs/waiters.js';
import { controlWords, WAITER_BUCKETS, waiterWords } from '../../src/stress/control.js';
import { Waiters } from '../../src/stress/thread-waiters.js';
import { hunt } from '../stress/hunt-program.js';

/** Each wait and change of words, with who holds the lock at the start. */
const CASES = {
  'a lock that three want': [[CONTEND, CONTEND, CONTEND], 0],
  'a lock that two look at': [[LOOKS_AT_LOCK, LOOKS_AT_LOCK, RELEASES], 3],
  'two waits after another': [[FLAG_THEN_LOCK, WAITS_FOR_FLAG, SETS_FLAG_THEN_RELEASES], 3],
} as const;

describe('waiters, hunted', () => {
  it.each(Object.entries(CASES))('%s: no ring is lost in any execution', (name, [roles, lock]) => {
    expect(hunt(waitersProgram(name, roles, lock), 20_000)).toBeNull();
  });

  it.each(['tso', 'sc'] as const)(
    'one waiter and who changes its word: right in every schedule (%s)',
    (memory) => {
      const { outcomes } = enumerate(waitersProgram('one', [LOOKS_AT_LOCK, RELEASES], 2), {
        memory,
        maxStates: 3_000_000,
      });
      expect(outcomes.length).toBeGreaterThan(0);
      expect(outcomes.map(({ violation }) => violation)).toEqual(outcomes.map(() => null));
    },
  );

  it('a CPU that is asked what it waits for after it was rung costs another its ring', () => {
    const [roles, lock] = CASES['two waits after another'];
    expect(hunt(waitersProgram('ring, then ask', roles, lock, { ring: ringThenAsk }), 40_000)).toMatchObject({
      class: 'deadlock',
    });
  });

  it('a wait that changes while it is looked at is no turn', () => {
    const [roles, lock] = CASES['two waits after another'];
    expect(hunt(waitersProgram('no number', roles, lock, { ring: ringWithoutNumber }), 40_000)).toMatchObject(
      { class: 'deadlock' },
    );
  });

  it('a ring for the first of several that wait for a value is not enough', () => {
    const [roles, lock] = CASES['two waits after another'];
    expect(hunt(waitersProgram('the first', roles, lock, { ring: ringFirst }), 20_000)).toMatchObject({
      class: 'deadlock',
    });
  });

  it('a turn that is not passed on leaves the others asleep', () => {
    const [roles, lock] = CASES['a lock that two look at'];
    expect(hunt(waitersProgram('keeps its turn', roles, lock, { passesTurn: false }), 20_000)).toMatchObject({
      class: 'deadlock',
    });
  });

  it('a wait that is announced by plain stores is missed', () => {
    const program = waitersProgram('buffered', [LOOKS_AT_LOCK, LOOKS_AT_LOCK, RELEASES], 3, {
      announce: announceBuffered,
    });
    expect(hunt(program, 20_000)).not.toBeNull();
  });
});

/** CPUs that act one after the other on words of their own. */
class Bystanders {
  private readonly words: Int32Array;
  readonly rung: number[] = [];

  constructor(private readonly cpus: number) {
    this.words = new Int32Array(new SharedArrayBuffer(4 * controlWords(cpus)));
  }

  private readonly ops = ((bystanders: Bystanders): WaiterOps => {
    const update = function* (
      address: number,
      by: (old: number) => number,
    ): Generator<undefined, number, number> {
      const old = bystanders.words[address];
      bystanders.words[address] = by(old);
      return old;
    };
    return {
      load: (address) => update(address, (old) => old),
      or: (address, bits) => update(address, (old) => old | bits),
      and: (address, bits) => update(address, (old) => old & bits),
      add: (address, addend) => update(address, (old) => old + addend),
      exchange: (address, value) => update(address, () => value),
      store: (address, value) => update(address, () => value),
      *ringCpu(cpu) {
        bystanders.rung.push(cpu);
      },
    };
  })(this);

  wait(cpu: number, address: number, mask: number, value: number, not = 0): void {
    announceWait(this.ops, waiterWords(this.cpus), cpu, address, mask, value, not).next();
  }
  withdraw(cpu: number, address: number): void {
    withdrawWait(this.ops, waiterWords(this.cpus), cpu, address).next();
  }
  ring(cpu: number, address: number, current: number): number[] {
    this.rung.length = 0;
    ringWaiters(this.ops, waiterWords(this.cpus), cpu, address, current).next();
    return [...this.rung];
  }
  /** What threads ask after each store. */
  asked(): Waiters {
    return new Waiters(this.words, this.cpus, 0, this.ops);
  }
}

describe('waiters', () => {
  it('are found by the word that they wait for, until they do no more', () => {
    const all = new Bystanders(3);
    expect(all.asked().any(100)).toBe(false);
    all.wait(1, 100, 1, 1);
    // Another word of the same hash.
    all.wait(2, 100 + WAITER_BUCKETS, 1, 1);
    expect(all.asked().any(100)).toBe(true);
    expect(all.ring(0, 100, 1)).toEqual([1]);
    expect(all.ring(0, 100 + WAITER_BUCKETS, 3)).toEqual([2]);
    all.withdraw(1, 100);
    expect(all.ring(0, 100, 1)).toEqual([]);
    all.withdraw(2, 100 + WAITER_BUCKETS);
    expect(all.asked().any(100)).toBe(false);
  });

  it('for a generation are all rung, for a lock to be free only the next, round robin', () => {
    const all = new Bystanders(40);
    for (const cpu of [1, 7, 35]) all.wait(cpu, 50, -1, 3);
    expect(all.ring(7, 50, 3)).toEqual([35, 1, 7]);
    for (const cpu of [2, 8, 36]) all.wait(cpu, 60, -1, 0);
    expect(all.ring(8, 60, 0)).toEqual([36]);
    expect(all.ring(36, 60, 0)).toEqual([2]);
  });

  it('are rung for what they wait for only', () => {
    const all = new Bystanders(4);
    all.wait(0, 70, -1, 4);
    all.wait(1, 70, -1, 5);
    all.wait(2, 70, -1, 5, 1);
    all.wait(3, 70, 1, 0);
    expect(all.ring(0, 70, 5)).toEqual([1]);
    expect(all.ring(0, 70, 4)).toEqual([2, 3, 0]);
    expect(all.ring(0, 70, 8)).toEqual([2, 3]);
  });

  it('are remembered by their words, so that stores to others are cheap', () => {
    const waiters = new Bystanders(2).asked();
    expect(waiters.everAny(77)).toBe(false);
    waiters.add(77, -1, 1, false);
    expect([waiters.everAny(77), waiters.everAny(78), waiters.everAny(77 + 32)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
