import type { Protocol } from '../../../src/machine/protocol.js';
import type { PlainCpu } from '../../../src/programs/plain-cpu.js';
import { type PlainProgram, plainProgram } from '../../../src/programs/plain-program.js';
import { type At, pair } from './program-culprit.js';

/** Programs in which somebody does not wait, waits for the wrong thing, or is not woken. */

type Grace = 'ptr' | 'nesting' | 'alive';
const graceWords = { ptr: 1, nesting: [0, 0, 0], alive: [1, 1, 1] };

function* reader(cpu: PlainCpu, at: At<Grace>): Protocol<void> {
  yield* cpu.writeOnce(at.nesting + cpu.id, 1);
  yield* cpu.smpMb();
  const object = yield* cpu.readOnce(at.ptr);
  const alive = yield* cpu.readOnce(at.alive + object);
  yield* cpu.assert(alive === 1, `reader uses object ${object} after it was freed`);
  yield* cpu.storeRelease(at.nesting + cpu.id, 0);
}

/** Whom the updater waits for before it frees. */
function grace(name: string, readers: readonly number[]): PlainProgram {
  function* updater(cpu: PlainCpu, at: At<Grace>): Protocol<void> {
    yield* cpu.xchg(at.ptr, 2);
    for (const other of readers) yield* cpu.condLoadAcquire(at.nesting + other, -1, 0);
    yield* cpu.writeOnce(at.alive + 1, 0);
  }
  return plainProgram({
    name,
    words: graceWords,
    cpus: [updater, reader, reader],
  }) as unknown as PlainProgram;
}

/** The updater frees, and unhooks afterwards; or before. */
function freed(name: string, isUnhookedFirst: boolean): PlainProgram {
  function* updater(cpu: PlainCpu, at: At<Grace>): Protocol<void> {
    if (isUnhookedFirst) yield* cpu.xchg(at.ptr, 2);
    for (const other of [1, 2]) yield* cpu.condLoadAcquire(at.nesting + other, -1, 0);
    if (!isUnhookedFirst) yield* cpu.xchg(at.ptr, 2);
    yield* cpu.writeOnce(at.alive + 1, 0);
  }
  return plainProgram({
    name,
    words: graceWords,
    cpus: [updater, reader, reader],
  }) as unknown as PlainProgram;
}

/** A sleeper says that it sleeps, and looks once more; or it has looked before. */
function wakeup(name: string, looksAfter: boolean): PlainProgram {
  type Names = 'ready' | 'sleeping' | 'woken';
  function* sleeper(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    if (looksAfter) {
      yield* cpu.xchg(at.sleeping, 1);
      if ((yield* cpu.readOnce(at.ready)) === 1) return;
    } else {
      if ((yield* cpu.readOnce(at.ready)) === 1) return;
      yield* cpu.xchg(at.sleeping, 1);
    }
    yield* cpu.condLoadAcquire(at.woken, -1, 1);
  }
  function* waker(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.xchg(at.ready, 1);
    if ((yield* cpu.readOnce(at.sleeping)) === 1) yield* cpu.writeOnce(at.woken, 1);
  }
  const words = { ready: 0, sleeping: 0, woken: 0 };
  return plainProgram({ name, words, cpus: [sleeper, waker] }) as unknown as PlainProgram;
}

/** The waker's fence between what it says and what it looks at. */
function wakerFence(name: string, isFenced: boolean): PlainProgram {
  type Names = 'ready' | 'sleeping' | 'woken';
  function* sleeper(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.xchg(at.sleeping, 1);
    if ((yield* cpu.readOnce(at.ready)) === 1) return;
    yield* cpu.condLoadAcquire(at.woken, -1, 1);
  }
  function* waker(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.writeOnce(at.ready, 1);
    if (isFenced) yield* cpu.smpMb();
    if ((yield* cpu.readOnce(at.sleeping)) === 1) yield* cpu.writeOnce(at.woken, 1);
  }
  const words = { ready: 0, sleeping: 0, woken: 0 };
  return plainProgram({ name, words, cpus: [sleeper, waker] }) as unknown as PlainProgram;
}

export const waitCulprits = [
  pair('no-grace', (name, isFixed) => grace(name, isFixed ? [1, 2] : [])),
  pair('wrong-reader', (name, isFixed) => grace(name, isFixed ? [1, 2] : [1, 1])),
  pair('early-free', freed),
  pair('missed-wakeup', wakeup),
  pair('waker-fence', wakerFence),
];
