import { type PlainProgram, plainProgram } from '../../src/programs/plain-program.js';

/**
 * P3 n x m: n threads do m non-atomic increments each (load; store) of one counter. Without the assertion it
 * measures full exploration; with `count === n * m` the time to the first bug.
 */
export function p3(threads: number, increments: number, asserted = false): PlainProgram {
  return plainProgram({
    name: `P3 ${threads}x${increments}`,
    words: { count: 0 },
    cpus: Array.from(
      { length: threads },
      () =>
        function* (cpu, at) {
          for (let i = 0; i < increments; i++) {
            const count = yield* cpu.readOnce(at.count);
            yield* cpu.writeOnce(at.count, count + 1);
          }
        },
    ),
    final: asserted
      ? (read, at) =>
          read(at.count) === threads * increments || `count is ${read(at.count)}, not ${threads * increments}`
      : undefined,
  });
}
