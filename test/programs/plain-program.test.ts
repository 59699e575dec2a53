import { describe, expect, it } from 'vitest';
import { enumerate } from '../../src/explore/enumerate.js';
import { Executor } from '../../src/explore/executor.js';
import { Random } from '../../src/explore/random.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { HW_WORDS_PLAIN } from '../../src/machine/hardware.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import type { Op } from '../../src/machine/protocol.js';
import { type PlainCpu, ProgramError, plainProgram } from '../../src/programs/plain-program.js';

function run(program: Program, seed: number, memory: 'tso' | 'sc' = 'tso'): Machine {
  const machine = new Machine(program, memory);
  const random = new Random();
  random.seed(seed, 0, 0);
  new Executor(machine, { walks: 0 }).run(strategies[seed % strategies.length].create(), random, 50);
  return machine;
}

const nothing = function* () {};

describe('a plain program', () => {
  it('gives words their initial values, and pairs even addresses', () => {
    const program = plainProgram({
      name: 'layout',
      words: { a: 1, list: [2, 3, 4], b: -5 },
      pairs: { p: [6, 7], q: [8, 9] },
      cpus: [nothing],
    });
    const machine = new Machine(program, 'sc');
    machine.begin();
    const at = program.at;
    expect(
      [at.a, at.list, at.list + 1, at.list + 2, at.b, at.p, at.p + 1, at.q, at.q + 1].map(
        (word) => machine.mem[word],
      ),
    ).toEqual([1, 2, 3, 4, -5, 6, 7, 8, 9]);
    expect([at.p % 2, at.q % 2]).toEqual([0, 0]);
    expect(program.layout.nameOf(at.list + 1)).toBe('list[1]');
  });

  it('runs one script per CPU and judges the final memory', () => {
    const program = plainProgram({
      name: 'count',
      words: { count: 0 },
      cpus: [0, 1, 2].map(
        () =>
          function* (cpu, at) {
            yield* cpu.incReturn(at.count);
          },
      ),
      final: (read, at) => read(at.count) === 3,
    });
    for (let seed = 0; seed < 20; seed++) expect(run(program, seed).violation).toBeNull();
  });

  it.each([
    [false, 'the assertion over the final memory does not hold'],
    ['x is 1', 'x is 1'],
  ])('reports a final assertion that answers %j', (verdict, message) => {
    const program = plainProgram({ name: 'wrong', words: { x: 1 }, cpus: [nothing], final: () => verdict });
    expect(run(program, 1).violation).toMatchObject({ class: 'assertion', message });
  });

  it('reports an assertion in the middle, and stops there', () => {
    const program = plainProgram({
      name: 'middle',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          const value = yield* cpu.readOnce(at.x);
          yield* cpu.assert(value === 1, 'x was 1');
          yield* cpu.xchg(at.x, 9);
        },
      ],
    });
    const machine = run(program, 1);
    expect(machine.violation).toMatchObject({ class: 'assertion', cpu: 0, message: 'x was 1' });
    expect(machine.mem[program.at.x]).toBe(0);
  });

  it('reports a deadlock', () => {
    const program = plainProgram({
      name: 'stuck',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.condLoadAcquire(at.x, -1, 1);
        },
      ],
    });
    expect(run(program, 1).violation).toMatchObject({
      class: 'deadlock',
      message: 'nobody can move: CPU0 waits for x (is 0), interrupts on',
    });
  });

  it('touches nothing beyond its words and its hardware blocks', () => {
    // Stores, locks, interrupts, NMIs, waits and choices on three CPUs; the words behind the last block are
    // guards.
    const program = plainProgram({
      name: 'guards',
      words: { lock: 0, x: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], count: 0 },
      cpus: [0, 1, 2].map(
        () =>
          function* (cpu, at) {
            for (let i = 0; i < 10; i++) yield* cpu.writeOnce(at.x + i, cpu.id);
            yield* cpu.localIrqDisable();
            yield* cpu.spinLock(at.lock);
            yield* cpu.sendIpi((cpu.id + 1) % 3);
            if ((yield* cpu.choose(2)) === 1) yield* cpu.sendNmi((cpu.id + 2) % 3);
            yield* cpu.spinUnlock(at.lock);
            yield* cpu.localIrqEnable();
            yield* cpu.event(1, 2, 3);
            yield* cpu.condLoadAcquire(at.lock, 0, 0);
          },
      ),
      interrupt: function* (cpu, at) {
        yield* cpu.fetchAdd(at.count, 1);
        yield* cpu.iret();
      },
    });
    const guards = 2000;
    const image = new Int32Array(program.image.length + guards);
    image.set(program.image);
    image.fill(0x5eed, program.image.length);
    expect(program.image.length).toBe(program.hardwareBase + 3 * HW_WORDS_PLAIN);
    const guarded = { ...program, image };
    for (let seed = 0; seed < 200; seed++) {
      for (const memory of ['tso', 'sc'] as const) {
        const machine = run(guarded, seed, memory);
        expect(machine.violation).toBeNull();
        expect(machine.mem.subarray(program.image.length).every((word) => word === 0x5eed)).toBe(true);
      }
    }
  });

  it.each([
    'writeCr3',
    'invlpg',
    'invpcid',
    'userAccess',
    'walk',
    'faultEntry',
    'setPte',
    'ptepGetAndClear',
    'ptepSetWrprotect',
    'allocFrame',
    'freeFrame',
    'freeFrameRcu',
    'ownRegister',
    'promise',
    'operationReturned',
    'newAddressSpace',
  ] as const)('refuses %s, for which its machine has no words', (operation) => {
    const program = plainProgram({
      name: 'tlb',
      words: { x: 0 },
      cpus: [
        function* (cpu) {
          yield* cpu[operation]();
        },
      ],
    });
    expect(() => new Machine(program, 'tso').begin()).toThrow(
      `program "tlb": CPU0 executes ${operation}, but a plain program has no MMU`,
    );
  });

  it('may wait for a word to move on from a value', () => {
    const program = plainProgram({
      name: 'moves on',
      words: { x: 0, seen: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
          yield* cpu.writeOnce(at.x, 2);
        },
        function* (cpu, at) {
          const seen = yield* cpu.condLoadAcquireNot(at.x, -1, 0);
          yield* cpu.poke(at.seen, seen);
        },
      ],
    });
    const { outcomes } = enumerate(program, {
      memory: 'tso',
      project: (machine) => String(machine.mem[program.at.seen]),
    });
    expect(outcomes.map(({ state, violation }) => [state, violation])).toEqual([
      ['1', null],
      ['2', null],
    ]);
  });

  it.each([
    ['no name', { name: '', words: {}, cpus: [nothing] }, 'a program needs a name'],
    [
      'no CPU',
      { name: 'p', words: {}, cpus: [] },
      'program "p": cpus must be a list of 1 to 256 generator functions',
    ],
    [
      'a plain function',
      { name: 'p', words: {}, cpus: [nothing, () => {}] },
      'program "p": cpus[1] is not a generator function (function*)',
    ],
    [
      'a handler that is no function',
      { name: 'p', words: {}, cpus: [nothing], interrupt: 3 },
      'program "p": interrupt is not a generator function (function*)',
    ],
    [
      'a value that is no int32',
      { name: 'p', words: { x: 2 ** 31 }, cpus: [nothing] },
      'program "p": the initial value of "x" is 2147483648, not an int32',
    ],
    [
      'a fraction',
      { name: 'p', words: { x: [0, 0.5] }, cpus: [nothing] },
      'program "p": the initial value of "x" is 0.5, not an int32',
    ],
    ['an empty list', { name: 'p', words: { x: [] }, cpus: [nothing] }, 'program "p": "x" has no words'],
    [
      'half a pair',
      { name: 'p', words: {}, pairs: { s: [1] }, cpus: [nothing] },
      'program "p": pair "s" needs exactly two values',
    ],
    [
      'a name used twice',
      { name: 'p', words: { s: 0 }, pairs: { s: [1, 2] }, cpus: [nothing] },
      'program "p": "s" is both a word and a pair',
    ],
  ])('is refused with %s', (_what, spec, message) => {
    const make = (): unknown => new Machine(plainProgram(spec as never), 'tso').begin();
    expect(make).toThrow(ProgramError);
    expect(make).toThrow(message);
  });
});

