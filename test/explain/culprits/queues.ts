import type { Protocol } from '../../../src/machine/protocol.js';
import type { PlainCpu } from '../../../src/programs/plain-cpu.js';
import { type PlainProgram, plainProgram } from '../../../src/programs/plain-program.js';
import { type At, pair } from './program-culprit.js';

/** Queues, rings and stacks that lose what is in them, or give it twice. */

/** A ring of one producer and one consumer, whose head is moved before the cell is filled. */
function ring(name: string, isFilledFirst: boolean): PlainProgram {
  type Names = 'head' | 'tail' | 'cells';
  function* producer(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let value = 1; value <= 3; value++) {
      const head = yield* cpu.readOnce(at.head);
      const tail = yield* cpu.loadAcquire(at.tail);
      if (head - tail === 2) continue;
      if (!isFilledFirst) yield* cpu.storeRelease(at.head, head + 1);
      yield* cpu.writeOnce(at.cells + (head % 2), value);
      if (isFilledFirst) yield* cpu.storeRelease(at.head, head + 1);
    }
  }
  function* consumer(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    let last = 0;
    for (let round = 0; round < 3; round++) {
      const tail = yield* cpu.readOnce(at.tail);
      if ((yield* cpu.loadAcquire(at.head)) === tail) continue;
      const value = yield* cpu.readOnce(at.cells + (tail % 2));
      yield* cpu.assert(value > last, `${value} comes out after ${last}`);
      last = value;
      yield* cpu.storeRelease(at.tail, tail + 1);
    }
  }
  const words = { head: 0, tail: 0, cells: [0, 0] };
  return plainProgram({ name, words, cpus: [producer, consumer] }) as unknown as PlainProgram;
}

/** The cell is given back before it is read. */
function giveBack(name: string, isReadFirst: boolean): PlainProgram {
  type Names = 'head' | 'tail' | 'cell';
  function* producer(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let value = 1; value <= 3; value++) {
      yield* cpu.condLoadAcquire(at.tail, -1, value - 1);
      yield* cpu.writeOnce(at.cell, value);
      yield* cpu.storeRelease(at.head, value);
    }
  }
  function* consumer(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let wanted = 1; wanted <= 3; wanted++) {
      yield* cpu.condLoadAcquire(at.head, -1, wanted);
      if (!isReadFirst) yield* cpu.storeRelease(at.tail, wanted);
      const value = yield* cpu.readOnce(at.cell);
      yield* cpu.assert(value === wanted, `${value} comes out where ${wanted} was put`);
      if (isReadFirst) yield* cpu.storeRelease(at.tail, wanted);
    }
  }
  const words = { head: 0, tail: 0, cell: 0 };
  return plainProgram({ name, words, cpus: [producer, consumer] }) as unknown as PlainProgram;
}

/** A deque whose owner takes from the bottom, and thieves from the top: without a fence both get the last. */
function deque(name: string, isFenced: boolean): PlainProgram {
  type Names = 'top' | 'bottom' | 'taken';
  function* owner(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let round = 0; round < 2; round++) {
      const bottom = (yield* cpu.readOnce(at.bottom)) - 1;
      yield* cpu.writeOnce(at.bottom, bottom);
      if (isFenced) yield* cpu.smpMb();
      const top = yield* cpu.readOnce(at.top);
      if (top > bottom) {
        yield* cpu.writeOnce(at.bottom, top);
        return;
      }
      if (top === bottom) {
        const isOurs = (yield* cpu.cmpxchg(at.top, top, top + 1)) === top;
        yield* cpu.writeOnce(at.bottom, top + 1);
        if (!isOurs) return;
      }
      const others = yield* cpu.fetchAdd(at.taken + bottom, 1);
      yield* cpu.assert(others === 0, `task ${bottom} is taken twice`);
    }
  }
  function* thief(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let round = 0; round < 2; round++) {
      const top = yield* cpu.loadAcquire(at.top);
      const bottom = yield* cpu.loadAcquire(at.bottom);
      if (top >= bottom) return;
      if ((yield* cpu.cmpxchg(at.top, top, top + 1)) !== top) continue;
      const others = yield* cpu.fetchAdd(at.taken + top, 1);
      yield* cpu.assert(others === 0, `task ${top} is taken twice`);
    }
  }
  const words = { top: 0, bottom: 2, taken: [0, 0, 0] };
  return plainProgram({ name, words, cpus: [owner, thief] }) as unknown as PlainProgram;
}

/** A list to which two push: by one compare-exchange, or by a load and a store. */
function list(name: string, isAtomic: boolean): PlainProgram {
  type Names = 'head' | 'next';
  const script = (node: number) =>
    function* push(cpu: PlainCpu, at: At<Names>): Protocol<void> {
      for (;;) {
        const first = yield* cpu.readOnce(at.head);
        yield* cpu.writeOnce(at.next + node, first);
        if (isAtomic) {
          if ((yield* cpu.cmpxchg(at.head, first, node)) === first) return;
        } else {
          yield* cpu.writeOnce(at.head, node);
          return;
        }
      }
    };
  return plainProgram({
    name,
    words: { head: 0, next: [0, 0, 0] },
    cpus: [script(1), script(2)],
    final: (read, at) => {
      const first = read(at.head);
      const second = read(at.next + first);
      return first + second === 3 || `the list is ${first}, ${second}`;
    },
  }) as unknown as PlainProgram;
}

/** The receiver of an interrupt's message clears the flag after it has looked, or before. */
function doorbell(name: string, clearsFirst: boolean): PlainProgram {
  type Names = 'rung' | 'sent' | 'seen';
  function* sender(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let value = 1; value <= 2; value++) {
      yield* cpu.writeOnce(at.sent, value);
      yield* cpu.xchg(at.rung, 1);
    }
  }
  function* receiver(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    while ((yield* cpu.readOnce(at.seen)) !== 2) {
      yield* cpu.condLoadAcquire(at.rung, -1, 1);
      if (clearsFirst) yield* cpu.xchg(at.rung, 0);
      const sent = yield* cpu.readOnce(at.sent);
      yield* cpu.writeOnce(at.seen, sent);
      if (!clearsFirst) yield* cpu.xchg(at.rung, 0);
    }
  }
  const words = { rung: 0, sent: 0, seen: 0 };
  return plainProgram({ name, words, cpus: [sender, receiver] }) as unknown as PlainProgram;
}

/** A handler that interrupts its own CPU's load and store of a word. */
function handler(name: string, isOff: boolean): PlainProgram {
  type Names = 'count';
  function* counts(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    if (isOff) yield* cpu.localIrqDisable();
    const count = yield* cpu.readOnce(at.count);
    yield* cpu.writeOnce(at.count, count + 1);
    if (isOff) yield* cpu.localIrqEnable();
  }
  function* rings(cpu: PlainCpu): Protocol<void> {
    yield* cpu.sendIpi(0);
  }
  function* interrupt(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const count = yield* cpu.readOnce(at.count);
    yield* cpu.writeOnce(at.count, count + 1);
    yield* cpu.iret();
  }
  return plainProgram({
    name,
    words: { count: 0 },
    cpus: [counts, rings],
    interrupt,
    always: (read, at) => read(at.count) <= 2 || 'more than two',
    final: (read, at) => read(at.count) !== 1 || 'one of two is lost',
  }) as unknown as PlainProgram;
}

export const queueCulprits = [
  pair('ring-head-first', ring),
  pair('cell-given-back', giveBack),
  pair('deque-no-fence', deque),
  pair('list-lost', list),
  pair('doorbell-cleared-last', doorbell),
  pair('handler-between', handler),
];
