import type { Protocol } from '../../../src/machine/protocol.js';
import type { PlainCpu } from '../../../src/programs/plain-cpu.js';
import { type PlainProgram, plainProgram } from '../../../src/programs/plain-program.js';
import { type At, pair } from './program-culprit.js';

/** Programs in which two CPUs are in at once, or do not let each other out. */

type Locked = 'lock' | 'inside' | 'count';

/** Enters, counts, leaves; nobody else may be inside. */
function* inside(cpu: PlainCpu, at: At<Locked>): Protocol<void> {
  const others = yield* cpu.fetchAdd(at.inside, 1);
  yield* cpu.assert(others === 0, 'two CPUs are inside');
  yield* cpu.fetchAdd(at.inside, -1);
}

const lockWords = { lock: 0, inside: 0, count: 0 };

/** Two flags: each CPU raises its own and looks at the other's. */
function dekker(name: string, isFenced: boolean): PlainProgram {
  type Names = 'flag' | 'inside';
  const script = (own: number) =>
    function* enter(cpu: PlainCpu, at: At<Names>): Protocol<void> {
      yield* cpu.writeOnce(at.flag + own, 1);
      if (isFenced) yield* cpu.smpMb();
      const other = yield* cpu.readOnce(at.flag + 1 - own);
      if (other === 0) {
        const within = yield* cpu.fetchAdd(at.inside, 1);
        yield* cpu.assert(within === 0, 'two CPUs are inside');
        yield* cpu.fetchAdd(at.inside, -1);
      }
      yield* cpu.writeOnce(at.flag + own, 0);
    };
  const words = { flag: [0, 0], inside: 0 };
  return plainProgram({ name, words, cpus: [script(0), script(1)] }) as unknown as PlainProgram;
}

/** A lock that is looked at and taken in two steps, or in one. */
function testAndSet(name: string, isAtomic: boolean): PlainProgram {
  function* script(cpu: PlainCpu, at: At<Locked>): Protocol<void> {
    for (let tries = 0; tries < 2; tries++) {
      if (isAtomic) {
        if ((yield* cpu.xchg(at.lock, 1)) !== 0) continue;
      } else {
        if ((yield* cpu.readOnce(at.lock)) !== 0) continue;
        yield* cpu.writeOnce(at.lock, 1);
      }
      yield* inside(cpu, at);
      yield* cpu.storeRelease(at.lock, 0);
    }
  }
  return plainProgram({ name, words: lockWords, cpus: [script, script] }) as unknown as PlainProgram;
}

/** The lock is given back before the last store under it, or after it. */
function unlock(name: string, isLast: boolean): PlainProgram {
  function* script(cpu: PlainCpu, at: At<Locked>): Protocol<void> {
    yield* cpu.spinLock(at.lock);
    const count = yield* cpu.readOnce(at.count);
    if (!isLast) yield* cpu.spinUnlock(at.lock);
    yield* cpu.writeOnce(at.count, count + 1);
    if (isLast) yield* cpu.spinUnlock(at.lock);
  }
  return plainProgram({
    name,
    words: lockWords,
    cpus: [script, script, script],
    final: (read, at) => read(at.count) === 3 || `${read(at.count)} of 3 were counted`,
  }) as unknown as PlainProgram;
}

/** Two locks in one order, or in two. */
function twoLocks(name: string, isOneOrder: boolean): PlainProgram {
  type Names = 'first' | 'second' | 'moved';
  const script = (isSwapped: boolean) =>
    function* move(cpu: PlainCpu, at: At<Names>): Protocol<void> {
      const [outer, inner] = isSwapped ? [at.second, at.first] : [at.first, at.second];
      yield* cpu.spinLock(outer);
      yield* cpu.spinLock(inner);
      yield* cpu.fetchAdd(at.moved, 1);
      yield* cpu.spinUnlock(inner);
      yield* cpu.spinUnlock(outer);
    };
  const words = { first: 0, second: 0, moved: 0 };
  return plainProgram({
    name,
    words,
    cpus: [script(false), script(!isOneOrder)],
  }) as unknown as PlainProgram;
}

/** A lock of two values that is given back twice: whoever has it then loses it. */
function giveBack(name: string, isOnce: boolean): PlainProgram {
  function* script(cpu: PlainCpu, at: At<Locked>): Protocol<void> {
    if ((yield* cpu.xchg(at.lock, 1)) !== 0) return;
    yield* inside(cpu, at);
    yield* cpu.storeRelease(at.lock, 0);
    if (isOnce) return;
    yield* cpu.storeRelease(at.lock, 0);
  }
  return plainProgram({ name, words: lockWords, cpus: [script, script, script] }) as unknown as PlainProgram;
}

export const lockCulprits = [
  pair('dekker', dekker),
  pair('test-and-set', testAndSet),
  pair('early-unlock', unlock),
  pair('two-locks', twoLocks),
  pair('double-release', giveBack),
];
