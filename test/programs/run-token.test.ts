import { describe, expect, it } from 'vitest';
import { type RunTokenParts, runTokenProgram } from '../../examples/run-token.js';
import { enumerate } from '../../src/explore/enumerate.js';
import * as T from '../../src/programs/run-token.js';
import { hunt } from '../stress/hunt-program.js';

const ONE_OF_EACH = ['asks', 'answers', 'computes', 'computes'] as const;

describe('run tokens', () => {
  it('are neither lost nor made, and no wake-up is lost, in any execution hunted', () => {
    expect(hunt(runTokenProgram('one token'), 4_000)).toBeNull();
    expect(hunt(runTokenProgram('two tokens', {}, { roles: ONE_OF_EACH, tokens: 2 }), 2_000)).toBeNull();
    expect(hunt(runTokenProgram('two passes', {}, { roles: ONE_OF_EACH, passes: 2 }), 2_000)).toBeNull();
  });

  it.each([
    ['a ring against a wait', { roles: ['waits', 'rings'], tokens: 2, entered: true, stays: true }],
    ['passing against passing', { roles: ['computes', 'computes'], tokens: 2, entered: true }],
  ] as const)('are right in every schedule of two CPUs: %s', (name, shape) => {
    const { outcomes, states } = enumerate(runTokenProgram(name, {}, shape), {
      memory: 'tso',
      maxStates: 300_000,
    });
    expect(outcomes.map(({ violation }) => violation)).toEqual(outcomes.map(() => null));
    expect(states).toBeGreaterThan(100);
  });

  const PLANTS: readonly [what: string, parts: Partial<RunTokenParts>, violation: string][] = [
    [
      // Once a soak of ten minutes hung by it.
      'a ring that came before the thread did is forgotten',
      {
        *enter(ops, words, cpu) {
          yield* T.becomeReady(ops, words, cpu);
          yield* T.spendTokens(ops, words, cpu);
          yield* T.waitForToken(ops, words, cpu);
        },
      },
      'assertion',
    ],
    [
      'a CPU blocks without another look for a reason',
      {
        *block(ops, words, cpu) {
          yield* ops.exchange(words.runs[cpu], T.RUN_BLOCKED);
          yield* T.giveTokenBack(ops, words, cpu);
          yield* T.waitForToken(ops, words, cpu);
        },
      },
      'deadlock',
    ],
    [
      'the token is handed on before its owner is ready',
      {
        *pass(ops, words, cpu) {
          const granted = yield* T.grantNext(ops, words, cpu);
          if (!granted) return;
          yield* T.becomeReady(ops, words, cpu);
          yield* T.waitForToken(ops, words, cpu);
        },
      },
      'assertion',
    ],
    [
      'a second token is kept by a CPU that was rung while it looked for a reason',
      {
        *block(ops, words, cpu) {
          const own = words.runs[cpu];
          yield* ops.exchange(own, T.RUN_BLOCKED);
          const reason = yield* ops.hasReason();
          if (reason !== 0) {
            yield* ops.exchange(own, T.RUN_RUNNING);
            return;
          }
          yield* T.giveTokenBack(ops, words, cpu);
          yield* T.waitForToken(ops, words, cpu);
        },
      },
      'assertion',
    ],
    [
      'a token that is given back is not offered to those that are ready',
      {
        *block(ops, words, cpu) {
          yield* ops.exchange(words.runs[cpu], T.RUN_BLOCKED);
          const reason = yield* ops.hasReason();
          yield* ops.add(words.free, 1);
          if (reason !== 0) yield* T.ringForToken(ops, words, cpu, cpu);
          yield* T.waitForToken(ops, words, cpu);
        },
      },
      'deadlock',
    ],
  ];
  it.each(PLANTS)('%s: found', (name, parts, violation) => {
    const found =
      hunt(runTokenProgram(name, parts, { tokens: 2 }), 20_000) ?? hunt(runTokenProgram(name, parts), 20_000);
    expect(found).toMatchObject({ class: violation });
  });
});