describe('an operand that a plain program does not have', () => {
  type Ops = Record<string, (...operands: number[]) => Op>;
  const asked = (operation: string, operands: readonly number[]): void => {
    const program = plainProgram({
      name: 'p',
      words: { x: 0, y: 0 },
      pairs: { pair: [0, 0] },
      cpus: [
        function* (cpu) {
          yield* (cpu as unknown as Ops)[operation](...operands);
        },
      ],
    });
    const machine = new Machine(program, 'tso');
    machine.begin();
    if (machine.enabled.has(0)) machine.stepAgent(0);
  };

  it.each([
    ['readOnce', [4], 'readOnce of word 4, which the program does not have'],
    ['writeOnce', [-1, 1], 'writeOnce of word -1, which the program does not have'],
    [
      'writeOnce',
      [undefined as unknown as number, 1],
      'writeOnce of word undefined, which the program does not have',
    ],
    ['loadAcquire', [0.5], 'loadAcquire of word 0.5, which the program does not have'],
    ['condLoadAcquire', [9, -1, 0], 'condLoadAcquire of word 9, which the program does not have'],
    ['poke', [4, 1], 'poke of word 4, which the program does not have'],
    ['poke', [2, 2 ** 32], 'poke with 4294967296, which is no 32-bit integer'],
    ['cmpxchg', [2, Number.NaN, 1], 'cmpxchg with NaN, which is no 32-bit integer'],
    [
      'cmpxchgPair',
      [1, 0, 0, 1, 1],
      'cmpxchgPair of word 1, which is odd: pairs begin at even addresses (see "pairs")',
    ],
    ['sendIpi', [1], 'sendIpi to CPU 1, which the program does not have'],
    ['sendNmi', [-1], 'sendNmi to CPU -1, which the program does not have'],
    ['choose', [0], 'choose among 0: give a whole number of at least 1'],
  ])('%s(%j) is a mistake of it', (operation, operands, what) => {
    expect(() => asked(operation, operands)).toThrow(new ProgramError(`CPU0: ${what}`, 'p'));
  });

  it.each([
    [
      'an overflow',
      function* (cpu: PlainCpu) {
        yield* cpu.fetchAdd(0, 1);
      },
      'CPU0: fetchAdd overflows x at 2147483647 + 1',
    ],
    [
      'an iret out of place',
      function* (cpu: PlainCpu) {
        yield* cpu.iret();
      },
      'CPU0: iret outside an interrupt handler',
    ],
    [
      'a handler without iret',
      function* (cpu: PlainCpu) {
        yield* cpu.sendIpi(0);
        yield* cpu.smpMb();
      },
      'an interrupt handler of CPU0 ended without iret',
    ],
  ])('so is %s, which the machine meets', (_, script, what) => {
    const words = { x: 0x7fffffff };
    const program = plainProgram({ name: 'p', words, cpus: [script], interrupt: nothing });
    expect(() => enumerate(program, { memory: 'tso' })).toThrow(new ProgramError(what, 'p'));
  });
});

