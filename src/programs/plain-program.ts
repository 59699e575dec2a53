import { HW_WORDS_PLAIN, IF } from '../machine/hardware.js';
import { Layout } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import type { Program } from '../machine/program.js';
import type { Protocol } from '../machine/protocol.js';
import { isProtocol } from '../machine/protocol-function.js';
import { Made } from '../variants/made.js';
import { NOT_ALWAYS, NOT_FINAL, wrongBy } from '../vocabulary/assertion.js';
import { PlainCpu, ProgramError } from './plain-cpu.js';

export { PlainCpu, ProgramError };

/**
 * Plain shared-memory programs: words with names and initial values, one generator per CPU, and an assertion
 * over the final memory. They run on the simulated machine with its store buffers and interrupts, and know
 * nothing of TLBs.
 *
 *     const program = plainProgram({
 *       name: 'store buffering',
 *       words: { x: 0, y: 0, sawY: 0, sawX: 0 },
 *       cpus: [
 *         function* (cpu, at) {
 *           yield* cpu.writeOnce(at.x, 1);
 *           const seen = yield* cpu.readOnce(at.y);
 *           yield* cpu.poke(at.sawY, seen);
 *         },
 *         function* (cpu, at) {
 *           yield* cpu.writeOnce(at.y, 1);
 *           const seen = yield* cpu.readOnce(at.x);
 *           yield* cpu.poke(at.sawX, seen);
 *         },
 *       ],
 *       final: (read, at) => read(at.sawY) + read(at.sawX) > 0 || 'both CPUs read 0',
 *     });
 */

/** Words by name: an initial value, or several for consecutive words. */
export type WordSpec = Readonly<Record<string, number | readonly number[]>>;
/**
 * Pairs by name: {first, second} at an even address, so that both halves share 8 aligned bytes (for
 * `cmpxchgPair`).
 */
export type PairSpec = Readonly<Record<string, readonly [first: number, second: number]>>;

/** The address of each word by its name; of several consecutive words, and of a pair, the first one's. */
export type Addresses<W, P> = Readonly<Record<keyof W | keyof P, number>>;

export interface PlainProgramSpec<W extends WordSpec, P extends PairSpec> {
  readonly name: string;
  readonly words: W;
  readonly pairs?: P;
  /** One script per CPU. `at` has the addresses. */
  readonly cpus: readonly PlainScript<W, NoInfer<P>>[];
  /** Handler of `sendIpi`; must end with `iret`. Default: only that. */
  readonly interrupt?: PlainScript<W, NoInfer<P>>;
  /** Handler of `sendNmi`; must end with `iret`. Default: only that. */
  readonly nmi?: PlainScript<W, NoInfer<P>>;
  /**
   * Judges the memory at the end of an execution (every script has ended, every store buffer is empty): true
   * if it is as it should be, false or a sentence that says what is wrong if not. For assertions at one place
   * of a script see `cpu.assert`.
   */
  readonly final?: Judge<W, NoInfer<P>>;
  /**
   * Judges the memory after every step, as all CPUs see it: a store that waits in a store buffer is not in it
   * yet.
   */
  readonly always?: Judge<W, NoInfer<P>>;
}

export type Judge<W extends WordSpec, P extends PairSpec> = (
  read: (address: number) => number,
  at: Addresses<W, P>,
) => boolean | string;

export type PlainScript<W extends WordSpec = WordSpec, P extends PairSpec = PairSpec> = (
  cpu: PlainCpu,
  at: Addresses<W, P>,
) => Protocol<void>;

export interface PlainProgram<W extends WordSpec = WordSpec, P extends PairSpec = PairSpec> extends Program {
  /** The address of each word by its name. */
  readonly at: Addresses<W, P>;
}

/** Same as the simulated kernel's limit. */
const CPUS_MAX = 256;
const NAME_MAX = 200;

/** What `plainProgram` made. */
export const madePrograms = new Made<PlainProgram>();

