import { type PlainProgram, type PlainScript, plainProgram } from '../../src/programs/plain-program.js';
import type { SearchResult } from '../../src/verify/search.js';
import { plainSearch } from '../../src/verify/searches.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';

/** Programs that may go on without end, lowered. */

const words = { flag: [0, 0], done: 0 } as const;
type Script = PlainScript<typeof words, Record<never, never>>;
const program = (name: string, ...cpus: Script[]): PlainProgram =>
  plainProgram({ name, words, cpus }) as unknown as PlainProgram;

/** Waits by hand for the other's flag. */
const spin: Script = function* (cpu, at) {
  for (;;) {
    const seen = yield* cpu.readOnce(at.flag + 1 - cpu.id);
    if (seen === 1) return;
  }
};
const raise: Script = function* (cpu, at) {
  yield* cpu.writeOnce(at.flag + cpu.id, 1);
};
const nothing: Script = function* (cpu) {
  yield* cpu.smpMb();
};
/** Steps back where the other wants to go too. */
const polite: Script = function* (cpu, at) {
  for (;;) {
    yield* cpu.xchg(at.flag + cpu.id, 1);
    const other = yield* cpu.readOnce(at.flag + 1 - cpu.id);
    if (other === 0) break;
    yield* cpu.xchg(at.flag + cpu.id, 0);
  }
  yield* cpu.xchg(at.flag + cpu.id, 0);
};
/** One of the two insists. */
const insisting: Script = function* (cpu, at) {
  yield* cpu.xchg(at.flag + cpu.id, 1);
  yield* cpu.condLoadAcquire(at.flag + 1 - cpu.id, -1, 0);
  yield* cpu.xchg(at.flag + cpu.id, 0);
};

export const programs = {
  'a flag that nobody raises': program('never', spin, nothing),
  'a flag that somebody raises': program('raised', spin, raise),
  'two that step back for each other': program('polite', polite, polite),
  'one that steps back': program('insisting', polite, insisting),
} as const;

export function search(name: keyof typeof programs, memory: MemoryModel): SearchResult {
  return plainSearch(programs[name], memory, { memoryBytes: 2 ** 28, isOver: () => false }).run();
}
