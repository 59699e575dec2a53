import { describe, expect, it } from 'vitest';
import { doorbellProgram, publishBuffered, sleepWithoutRecheck } from '../../examples/doorbell.js';
import { enumerate } from '../../src/explore/enumerate.js';
import { hunt } from '../stress/hunt-program.js';

describe('the doorbell', () => {
  it('loses no wake-up and leaks no count, in any execution hunted', () => {
    expect(hunt(doorbellProgram('doorbell'), 60_000)).toBeNull();
    expect(hunt(doorbellProgram('doorbell, three producers', {}, 3), 30_000)).toBeNull();
  });

  it.each(['tso', 'sc'] as const)('is right in every schedule with one and two producers (%s)', (memory) => {
    for (const producers of [1, 2]) {
      const { outcomes, states } = enumerate(doorbellProgram('doorbell', {}, producers), {
        memory,
        maxStates: 3_000_000,
      });
      expect(outcomes.map(({ violation }) => violation)).toEqual(outcomes.map(() => null));
      expect(states).toBeGreaterThan(20);
    }
  });

  it('loses a wake-up without the second look for a reason', () => {
    expect(hunt(doorbellProgram('no re-check', { sleep: sleepWithoutRecheck }), 20_000)).toMatchObject({
      class: 'deadlock',
    });
  });

  it('loses a wake-up when the reason is not published with a locked operation: under TSO only', () => {
    const program = doorbellProgram('buffered', { publish: publishBuffered }, 1);
    expect(hunt(program, 20_000)).toMatchObject({ class: 'deadlock' });
    expect(hunt(program, 20_000, 'sc')).toBeNull();
  });

  it('leaks the count when a sleeper that was rung counts itself as well', () => {
    const program = doorbellProgram('leak', {
      *sleep(ops, bell) {
        yield* ops.exchange(bell.sleep, 1);
        const reason = yield* ops.hasReason();
        yield* ops.add(bell.awake, -1);
        if (reason === 0) yield* ops.sleepWhile(bell.sleep);
        yield* ops.exchange(bell.sleep, 0);
        yield* ops.add(bell.awake, 1);
      },
    });
    expect(hunt(program, 20_000)).toMatchObject({ class: 'assertion' });
  });
});
