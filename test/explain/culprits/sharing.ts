import type { Protocol } from '../../../src/machine/protocol.js';
import type { PlainCpu } from '../../../src/programs/plain-cpu.js';
import { type PlainProgram, plainProgram } from '../../../src/programs/plain-program.js';
import { type At, pair } from './program-culprit.js';

/** Locks, references and barriers that are almost right. */

/** Peterson's lock, whose turn is given before the flag is raised. */
function peterson(name: string, isFlagFirst: boolean): PlainProgram {
  type Names = 'flag' | 'turn' | 'inside';
  const script = (own: number) =>
    function* enter(cpu: PlainCpu, at: At<Names>): Protocol<void> {
      if (isFlagFirst) yield* cpu.xchg(at.flag + own, 1);
      yield* cpu.xchg(at.turn, 1 - own);
      if (!isFlagFirst) yield* cpu.xchg(at.flag + own, 1);
      for (let tries = 0; tries < 3; tries++) {
        const other = yield* cpu.readOnce(at.flag + 1 - own);
        const turn = yield* cpu.readOnce(at.turn);
        if (other === 1 && turn !== own) continue;
        const within = yield* cpu.fetchAdd(at.inside, 1);
        yield* cpu.assert(within === 0, 'two CPUs are inside');
        yield* cpu.fetchAdd(at.inside, -1);
        break;
      }
      yield* cpu.storeRelease(at.flag + own, 0);
    };
  const words = { flag: [0, 0], turn: 0, inside: 0 };
  return plainProgram({ name, words, cpus: [script(0), script(1)] }) as unknown as PlainProgram;
}

/** A ticket lock whose tickets are drawn in two steps. */
function tickets(name: string, isAtomic: boolean): PlainProgram {
  type Names = 'next' | 'serving' | 'inside';
  function* script(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    let ticket: number;
    if (isAtomic) ticket = yield* cpu.fetchAdd(at.next, 1);
    else {
      ticket = yield* cpu.readOnce(at.next);
      yield* cpu.xchg(at.next, ticket + 1);
    }
    yield* cpu.condLoadAcquire(at.serving, -1, ticket);
    const within = yield* cpu.fetchAdd(at.inside, 1);
    yield* cpu.assert(within === 0, 'two CPUs are inside');
    yield* cpu.fetchAdd(at.inside, -1);
    yield* cpu.storeRelease(at.serving, ticket + 1);
  }
  const words = { next: 0, serving: 0, inside: 0 };
  return plainProgram({ name, words, cpus: [script, script] }) as unknown as PlainProgram;
}

/** A reader that holds a hazard pointer, and does not look again whether the object is still there. */
function hazard(name: string, looksAgain: boolean): PlainProgram {
  type Names = 'ptr' | 'held' | 'alive';
  function* reader(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const object = yield* cpu.readOnce(at.ptr);
    yield* cpu.xchg(at.held, object);
    if (looksAgain && (yield* cpu.readOnce(at.ptr)) !== object) return;
    const alive = yield* cpu.readOnce(at.alive + object);
    yield* cpu.assert(alive === 1, `object ${object} is used after it was freed`);
    yield* cpu.storeRelease(at.held, 0);
  }
  function* remover(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.xchg(at.ptr, 2);
    if ((yield* cpu.readOnce(at.held)) !== 1) yield* cpu.writeOnce(at.alive + 1, 0);
  }
  const words = { ptr: 1, held: 0, alive: [0, 1, 1] };
  return plainProgram({ name, words, cpus: [reader, remover] }) as unknown as PlainProgram;
}

