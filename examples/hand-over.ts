import { type Op, type PlainCpu, type PlainProgram, type Protocol, plainProgram } from 'shootdown';
import {
  type AnswerOps,
  answerBatch,
  GOES_ON,
  HANDS_NO_MORE,
  type HandOverOps,
  handOut,
  handOver,
  WAITS_NO_MORE,
} from '../src/programs/hand-over.js';

/**
 * A hunt's batches on a pool of workers, as a plain program: the hunt, workers that may die with a batch in
 * hand, and who ends it from outside at any moment. The explorer hunts it for an answer that is not taken,
 * for a verdict that depends on which worker was fast, and for a hunt that waits for ever.
 *
 * `handOver` and `answerBatch` are the very text that hunts run, with promises in the place of these words.
 */

/** What a batch answers: nothing found, a witness, what it failed by; or its worker died. */
export const NOTHING = 1;
export const WITNESS = 2;
export const FAILS = 3;
export const DIED = 4;

/** What comes from outside, at some moment. */
export type Outside = 'nothing' | 'time is up' | 'interrupted' | 'the pool dies';

export interface HandOverShape {
  readonly workers?: number;
  /** What each batch answers. */
  readonly answers?: readonly number[];
  readonly outside?: Outside;
  /** The first worker may die with a batch in hand; another takes its place. */
  readonly mortal?: boolean;
  /** The first worker answers nothing: an interruption has to end the hunt all the same. */
  readonly hangs?: boolean;
  /** The texts, or planted faults. */
  readonly hand?: (ops: HandOverOps, openMax: number) => Protocol<void>;
  readonly answer?: (ops: AnswerOps, batch: number) => Protocol<void>;
}

type Addresses = Readonly<Record<string, number>>;

/** Of a batch's place in the queue. */
const HANDED = 1;
const CLOSED = 2;

class ModelAnswer implements AnswerOps {
  constructor(
    private readonly cpu: PlainCpu,
    private readonly at: Addresses,
    private readonly value: number,
  ) {}

  *put(batch: number): Protocol<number> {
    const before = yield* this.cpu.cmpxchg(this.at.answers + batch, 0, this.value);
    return before === 0 ? 1 : 0;
  }
  countClosed(): Op {
    return this.cpu.decReturn(this.at.open);
  }
  ring(): Op {
    return this.cpu.incReturn(this.at.news);
  }
}

class ModelHunt implements HandOverOps {
  constructor(
    private readonly cpu: PlainCpu,
    private readonly at: Addresses,
    private readonly batches: number,
    private readonly none: AnswerOps,
  ) {}

  news(): Op {
    return this.cpu.readOnce(this.at.news);
  }
  untilNews(seen: number): Op {
    return this.cpu.condLoadAcquireNot(this.at.news, -1, seen);
  }
  open(): Op {
    return this.cpu.readOnce(this.at.open);
  }
  countOpen(): Op {
    return this.cpu.incReturn(this.at.open);
  }
  /** Behind the last batch there is none: a hunt learns that when it makes the next one. */
  *hand(batch: number): Protocol<void> {
    if (batch < this.batches) {
      yield* this.cpu.xchg(this.at.queue + batch, HANDED);
      return;
    }
    yield* this.cpu.xchg(this.at.exhausted, 1);
    yield* answerBatch(this.none, batch);
  }
  *stage(): Protocol<number> {
    const interrupted = yield* this.cpu.readOnce(this.at.interrupted);
    if (interrupted !== 0) return WAITS_NO_MORE;
    const timeUp = yield* this.cpu.readOnce(this.at.timeUp);
    const exhausted = yield* this.cpu.peek(this.at.exhausted);
    return timeUp !== 0 || exhausted !== 0 ? HANDS_NO_MORE : GOES_ON;
  }
  *isAnswered(batch: number): Protocol<number> {
    const answer = yield* this.cpu.readOnce(this.at.answers + batch);
    return answer === 0 ? 0 : 1;
  }
  *take(batch: number): Protocol<number> {
    const taken = yield* this.cpu.peek(this.at.taken);
    const verdict = yield* this.cpu.peek(this.at.verdict);
    const answer = yield* this.cpu.readOnce(this.at.answers + batch);
    yield* this.cpu.assert(taken === batch && answer !== 0, 'an answer is taken out of its turn');
    yield* this.cpu.assert(verdict === 0, 'an answer is taken after the one that decides');
    yield* this.cpu.poke(this.at.taken, batch + 1);
    if (answer <= NOTHING) return 0;
    yield* this.cpu.poke(this.at.verdict, answer);
    return 1;
  }
}

type Script = (cpu: PlainCpu, at: Addresses) => Protocol<void>;

function huntScript(batches: number, openMax: number, hand: NonNullable<HandOverShape['hand']>): Script {
  return function* (cpu, at) {
    yield* hand(new ModelHunt(cpu, at, batches, new ModelAnswer(cpu, at, NOTHING)), openMax);
    const open = yield* cpu.readOnce(at.open);
    const interrupted = yield* cpu.readOnce(at.interrupted);
    yield* cpu.assert(open === 0 || interrupted !== 0, 'the hunt ends before its batches');
    yield* cpu.xchg(at.ended, 1);
    for (let batch = 0; batch < batches; batch++) yield* cpu.cmpxchg(at.queue + batch, 0, CLOSED);
  };
}

