import { type PlainCpu, type Protocol, plainProgram } from 'shootdown';

/**
 * A seqlock: the writer makes the sequence odd, writes, and makes it even again; a reader that saw it odd, or
 * saw it change, reads again.
 *
 * On x86 loads stay in order and so do stores, so the kernel's `smp_rmb` and `smp_wmb` cost nothing here, and
 * leaving them out shows nothing (`smpWmb` below is no instruction). What must not be missing is a full
 * barrier where a CPU stores and then loads: the writer of `waitsForReaders` announces itself and then looks
 * for readers that are inside, as SRCU-like schemes do. Without `smpMb` its store still waits in its store
 * buffer while it looks; a reader that looks meanwhile sees no writer, and both go ahead.
 *
 *     shootdown hunt examples/seqlock.ts
 *     shootdown hunt examples/seqlock.ts --memory sc      # the missing fence is not missed any more
 */

const words = { sequence: 0, a: 0, b: 0, inside: 0, torn: 0 };
type At = Readonly<Record<keyof typeof words, number>>;

function* write(cpu: PlainCpu, at: At, value: number): Protocol<void> {
  const sequence = yield* cpu.readOnce(at.sequence);
  yield* cpu.writeOnce(at.sequence, sequence + 1);
  yield* cpu.smpWmb();
  yield* cpu.writeOnce(at.a, value);
  yield* cpu.writeOnce(at.b, value);
  yield* cpu.smpWmb();
  yield* cpu.writeOnce(at.sequence, sequence + 2);
}

/** The mistake that needs no store buffer: the sequence is even again before the second word is written. */
function* writeTooLate(cpu: PlainCpu, at: At, value: number): Protocol<void> {
  const sequence = yield* cpu.readOnce(at.sequence);
  yield* cpu.writeOnce(at.sequence, sequence + 1);
  yield* cpu.writeOnce(at.a, value);
  yield* cpu.writeOnce(at.sequence, sequence + 2);
  yield* cpu.writeOnce(at.b, value);
}

/** Reads both words until no writer came in between. Gives up after a while, so that an execution ends. */
function* read(cpu: PlainCpu, at: At): Protocol<void> {
  for (let attempt = 0; attempt < 4; attempt++) {
    const before = yield* cpu.readOnce(at.sequence);
    const a = yield* cpu.readOnce(at.a);
    const b = yield* cpu.readOnce(at.b);
    const after = yield* cpu.readOnce(at.sequence);
    if ((before & 1) === 0 && before === after) {
      if (a !== b) yield* cpu.poke(at.torn, 1);
      return;
    }
  }
}

/** A reader that does not retry: it says that it is inside, and goes ahead if there is no writer. */
function* readInside(cpu: PlainCpu, at: At): Protocol<void> {
  yield* cpu.xchg(at.inside, 1);
  const sequence = yield* cpu.readOnce(at.sequence);
  if ((sequence & 1) === 0) {
    const a = yield* cpu.readOnce(at.a);
    const b = yield* cpu.readOnce(at.b);
    if (a !== b) yield* cpu.poke(at.torn, 1);
  }
  yield* cpu.storeRelease(at.inside, 0);
}

function* writeAfterReaders(cpu: PlainCpu, at: At, fenced: boolean): Protocol<void> {
  yield* cpu.writeOnce(at.sequence, 1);
  if (fenced) yield* cpu.smpMb();
  yield* cpu.condLoadAcquire(at.inside, -1, 0);
  yield* cpu.writeOnce(at.a, 7);
  yield* cpu.writeOnce(at.b, 7);
  yield* cpu.writeOnce(at.sequence, 2);
}

const notTorn = (readWord: (address: number) => number, at: At): boolean | string =>
  readWord(at.torn) === 0 || 'a reader saw half of a write';

function* writeTwice(cpu: PlainCpu, at: At): Protocol<void> {
  yield* write(cpu, at, 1);
  yield* write(cpu, at, 2);
}

function* writeTwiceTooLate(cpu: PlainCpu, at: At): Protocol<void> {
  yield* writeTooLate(cpu, at, 1);
  yield* writeTooLate(cpu, at, 2);
}

export const seqlock = plainProgram({
  name: 'seqlock',
  words,
  cpus: [writeTwice, read, read],
  final: notTorn,
});

export const seqlockTooLate = plainProgram({
  name: 'seqlock-too-late',
  words,
  cpus: [writeTwiceTooLate, read],
  final: notTorn,
});

export const waitsForReaders = plainProgram({
  name: 'seqlock-waits-for-readers',
  words,
  cpus: [(cpu, at) => writeAfterReaders(cpu, at, true), readInside],
  final: notTorn,
});

export const missingFence = plainProgram({
  name: 'seqlock-missing-fence',
  words,
  cpus: [(cpu, at) => writeAfterReaders(cpu, at, false), readInside],
  final: notTorn,
});