describe('a poke', () => {
  it('is seen by who waits for the word', () => {
    const program = plainProgram({
      name: 'poked',
      words: { x: 0, y: 0, seen: 7 },
      cpus: [
        function* (cpu, at) {
          const seen = yield* cpu.condLoadAcquire(at.x, -1, 1);
          yield* cpu.poke(at.seen, seen);
        },
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
          yield* cpu.smpMb();
          yield* cpu.poke(at.x, 0);
          yield* cpu.readOnce(at.y);
          yield* cpu.poke(at.x, 1);
        },
      ],
      final: (read, at) => read(at.seen) === 1,
    });
    for (const { violation } of enumerate(program, { memory: 'tso' }).outcomes) expect(violation).toBeNull();
  });
});

describe('an unlock', () => {
  it.each(['tso', 'sc'] as const)(
    'of a lock that the CPU does not hold is a violation under %s',
    (memory) => {
      const program = plainProgram({
        name: 'unlocks',
        words: { lock: 0 },
        cpus: [
          function* (cpu, at) {
            yield* cpu.spinLock(at.lock);
            yield* cpu.spinUnlock(at.lock);
            yield* cpu.spinUnlock(at.lock);
          },
        ],
      });
      const [{ violation }] = enumerate(program, { memory }).outcomes;
      expect(violation).toMatchObject({
        class: 'unlock-of-free',
        message: 'CPU0 unlocked lock, which it did not hold',
      });
    },
  );

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'a\nb', ''])('has words of any name: %j', (word) => {
    const { at, layout } = plainProgram({
      name: 'p',
      words: { before: 0, [word]: 7 },
      cpus: [function* () {}],
    });
    expect(layout.nameOf(at[word as keyof typeof at])).toBe(word);
  });
});
