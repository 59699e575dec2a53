import { type PlainCpu, type Protocol, plainProgram } from 'shootdown';

/**
 * A Treiber stack whose nodes are used again: the classic ABA. Node n has one word, its `next`; 0 is no node.
 * CPU 0 reads top (1) and its next (2), and is overtaken: CPU 1 pops 1 and 2, and pushes 1 again. CPU 0's
 * compare-exchange finds 1 on top as before and makes 2 the top, a node that CPU 1 still holds. With a
 * version beside the pointer (`cmpxchgPair`) the exchange fails, as it must.
 *
 *     shootdown hunt examples/treiber-stack.ts
 */

const NODES = 3;

const words = {
  /** next[n]: 1 -> 2 -> 3 at the start. */
  next: [0, 2, 3, 0],
  /** Who holds a node: CPU + 1, 0 for the stack. Ghost: read and written without a boundary. */
  holder: [0, 0, 0, 0],
};
/** {top, version}. */
const pairs = { top: [1, 0] } as const;
type At = Readonly<Record<keyof typeof words | keyof typeof pairs, number>>;

/** Pops a node with or without a version in the compare-exchange; 0 if the stack is empty. */
function* pop(cpu: PlainCpu, at: At, versioned: boolean): Protocol<number> {
  for (;;) {
    const version = yield* cpu.readOnce(at.top + 1);
    const top = yield* cpu.readOnce(at.top);
    if (top === 0) return 0;
    const next = yield* cpu.readOnce(at.next + top);
    if (versioned) {
      const done = yield* cpu.cmpxchgPair(at.top, top, version, next, version + 1);
      if (done === 1) return top;
    } else {
      const seen = yield* cpu.cmpxchg(at.top, top, next);
      if (seen === top) return top;
    }
  }
}

function* push(cpu: PlainCpu, at: At, node: number, versioned: boolean): Protocol<void> {
  for (;;) {
    const version = yield* cpu.readOnce(at.top + 1);
    const top = yield* cpu.readOnce(at.top);
    yield* cpu.writeOnce(at.next + node, top);
    if (versioned) {
      const done = yield* cpu.cmpxchgPair(at.top, top, version, node, version + 1);
      if (done === 1) return;
    } else {
      const seen = yield* cpu.cmpxchg(at.top, top, node);
      if (seen === top) return;
    }
  }
}

/** Marks a popped node as this CPU's: nobody else may hold it. */
function* hold(cpu: PlainCpu, at: At, node: number): Protocol<void> {
  const holder = yield* cpu.peek(at.holder + node);
  yield* cpu.assert(holder === 0, 'a node is popped that another CPU holds');
  yield* cpu.poke(at.holder + node, cpu.id + 1);
}

function* letGo(cpu: PlainCpu, at: At, node: number): Protocol<void> {
  yield* cpu.poke(at.holder + node, 0);
}

function stack(name: string, versioned: boolean) {
  return plainProgram({
    name,
    words,
    pairs,
    cpus: [
      function* (cpu, at) {
        for (let round = 0; round < 2; round++) {
          const node = yield* pop(cpu, at, versioned);
          if (node !== 0) yield* hold(cpu, at, node);
        }
      },
      function* (cpu, at) {
        const first = yield* pop(cpu, at, versioned);
        if (first === 0) return;
        yield* hold(cpu, at, first);
        const second = yield* pop(cpu, at, versioned);
        if (second !== 0) yield* hold(cpu, at, second);
        yield* letGo(cpu, at, first);
        yield* push(cpu, at, first, versioned);
      },
    ],
    final: (read, at) => {
      for (let node = 1, seen = 0; node !== 0; node = read(at.next + node), seen++)
        if (seen > NODES) return 'the stack runs in a circle';
      return true;
    },
  });
}

export const aba = stack('treiber-stack-aba', false);
export const versioned = stack('treiber-stack-versioned', true);
