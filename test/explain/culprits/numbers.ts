import type { Protocol } from '../../../src/machine/protocol.js';
import type { PlainCpu } from '../../../src/programs/plain-cpu.js';
import { type PlainProgram, plainProgram } from '../../../src/programs/plain-program.js';
import { type At, pair } from './program-culprit.js';

/** Programs in which a value gets lost, comes twice, or comes too soon. */

/** A count that is read and stored, or added to in one step. */
function counter(name: string, isAtomic: boolean): PlainProgram {
  function* script(cpu: PlainCpu, at: At<'count'>): Protocol<void> {
    for (let round = 0; round < 2; round++) {
      if (isAtomic) {
        yield* cpu.fetchAdd(at.count, 1);
        continue;
      }
      const count = yield* cpu.readOnce(at.count);
      yield* cpu.writeOnce(at.count, count + 1);
    }
  }
  return plainProgram({
    name,
    words: { count: 0 },
    cpus: [script, script],
    final: (read, at) => read(at.count) === 4 || `${read(at.count)} of 4`,
  }) as unknown as PlainProgram;
}

/** A flag before its two values, or behind them. */
function message(name: string, isBehind: boolean): PlainProgram {
  type Names = 'flag' | 'value' | 'sum';
  function* sender(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.writeOnce(at.value, 3);
    if (!isBehind) yield* cpu.writeOnce(at.flag, 1);
    yield* cpu.writeOnce(at.value + 1, 4);
    if (isBehind) yield* cpu.writeOnce(at.flag, 1);
  }
  function* receiver(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.condLoadAcquire(at.flag, -1, 1);
    const first = yield* cpu.readOnce(at.value);
    const second = yield* cpu.readOnce(at.value + 1);
    yield* cpu.poke(at.sum, first + second);
  }
  return plainProgram({
    name,
    words: { flag: 0, value: [0, 0], sum: 0 },
    cpus: [sender, receiver],
    final: (read, at) => read(at.sum) === 7 || `the sum is ${read(at.sum)}`,
  }) as unknown as PlainProgram;
}

/** A word that is read twice, or once: it may change in between. */
function twice(name: string, isOnce: boolean): PlainProgram {
  type Names = 'size' | 'stop';
  function* shrinks(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.writeOnce(at.size, 2);
    yield* cpu.writeOnce(at.size, 6);
  }
  function* uses(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const size = yield* cpu.readOnce(at.size);
    if (size > 4) return;
    const used = isOnce ? size : yield* cpu.readOnce(at.size);
    yield* cpu.assert(used <= 4, `${used} do not fit`);
  }
  return plainProgram({
    name,
    words: { size: 4, stop: 0 },
    cpus: [shrinks, uses],
  }) as unknown as PlainProgram;
}

/** A stack whose top is exchanged alone, or with a number that counts. */
function stack(name: string, isCounted: boolean): PlainProgram {
  type Names = 'top' | 'next' | 'owner';
  function* pop(cpu: PlainCpu, at: At<Names>): Protocol<number> {
    const tag = yield* cpu.readOnce(at.top + 1);
    const node = yield* cpu.readOnce(at.top);
    if (node === 0) return 0;
    const under = yield* cpu.readOnce(at.next + node);
    const isOurs = isCounted
      ? (yield* cpu.cmpxchgPair(at.top, node, tag, under, tag + 1)) === 1
      : (yield* cpu.cmpxchg(at.top, node, under)) === node;
    return isOurs ? node : 0;
  }
  function* push(cpu: PlainCpu, at: At<Names>, node: number): Protocol<void> {
    const tag = yield* cpu.readOnce(at.top + 1);
    const above = yield* cpu.readOnce(at.top);
    yield* cpu.xchg(at.next + node, above);
    if (isCounted) yield* cpu.cmpxchgPair(at.top, above, tag, node, tag + 1);
    else yield* cpu.cmpxchg(at.top, above, node);
  }
  function* takes(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const node = yield* pop(cpu, at);
    if (node === 0) return;
    const others = yield* cpu.fetchAdd(at.owner + node, 1);
    yield* cpu.assert(others === 0, `node ${node} is taken twice`);
  }
  function* shuffles(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const first = yield* pop(cpu, at);
    const second = yield* pop(cpu, at);
    if (second !== 0) yield* cpu.fetchAdd(at.owner + second, 1);
    if (first !== 0) yield* push(cpu, at, first);
    const again = yield* pop(cpu, at);
    if (again === 0) return;
    const others = yield* cpu.fetchAdd(at.owner + again, 1);
    yield* cpu.assert(others === 0, `node ${again} is taken twice`);
  }
  return plainProgram({
    name,
    words: { next: [0, 2, 0], owner: [0, 0, 0] },
    pairs: { top: [1, 0] },
    cpus: [takes, shuffles],
  }) as unknown as PlainProgram;
}

/** The seat is looked at and taken in two words: whoever takes it has to be the only one. */
function seat(name: string, isAtomic: boolean): PlainProgram {
  type Names = 'free' | 'taken';
  function* script(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    if (isAtomic) {
      if ((yield* cpu.xchg(at.free, 0)) === 0) return;
    } else {
      if ((yield* cpu.readOnce(at.free)) === 0) return;
      yield* cpu.writeOnce(at.free, 0);
    }
    yield* cpu.fetchAdd(at.taken, 1);
  }
  return plainProgram({
    name,
    words: { free: 1, taken: 0 },
    cpus: [script, script],
    always: (read, at) => read(at.taken) <= 1 || 'one seat is taken twice',
  }) as unknown as PlainProgram;
}

export const numberCulprits = [
  pair('counter', counter),
  pair('flag-before-value', message),
  pair('read-twice', twice),
  pair('untagged-stack', stack),
  pair('one-seat', seat),
];
