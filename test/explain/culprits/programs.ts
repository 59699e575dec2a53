import type { Protocol } from '../../../src/machine/protocol.js';
import type { PlainCpu } from '../../../src/programs/plain-cpu.js';
import { type PlainProgram, plainProgram } from '../../../src/programs/plain-program.js';
import { lockCulprits } from './locks.js';
import { numberCulprits } from './numbers.js';
import { type At, type ProgramCulprit, pair } from './program-culprit.js';
import { queueCulprits } from './queues.js';
import { sharingCulprits } from './sharing.js';
import { waitCulprits } from './waits.js';

/** A sequence lock whose reader does not look at the sequence again. */
function seqlock(name: string, looksAgain: boolean): PlainProgram {
  function* writer(cpu: PlainCpu, at: At<'seq' | 'a' | 'b'>): Protocol<void> {
    for (let value = 1; value <= 2; value++) {
      const seq = yield* cpu.readOnce(at.seq);
      yield* cpu.writeOnce(at.seq, seq + 1);
      yield* cpu.writeOnce(at.a, value);
      yield* cpu.writeOnce(at.b, value);
      yield* cpu.writeOnce(at.seq, seq + 2);
    }
  }
  function* reader(cpu: PlainCpu, at: At<'seq' | 'a' | 'b'>): Protocol<void> {
    for (let tries = 0; tries < 4; tries++) {
      const seq = yield* cpu.readOnce(at.seq);
      if ((seq & 1) !== 0) continue;
      const a = yield* cpu.readOnce(at.a);
      const b = yield* cpu.readOnce(at.b);
      const again = looksAgain ? yield* cpu.readOnce(at.seq) : seq;
      if (again !== seq) continue;
      yield* cpu.assert(a === b, `torn read: ${a} and ${b}`);
      return;
    }
  }
  return plainProgram({
    name,
    words: { seq: 0, a: 0, b: 0 },
    cpus: [writer, reader, reader],
  }) as unknown as PlainProgram;
}

/**
 * Readers announce themselves, the updater waits for each of them; without a fence the announcement is still
 * buffered.
 */
function gracePeriod(name: string, isFenced: boolean): PlainProgram {
  type Names = 'ptr' | 'nesting' | 'alive';
  function* reader(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    for (let round = 0; round < 2; round++) {
      yield* cpu.writeOnce(at.nesting + cpu.id, 1);
      if (isFenced) yield* cpu.smpMb();
      const object = yield* cpu.readOnce(at.ptr);
      const alive = yield* cpu.readOnce(at.alive + object);
      yield* cpu.assert(alive === 1, `reader uses object ${object} after it was freed`);
      yield* cpu.storeRelease(at.nesting + cpu.id, 0);
    }
  }
  function* updater(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    yield* cpu.xchg(at.ptr, 2);
    for (let other = 1; other <= 2; other++) yield* cpu.condLoadAcquire(at.nesting + other, -1, 0);
    yield* cpu.writeOnce(at.alive + 1, 0);
  }
  const words = { ptr: 1, nesting: [0, 0, 0], alive: [1, 1, 1] };
  return plainProgram({ name, words, cpus: [updater, reader, reader] }) as unknown as PlainProgram;
}

/** A producer that says that its value is there before it is. */
function mailbox(name: string, isEarly: boolean): PlainProgram {
  type Names = 'full' | 'value' | 'ticket';
  function* producer(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const cell = yield* cpu.fetchAdd(at.ticket, 1);
    if (isEarly) yield* cpu.storeRelease(at.full + cell, 1);
    yield* cpu.writeOnce(at.value + cell, cpu.id + 1);
    if (!isEarly) yield* cpu.storeRelease(at.full + cell, 1);
  }
  function* consumer(cpu: PlainCpu, at: At<Names>): Protocol<void> {
    const cell = cpu.id - 2;
    if ((yield* cpu.loadAcquire(at.full + cell)) === 0) return;
    const value = yield* cpu.readOnce(at.value + cell);
    yield* cpu.assert(value !== 0, `cell ${cell} is empty`);
  }
  const words = { full: [0, 0], value: [0, 0], ticket: 0 };
  const cpus = [producer, producer, consumer, consumer];
  return plainProgram({ name, words, cpus }) as unknown as PlainProgram;
}

export const programCulprits: readonly ProgramCulprit[] = [
  pair('seqlock', seqlock),
  pair('grace-period', gracePeriod),
  pair('early-publication', (name, isFixed) => mailbox(name, !isFixed)),
  ...lockCulprits,
  ...waitCulprits,
  ...numberCulprits,
  ...queueCulprits,
  ...sharingCulprits,
];