/** A reference that is taken from an object whose last one may be gone. */
function reference(name: string, isChecked: boolean): PlainProgram {
  type Names = 'refs' | 'freed';
  function* takes(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    if (isChecked) {
      const refs = yield* cpu.readOnce(at.refs);
      if (refs === 0) return;
      if ((yield* cpu.cmpxchg(at.refs, refs, refs + 1)) !== refs) return;
    } else {
      if ((yield* cpu.readOnce(at.refs)) === 0) return;
      yield* cpu.fetchAdd(at.refs, 1);
    }
    const freed = yield* cpu.readOnce(at.freed);
    yield* cpu.assert(freed === 0, 'a freed object is used');
  }
  function* drops(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    if ((yield* cpu.fetchAdd(at.refs, -1)) === 1) yield* cpu.writeOnce(at.freed, 1);
  }
  const words = { refs: 1, freed: 0 };
  return plainProgram({ name, words, cpus: [takes, drops] }) as unknown as PlainProgram;
}

/** Initialised once: the flag is set before what it speaks of, under a lock that readers do not take. */
function once(name: string, isFlagLast: boolean): PlainProgram {
  type Names = 'lock' | 'done' | 'value';
  function* script(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    if ((yield* cpu.loadAcquire(at.done)) === 0) {
      yield* cpu.spinLock(at.lock);
      if ((yield* cpu.readOnce(at.done)) === 0) {
        if (!isFlagLast) yield* cpu.storeRelease(at.done, 1);
        yield* cpu.writeOnce(at.value, 7);
        if (isFlagLast) yield* cpu.storeRelease(at.done, 1);
      }
      yield* cpu.spinUnlock(at.lock);
    }
    const value = yield* cpu.readOnce(at.value);
    yield* cpu.assert(value === 7, `the value is ${value}`);
  }
  const words = { lock: 0, done: 0, value: 0 };
  return plainProgram({ name, words, cpus: [script, script] }) as unknown as PlainProgram;
}

/** A barrier that is opened before its count is back at the start. */
function barrier(name: string, isResetFirst: boolean): PlainProgram {
  type Names = 'count' | 'sense' | 'phase';
  function* script(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let phase = 1; phase <= 2; phase++) {
      yield* cpu.fetchAdd(at.phase, 1);
      if ((yield* cpu.fetchAdd(at.count, 1)) === 1) {
        if (isResetFirst) yield* cpu.writeOnce(at.count, 0);
        yield* cpu.storeRelease(at.sense, phase);
        if (!isResetFirst) yield* cpu.writeOnce(at.count, 0);
      } else yield* cpu.condLoadAcquire(at.sense, -1, phase);
    }
  }
  const words = { count: 0, sense: 0, phase: 0 };
  return plainProgram({ name, words, cpus: [script, script] }) as unknown as PlainProgram;
}

/** Readers and a writer: a reader counts itself after it has looked for the writer. */
function readers(name: string, isCountedFirst: boolean): PlainProgram {
  type Names = 'readers' | 'writer' | 'value';
  function* reads(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    if (isCountedFirst) yield* cpu.fetchAdd(at.readers, 1);
    const isWritten = (yield* cpu.readOnce(at.writer)) !== 0;
    if (!isCountedFirst) yield* cpu.fetchAdd(at.readers, 1);
    if (!isWritten) {
      const first = yield* cpu.readOnce(at.value);
      const second = yield* cpu.readOnce(at.value + 1);
      yield* cpu.assert(first === second, `the values are ${first} and ${second}`);
    }
    yield* cpu.fetchAdd(at.readers, -1);
  }
  function* writes(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.xchg(at.writer, 1);
    yield* cpu.condLoadAcquire(at.readers, -1, 0);
    yield* cpu.writeOnce(at.value, 1);
    yield* cpu.writeOnce(at.value + 1, 1);
    yield* cpu.storeRelease(at.writer, 0);
  }
  const words = { readers: 0, writer: 0, value: [0, 0] };
  return plainProgram({ name, words, cpus: [reads, reads, writes] }) as unknown as PlainProgram;
}

