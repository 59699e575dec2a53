import { describe, expect, it } from 'vitest';
import { claimsProgram, type ModelClaims, releaseMade, takeOver } from '../../examples/claims.js';
import { enumerate } from '../../src/explore/enumerate.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { firstLiving } from '../../src/programs/claims.js';
import { hunt } from '../stress/hunt-program.js';

describe('claims', () => {
  it.each([0, 1, 2])('lose no entry in any execution hunted, whoever is killed: process %i', (mortal) => {
    expect(hunt(claimsProgram('three', { mortal }), 3_000)).toBeNull();
    expect(hunt(claimsProgram('three after a dead one', { mortal, killed: true }), 2_000)).toBeNull();
  });

  it.each([-1, 0, 1])('are right in every schedule of two processes; killed: %i', (mortal) => {
    const { outcomes, states } = enumerate(claimsProgram('two', { processes: 2, mortal }), {
      memory: 'sc',
      maxStates: 1_000_000,
    });
    expect(outcomes.map(({ violation }) => violation)).toEqual(outcomes.map(() => null));
    expect(states).toBeGreaterThan(20);
  });
});

/** What is wrong with it, and what a hunt of it shows. */
const PLANTS: readonly [what: string, take: (ops: ModelClaims) => Protocol<void>, violation: string][] = [
  [
    'the look comes before the claim',
    function* (ops) {
      for (;;) {
        const other = yield* firstLiving(ops);
        if (other === 0) break;
        yield* ops.untilGone(other);
      }
      yield* ops.claim();
    },
    'assertion',
  ],
  [
    'nobody gives way',
    function* (ops) {
      yield* ops.claim();
      for (;;) {
        const other = yield* firstLiving(ops);
        if (other === 0) return;
        yield* ops.untilGone(other);
      }
    },
    'deadlock',
  ],
  [
    'who gave way does not claim again',
    function* (ops) {
      yield* ops.claim();
      const other = yield* firstLiving(ops);
      if (other === 0) return;
      const before = yield* ops.isBefore(other);
      if (before !== 0) yield* ops.withdraw();
      yield* ops.untilGone(other);
    },
    'assertion',
  ],
  [
    'a claim is taken away without a look whether its process lives',
    function* (ops) {
      yield* ops.claim();
      for (;;) {
        const other = yield* ops.next(0);
        if (other === 0) return;
        yield* ops.remove(other);
      }
    },
    'assertion',
  ],
];

describe('planted faults', () => {
  it('one name for all that is taken over from a dead process loses an entry', () => {
    const shape = { killed: true, take: takeOver, release: releaseMade };
    expect(hunt(claimsProgram('taken over', shape), 5_000)).toMatchObject({ class: 'assertion' });
  });

  it('that name alone, with nobody dead, does not', () => {
    const shape = { mortal: -1, take: takeOver, release: releaseMade };
    expect(hunt(claimsProgram('one name', shape), 5_000)).toBeNull();
  });

  it.each(PLANTS)('%s: found', (name, take, violation) => {
    expect(hunt(claimsProgram(name, { take, mortal: -1 }), 5_000)).toMatchObject({ class: violation });
  });

  it('a lock that is not let go is waited for without end', () => {
    const keep = function* (): Protocol<void> {};
    expect(hunt(claimsProgram('keeps it', { release: keep, mortal: -1 }), 5_000)).toMatchObject({
      class: 'deadlock',
    });
  });
});
