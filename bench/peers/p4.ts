import { type PlainProgram, type PlainScript, plainProgram } from '../../src/programs/plain-program.js';

/**
 * P4, a toy of tlb_gen: an initiator that writes the generation of two remote targets itself, under a lock.
 * Correct as it stands; P4b (`bug`) omits the reset of `sgen` when a target switches away.
 */
export function p4(loops = 2, bug = false): PlainProgram {
  const words = { gen: 1, pte: 1, ctx: [1, 1], sgen: [1, 1], stale: [0, 0], lock: [0, 0] } as const;
  const target = (me: number): PlainScript<typeof words, Record<never, never>> =>
    function* (cpu, at) {
      for (let i = 0; i < loops; i++) {
        const pte = yield* cpu.readOnce(at.pte);
        if (pte === 1) yield* cpu.writeOnce(at.stale + me, 1);
        yield* cpu.spinLock(at.lock + me);
        yield* cpu.writeOnce(at.ctx + me, 2);
        if (!bug) yield* cpu.writeOnce(at.sgen + me, 0);
        yield* cpu.spinUnlock(at.lock + me);
        yield* cpu.spinLock(at.lock + me);
        yield* cpu.writeOnce(at.ctx + me, 1);
        const slot = yield* cpu.readOnce(at.sgen + me);
        const gen = yield* cpu.readOnce(at.gen);
        if (slot < gen) {
          yield* cpu.writeOnce(at.stale + me, 0);
          yield* cpu.writeOnce(at.sgen + me, gen);
        }
        yield* cpu.spinUnlock(at.lock + me);
      }
    };
  return plainProgram({
    name: bug ? 'P4b' : 'P4',
    words,
    cpus: [
      function* (cpu, at) {
        yield* cpu.writeOnce(at.pte, 0);
        const gen = yield* cpu.incReturn(at.gen);
        for (let t = 0; t < 2; t++) {
          yield* cpu.writeOnce(at.stale + t, 0);
          yield* cpu.spinLock(at.lock + t);
          const ctx = yield* cpu.readOnce(at.ctx + t);
          if (ctx === 1) yield* cpu.writeOnce(at.sgen + t, gen);
          yield* cpu.spinUnlock(at.lock + t);
        }
      },
      target(0),
      target(1),
    ],
    final: (read, at) => {
      for (let t = 0; t < 2; t++) {
        const current = read(at.ctx + t) === 1 && read(at.sgen + t) === read(at.gen);
        if (current && read(at.stale + t) === 1 && read(at.pte) === 0)
          return `target ${t} is up to date and holds a stale entry`;
      }
      return true;
    },
  });
}
