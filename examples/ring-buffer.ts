import { type PlainCpu, type Protocol, plainProgram } from 'shootdown';

/**
 * A ring buffer with one producer and one consumer. `head` and `tail` only grow; a slot is written before
 * `head` says so, and read before `tail` gives it back. Waiting is an operation: a loop of loads would work
 * too, but costs a step for each look.
 *
 *     shootdown hunt examples/ring-buffer.ts
 */

const SLOTS = 2;
const ITEMS = 5;

const words = { head: 0, tail: 0, slots: [0, 0], received: 0, wrong: 0 };
type At = Readonly<Record<keyof typeof words, number>>;

/** Waits for a free slot, fills it, publishes it. */
function* produce(cpu: PlainCpu, at: At): Protocol<void> {
  for (let item = 1; item <= ITEMS; item++) {
    const head = item - 1;
    // A full ring: the tail has to move on from where that was seen.
    if (head >= SLOTS) yield* cpu.condLoadAcquireNot(at.tail, -1, head - SLOTS);
    yield* cpu.writeOnce(at.slots + (head % SLOTS), item);
    yield* cpu.storeRelease(at.head, head + 1);
  }
}

/** The mistake: the slot is published before it is filled. */
function* produceTooEarly(cpu: PlainCpu, at: At): Protocol<void> {
  for (let item = 1; item <= SLOTS; item++) {
    yield* cpu.storeRelease(at.head, item);
    yield* cpu.writeOnce(at.slots + ((item - 1) % SLOTS), item);
  }
}

function* consume(cpu: PlainCpu, at: At, items: number): Protocol<void> {
  for (let item = 1; item <= items; item++) {
    yield* cpu.condLoadAcquireNot(at.head, -1, item - 1);
    const value = yield* cpu.readOnce(at.slots + ((item - 1) % SLOTS));
    if (value !== item) yield* cpu.poke(at.wrong, item);
    yield* cpu.poke(at.received, item);
    yield* cpu.storeRelease(at.tail, item);
  }
}

function* consumeAll(cpu: PlainCpu, at: At): Protocol<void> {
  yield* consume(cpu, at, ITEMS);
}

function* consumeTwo(cpu: PlainCpu, at: At): Protocol<void> {
  yield* consume(cpu, at, SLOTS);
}

const inOrder = (read: (address: number) => number, at: At): boolean | string =>
  read(at.wrong) === 0 || `item ${read(at.wrong)} is not what was put there`;

export const ringBuffer = plainProgram({
  name: 'ring-buffer',
  words,
  cpus: [produce, consumeAll],
  final: inOrder,
});

export const publishedTooEarly = plainProgram({
  name: 'ring-buffer-published-too-early',
  words,
  cpus: [produceTooEarly, consumeTwo],
  final: inOrder,
});