/** A grace period that is over when the readers of one of two counts are gone. */
function epochs(name: string, waitsForBoth: boolean): PlainProgram {
  type Names = 'epoch' | 'active' | 'ptr' | 'alive';
  function* reader(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const epoch = yield* cpu.readOnce(at.epoch);
    yield* cpu.fetchAdd(at.active + epoch, 1);
    const object = yield* cpu.readOnce(at.ptr);
    const alive = yield* cpu.readOnce(at.alive + object);
    yield* cpu.assert(alive === 1, `object ${object} is used after it was freed`);
    yield* cpu.fetchAdd(at.active + epoch, -1);
  }
  function* updater(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.xchg(at.ptr, 1);
    yield* cpu.xchg(at.epoch, 1);
    yield* cpu.condLoadAcquire(at.active + 1, -1, 0);
    if (waitsForBoth) yield* cpu.condLoadAcquire(at.active, -1, 0);
    yield* cpu.writeOnce(at.alive, 0);
  }
  const words = { epoch: 0, active: [0, 0], ptr: 0, alive: [1, 1] };
  return plainProgram({ name, words, cpus: [updater, reader, reader] }) as unknown as PlainProgram;
}

/** A semaphore whose count is looked at before it is taken. */
function semaphore(name: string, isAtomic: boolean): PlainProgram {
  type Names = 'free' | 'inside';
  function* script(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const free = yield* cpu.readOnce(at.free);
    if (free <= 0) return;
    if (isAtomic) {
      if ((yield* cpu.cmpxchg(at.free, free, free - 1)) !== free) return;
    } else yield* cpu.fetchAdd(at.free, -1);
    const others = yield* cpu.fetchAdd(at.inside, 1);
    yield* cpu.assert(others < 2, `${others + 1} are inside, of 2`);
    yield* cpu.fetchAdd(at.inside, -1);
    yield* cpu.fetchAdd(at.free, 1);
  }
  const words = { free: 2, inside: 0 };
  return plainProgram({ name, words, cpus: [script, script, script] }) as unknown as PlainProgram;
}

/** A store of a pair in two halves, or in one. */
function halves(name: string, isWhole: boolean): PlainProgram {
  function* writer(cpu: PlainCpu, at: At<'pair'>): Protocol<void> {
    if (isWhole) yield* cpu.cmpxchgPair(at.pair, 1, 1, 2, 2);
    else {
      yield* cpu.writeOnce(at.pair, 2);
      yield* cpu.writeOnce(at.pair + 1, 2);
    }
  }
  return plainProgram({
    name,
    words: {},
    pairs: { pair: [1, 1] },
    cpus: [writer, writer],
    always: (read, at) => read(at.pair) === read(at.pair + 1) || 'the halves differ',
  }) as unknown as PlainProgram;
}

/** Two that give way to each other for ever, or one of them only. */
function polite(name: string, isOneSided: boolean): PlainProgram {
  type Names = 'wants' | 'done';
  const script = (own: number) =>
    function* enter(cpu: PlainCpu, at: At<Names>): Protocol<void> {
      for (;;) {
        yield* cpu.xchg(at.wants + own, 1);
        if ((yield* cpu.readOnce(at.wants + 1 - own)) === 0) break;
        if (isOneSided && own === 0) {
          yield* cpu.condLoadAcquire(at.wants + 1, -1, 0);
          break;
        }
        yield* cpu.xchg(at.wants + own, 0);
        if (isOneSided) yield* cpu.condLoadAcquire(at.wants, -1, 0);
      }
      yield* cpu.fetchAdd(at.done, 1);
      yield* cpu.xchg(at.wants + own, 0);
    };
  const words = { wants: [0, 0], done: 0 };
  return plainProgram({ name, words, cpus: [script(0), script(1)] }) as unknown as PlainProgram;
}

export const sharingCulprits = [
  pair('peterson-turn-first', peterson),
  pair('ticket-in-two-steps', tickets),
  pair('hazard-not-again', hazard),
  pair('reference-of-none', reference),
  pair('once-flag-first', once),
  pair('barrier-reset-last', barrier),
  pair('reader-counted-late', readers),
  pair('one-epoch', epochs),
  pair('semaphore-in-two-steps', semaphore),
  pair('two-halves', halves),
  pair('polite', polite),
];