/** Makes a program that any engine can run. Throws a ProgramError for bad input. */
export function plainProgram<const W extends WordSpec, const P extends PairSpec = Record<never, never>>(
  spec: PlainProgramSpec<W, P>,
): PlainProgram<W, P> {
  const { name } = spec;
  requireShape(spec);
  const { layout, at, initial } = placeWords(spec);
  const cpus = spec.cpus.length;
  const hardwareBase = layout.alloc('hardware', HW_WORDS_PLAIN * cpus, 'hidden');
  const image = new Int32Array(layout.size);
  for (const [address, value] of initial) image[address] = value;
  for (let id = 0; id < cpus; id++) image[hardwareBase + id * HW_WORDS_PLAIN + IF] = 1;

  const { cpus: scripts, interrupt = onlyIret, nmi = onlyIret, final, always } = spec;
  const judged = (judge: Judge<W, P> | undefined, machine: Machine, words: string): string | null => {
    const answer: unknown = judge === undefined || judge((address) => machine.mem[address], at);
    const wrong = wrongBy(answer, words);
    if (wrong === undefined)
      throw new ProgramError(`an assertion answers true, false or a sentence, not ${answer}`, name);
    return wrong;
  };
  const program: PlainProgram<W, P> = {
    name,
    cpus,
    layout,
    words: { first: 0, end: hardwareBase, holeFirst: hardwareBase, holeEnd: hardwareBase },
    hardwareBase,
    hardwareWords: HW_WORDS_PLAIN,
    image,
    mmu: null,
    watched: [],
    at,
    createCpu: (machine, id) => new PlainCpu(machine, id),
    main: (cpu) => begun(scripts[cpu.id](cpu as PlainCpu, at), name, `cpus[${cpu.id}]`),
    interrupt: (cpu) => begun(interrupt(cpu as PlainCpu, at), name, 'interrupt'),
    nmi: (cpu) => begun(nmi(cpu as PlainCpu, at), name, 'nmi'),
    fault: (message) => new ProgramError(message, name),
    check: (machine) => judged(final, machine, NOT_FINAL),
    ...(always === undefined ? {} : { invariant: (machine) => judged(always, machine, NOT_ALWAYS) }),
  };
  madePrograms.add(program as unknown as PlainProgram);
  return program;
}

/** What is no program by its form. */
function requireShape<W extends WordSpec, P extends PairSpec>(spec: PlainProgramSpec<W, P>): void {
  const { name, final, always } = spec;
  if (typeof name !== 'string' || name === '' || name.length > NAME_MAX)
    throw new ProgramError(`a program needs a name of at most ${NAME_MAX} characters`);
  if (typeof spec.words !== 'object' || spec.words === null)
    throw new ProgramError('words must be an object of numbers', name);
  if (!Array.isArray(spec.cpus) || spec.cpus.length === 0 || spec.cpus.length > CPUS_MAX) {
    throw new ProgramError(`cpus must be a list of 1 to ${CPUS_MAX} generator functions`, name);
  }
  for (const [id, script] of spec.cpus.entries()) requireFunction(name, `cpus[${id}]`, script);
  if (spec.interrupt !== undefined) requireFunction(name, 'interrupt', spec.interrupt);
  if (spec.nmi !== undefined) requireFunction(name, 'nmi', spec.nmi);
  for (const [which, judge] of Object.entries({ final, always })) {
    if (
      judge !== undefined &&
      (typeof judge !== 'function' || Object.prototype.toString.call(judge) === '[object GeneratorFunction]')
    )
      throw new ProgramError(`${which} must be a plain function of (read, at)`, name);
  }
}

/** Where the words lie, and what they are at first. */
interface Placed<W extends WordSpec, P extends PairSpec> {
  readonly layout: Layout;
  readonly at: Addresses<W, P>;
  readonly initial: readonly (readonly [address: number, value: number])[];
}

function placeWords<W extends WordSpec, P extends PairSpec>(spec: PlainProgramSpec<W, P>): Placed<W, P> {
  const { name } = spec;
  const layout = new Layout();
  const initial: [address: number, value: number][] = [];
  // Without a prototype: a word may have any name.
  const at: Record<string, number> = Object.create(null);
  const place = (word: string, values: readonly number[], align: number): void => {
    if (Object.hasOwn(at, word)) throw new ProgramError(`"${word}" is both a word and a pair`, name);
    if (values.length === 0) throw new ProgramError(`"${word}" has no words`, name);
    const base = layout.alloc(word, values.length, 'number', align);
    at[word] = base;
    values.forEach((value, i) => {
      if ((value | 0) !== value)
        throw new ProgramError(`the initial value of "${word}" is ${value}, not an int32`, name);
      initial.push([base + i, value]);
    });
  };
  for (const [word, value] of Object.entries(spec.pairs ?? {})) {
    if (!Array.isArray(value) || value.length !== 2)
      throw new ProgramError(`pair "${word}" needs exactly two values`, name);
    place(word, value, 2);
  }
  for (const [word, value] of Object.entries(spec.words))
    place(word, typeof value === 'number' ? [value] : value, 1);
  return { layout, at: Object.freeze(at) as Addresses<W, P>, initial };
}

function requireFunction(program: string, which: string, script: unknown): void {
  if (typeof script !== 'function')
    throw new ProgramError(`${which} is not a generator function (function*)`, program);
}

/** What a script answers must be a generator: `function*`, or a function that hands one on. */
function begun(protocol: Protocol<void>, program: string, which: string): Protocol<void> {
  if (!isProtocol(protocol))
    throw new ProgramError(`${which} is not a generator function (function*)`, program);
  return protocol;
}

function* onlyIret(cpu: PlainCpu): Protocol<void> {
  yield* cpu.iret();
}
