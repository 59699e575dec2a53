import { type PlainProgram, plainProgram } from '../../src/programs/plain-program.js';

/** P1, store buffering: two threads, each stores its flag and loads the other's. Nothing is asserted. */
export function p1(): PlainProgram {
  return plainProgram({
    name: 'P1',
    words: { flag0: 0, flag1: 0 },
    cpus: [
      function* (cpu, at) {
        yield* cpu.writeOnce(at.flag0, 1);
        yield* cpu.readOnce(at.flag1);
      },
      function* (cpu, at) {
        yield* cpu.writeOnce(at.flag1, 1);
        yield* cpu.readOnce(at.flag0);
      },
    ],
  });
}
