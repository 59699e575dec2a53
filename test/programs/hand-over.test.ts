import { describe, expect, it } from 'vitest';
import {
  FAILS,
  type HandOverShape,
  handOverProgram,
  NOTHING,
  newsReadLate,
  WITNESS,
} from '../../examples/hand-over.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { type AnswerOps, type HandOverOps, handOut, WAITS_NO_MORE } from '../../src/programs/hand-over.js';
import { hunt } from '../stress/hunt-program.js';

describe('handing batches over', () => {
  it.each<[what: string, shape: HandOverShape]>([
    ['three workers, four batches', { workers: 3, answers: [NOTHING, NOTHING, NOTHING, NOTHING] }],
    ['a witness among them', { workers: 3, answers: [NOTHING, NOTHING, WITNESS, FAILS] }],
    ['a worker that may die', { answers: [NOTHING, NOTHING, NOTHING], mortal: true }],
    ['time that is up at any moment', { answers: [NOTHING, NOTHING, NOTHING], outside: 'time is up' }],
    ['an interruption at any moment', { answers: [NOTHING, WITNESS, NOTHING], outside: 'interrupted' }],
    ['an interruption while a worker hangs', { hangs: true, outside: 'interrupted' }],
    ['a pool that dies while workers answer', { outside: 'the pool dies' }],
  ])('is right in every execution hunted: %s', (what, shape) => {
    expect(hunt(handOverProgram(what, shape), 3_000)).toBeNull();
  });
});

/** The loop, with one thing otherwise. */
interface Otherwise {
  readonly openReadLate?: boolean;
  /** Whatever is answered is taken, and its turn is not waited for. */
  readonly outOfTurn?: boolean;
  readonly waitsAlways?: boolean;
}

function loopWith(otherwise: Otherwise) {
  return function* (ops: HandOverOps, openMax: number): Protocol<void> {
    let handed = 0;
    let taken = 0;
    let decided = 0;
    for (;;) {
      const news = yield* ops.news();
      let open = yield* ops.open();
      for (let next = taken; decided === 0 && next < handed; next++) {
        const answered = yield* ops.isAnswered(next);
        if (answered !== 0) {
          decided = yield* ops.take(next);
          taken++;
        } else if (otherwise.outOfTurn !== true) break;
      }
      if (otherwise.openReadLate === true) open = yield* ops.open();
      const before = handed;
      handed = yield* handOut(ops, handed, decided === 0 ? openMax : 0);
      const stage = yield* ops.stage();
      if (stage === WAITS_NO_MORE && otherwise.waitsAlways !== true) return;
      if (open === 0 && handed === before) return;
      yield* ops.untilNews(news);
    }
  };
}

describe('planted faults', () => {
  const three = [NOTHING, NOTHING, NOTHING];

  it('the loop itself, written so that it can be changed, has none', () => {
    expect(hunt(handOverProgram('none', { answers: three, hand: loopWith({}) }), 3_000)).toBeNull();
  });

  it.each<[what: string, shape: HandOverShape, violation: string]>([
    ['news is looked for too late', { hand: newsReadLate }, 'deadlock'],
    ['what is open is counted too late', { hand: loopWith({ openReadLate: true }) }, 'assertion'],
    ['answers are taken as they come', { hand: loopWith({ outOfTurn: true }) }, 'assertion'],
    [
      'an interruption waits for a worker that hangs',
      { hand: loopWith({ waitsAlways: true }), hangs: true, outside: 'interrupted' },
      'deadlock',
    ],
    [
      'an answer counts before it is there',
      {
        *answer(ops, batch) {
          yield* ops.countClosed();
          yield* ops.ring();
          yield* ops.put(batch);
        },
      },
      'assertion',
    ],
    [
      'an answer rings before it counts',
      {
        *answer(ops, batch) {
          yield* ops.put(batch);
          yield* ops.ring();
          yield* ops.countClosed();
        },
      },
      'deadlock',
    ],
    [
      'a second answer to a batch counts',
      {
        outside: 'the pool dies',
        *answer(ops: AnswerOps, batch: number) {
          yield* ops.put(batch);
          yield* ops.countClosed();
          yield* ops.ring();
        },
      },
      'deadlock',
    ],
  ])('%s: found', (what, shape, violation) => {
    const program = handOverProgram(what, { answers: three, ...shape });
    expect(hunt(program, 20_000)).toMatchObject({ class: violation });
  });
});
