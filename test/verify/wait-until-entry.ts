import type { Protocol } from '../../src/machine/protocol.js';
import { waitUntil } from '../../src/machine/wait-until.js';
import type { PlainCpu } from '../../src/programs/plain-cpu.js';
import { type PlainProgram, type PlainScript, plainProgram } from '../../src/programs/plain-program.js';
import type { SearchResult } from '../../src/verify/search.js';
import { plainSearch } from '../../src/verify/searches.js';

/** Scripts that make functions while they run and keep them across operations, lowered. */

const words = { a: 1, b: 1, c: 1 } as const;
type Script = PlainScript<typeof words, Record<never, never>>;
const program = (name: string, ...cpus: Script[]): PlainProgram =>
  plainProgram({ name, words, cpus }) as unknown as PlainProgram;

const clears: Script = function* (cpu, at) {
  yield* cpu.xchg(at.b, 0);
  yield* cpu.xchg(at.a, 0);
  yield* cpu.xchg(at.a, 1);
};

/** What is enough is what it has read: two states that differ in nothing else are two. */
const captures: Script = function* (cpu, at) {
  const first = yield* cpu.readOnce(at.a);
  yield* waitUntil(cpu, [at.b], (b) => b === first);
};

/** The same with a variable that is assigned to afterwards. */
const assigns: Script = function* (cpu, at) {
  let first = yield* cpu.readOnce(at.a);
  const isEnough = (b: number): boolean => b === first;
  first = 0;
  yield* waitUntil(cpu, [at.b], isEnough);
};

/** What it captures is declared after it, and after an operation. */
const declaresLater: Script = function* (cpu, at) {
  const isEnough = (b: number): boolean => b === later;
  yield* cpu.smpMb();
  const later = 0;
  yield* waitUntil(cpu, [at.b], isEnough);
};

/** Clears c where what it read in a is 1, and only the function that it hands on knows that. */
function* clearIf(cpu: PlainCpu, word: number, isIt: (value: number) => boolean): Protocol<void> {
  yield* cpu.smpMb();
  if (isIt(1)) yield* cpu.xchg(word, 0);
}
const handsOn: Script = function* (cpu, at) {
  const first = yield* cpu.readOnce(at.a);
  yield* clearIf(cpu, at.c, (value) => value === first);
};
const never = (c: number): PlainProgram =>
  plainProgram({
    name: `c is never ${c}`,
    words,
    cpus: [
      handsOn,
      function* (cpu, at) {
        yield* cpu.xchg(at.a, 0);
      },
    ],
    final: (read, at) => read(at.c) !== c || `c is ${c}`,
  }) as unknown as PlainProgram;

export const programs = {
  either: program(
    'either',
    function* (cpu, at) {
      yield* waitUntil(cpu, [at.a, at.b, at.c], (a, b, c) => a === 0 || b === 0 || c === 0);
    },
    clears,
  ),
  both: program(
    'both',
    function* (cpu, at) {
      yield* waitUntil(cpu, [at.a, at.b], (a, b) => a === 0 && b === 0);
    },
    clears,
  ),
  'never 0': never(0),
  'never 1': never(1),
  captures: program('captures', captures, clears),
  assigns: program('assigns', assigns, clears),
  declaresLater: program('declares later', declaresLater, clears),
} as const;

export function search(name: keyof typeof programs): SearchResult {
  return plainSearch(programs[name], 'sc', { memoryBytes: 2 ** 28, isOver: () => false }).run();
}
