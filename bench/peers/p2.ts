import { type PlainProgram, type PlainScript, plainProgram } from '../../src/programs/plain-program.js';

/**
 * P2, Peterson's lock: two threads, one critical section each, mutual exclusion asserted. Holds under SC;
 * under TSO it fails without a fence and holds with one.
 *
 * The wait is over two words, so it spins by hand. `tries` bounds it for enumeration: a thread that did not
 * get in gives up.
 */
export function p2(fence: boolean, tries = Number.POSITIVE_INFINITY): PlainProgram {
  const words = { flag: [0, 0], turn: 0, inside: 0 } as const;
  const counted = tries === Number.POSITIVE_INFINITY ? 0 : 1;
  const thread = (me: number): PlainScript<typeof words, Record<never, never>> =>
    function* (cpu, at) {
      const other = 1 - me;
      yield* cpu.writeOnce(at.flag + me, 1);
      yield* cpu.writeOnce(at.turn, other);
      if (fence) yield* cpu.smpMb();
      // Counted only where it is bounded: a thread that spins without end has no more local states for it.
      for (let i = 0; i < tries; i += counted) {
        const wanted = yield* cpu.readOnce(at.flag + other);
        const turn = wanted === 0 ? me : yield* cpu.readOnce(at.turn);
        if (turn !== me) continue;
        const inside = yield* cpu.incReturn(at.inside);
        yield* cpu.assert(inside === 1, 'two threads are in the critical section');
        yield* cpu.decReturn(at.inside);
        break;
      }
      yield* cpu.writeOnce(at.flag + me, 0);
    };
  return plainProgram({ name: fence ? 'P2 with fence' : 'P2', words, cpus: [thread(0), thread(1)] });
}