/** Whoever is free takes the next batch. */
function workerScript(shape: Required<HandOverShape>, isFirst: boolean): Script {
  const { answers, mortal, hangs, answer } = shape;
  return function* (cpu, at) {
    for (;;) {
      const batch = yield* cpu.fetchAdd(at.next, 1);
      if (batch >= answers.length) return;
      const place = yield* cpu.condLoadAcquireNot(at.queue + batch, -1, 0);
      if (place === CLOSED) return;
      if (isFirst && hangs) return;
      let dies = 0;
      if (isFirst && mortal) dies = yield* cpu.choose(2);
      yield* answer(new ModelAnswer(cpu, at, dies === 0 ? answers[batch] : DIED), batch);
    }
  };
}

function outsideScript({ outside, answers, answer }: Required<HandOverShape>): Script {
  return function* (cpu, at) {
    if (outside === 'time is up') yield* cpu.xchg(at.timeUp, 1);
    if (outside === 'interrupted') {
      yield* cpu.xchg(at.interrupted, 1);
      yield* cpu.incReturn(at.news);
    }
    if (outside !== 'the pool dies') return;
    // It answers for whatever waits for it; workers may have done so, or do so at this moment.
    for (let batch = 0; batch < answers.length; batch++) {
      const place = yield* cpu.readOnce(at.queue + batch);
      if (place === HANDED) yield* answer(new ModelAnswer(cpu, at, DIED), batch);
    }
  };
}

export function handOverProgram(name: string, given: HandOverShape = {}): PlainProgram {
  const shape: Required<HandOverShape> = {
    ...{ workers: 2, answers: [NOTHING, NOTHING], outside: 'nothing', mortal: false, hangs: false },
    ...{ hand: handOver, answer: answerBatch },
    ...given,
  };
  const { workers, answers, outside } = shape;
  const none = answers.map(() => 0);
  return plainProgram({
    name,
    words: {
      ...{ news: 0, open: 0, next: 0, timeUp: 0, interrupted: 0, exhausted: 0, taken: 0, verdict: 0 },
      ...{ ended: 0, queue: none, answers: [...none, 0] },
    } as Record<string, number | readonly number[]>,
    cpus: [
      huntScript(answers.length, workers + 1, shape.hand),
      ...Array.from({ length: workers }, (_, id) => workerScript(shape, id === 0)),
      ...(outside === 'nothing' ? [] : [outsideScript(shape)]),
    ],
    final: (read, at) => {
      if (read(at.ended) === 0) return 'the hunt does not end';
      const verdict = read(at.verdict);
      const taken = read(at.taken);
      // What batches answer decides alone: the first that does, whoever was fast.
      const first = answers.findIndex((_, i) => read(at.answers + i) > NOTHING);
      if (verdict !== 0)
        return (
          (taken === first + 1 && verdict === read(at.answers + first)) ||
          'another answer decides than the first'
        );
      if (read(at.interrupted) !== 0) return true;
      const handed = answers.filter((_, i) => read(at.queue + i) === HANDED).length;
      if (taken < handed) return `the answer to batch ${taken} is not taken`;
      return handed === answers.length || read(at.timeUp) !== 0 || 'a batch is not handed out';
    },
  }) as unknown as PlainProgram;
}

/** Planted: what news there was is read after the look at the answers, and one that came between is lost. */
export function* newsReadLate(ops: HandOverOps, openMax: number): Protocol<void> {
  let handed = 0;
  let taken = 0;
  let decided = 0;
  for (;;) {
    const open = yield* ops.open();
    while (decided === 0 && taken < handed) {
      const answered = yield* ops.isAnswered(taken);
      if (answered === 0) break;
      decided = yield* ops.take(taken);
      taken++;
    }
    const before = handed;
    handed = yield* handOut(ops, handed, decided === 0 ? openMax : 0);
    const stage = yield* ops.stage();
    if (stage === WAITS_NO_MORE || (open === 0 && handed === before)) return;
    const news = yield* ops.news();
    yield* ops.untilNews(news);
  }
}

export const ordinary = handOverProgram('hand-over, two workers, three batches', {
  answers: [NOTHING, NOTHING, NOTHING],
});
export const decides = handOverProgram('hand-over, a witness before a failure', {
  answers: [WITNESS, FAILS],
});
export const dies = handOverProgram('hand-over, a worker may die', { mortal: true });
export const timeUp = handOverProgram('hand-over, time is up at any moment', { outside: 'time is up' });
export const interrupted = handOverProgram('hand-over, interrupted while a worker hangs', {
  outside: 'interrupted',
  hangs: true,
});
export const poolDies = handOverProgram('hand-over, the pool dies', { outside: 'the pool dies' });
export const lostNews = handOverProgram('planted: hand-over that looks for news too late', {
  hand: newsReadLate,
});
