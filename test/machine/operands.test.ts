import { describe, expect, it } from 'vitest';
import { nativeBackend } from '../../src/backends/native.js';
import { type KernelProgram, kernelProgram } from '../../src/kernel/kernel-program.js';
import { findProfile } from '../../src/kernel/profiles.js';
import { Cpu } from '../../src/machine/cpu.js';
import { Machine } from '../../src/machine/machine.js';
import { OperandError } from '../../src/machine/operands.js';
import type { Op } from '../../src/machine/protocol.js';
import { Cpu as StrippedCpu } from '../../src/machine/stripped/checked-cpu.js';
import { operationNames } from '../../src/subset/check-subset.js';
import { quiet } from '../kernel/harness.js';

/**
 * What kernel code may give to operations: each operand of each operation, in the explorer's build and in the
 * threads' that run users' code.
 */

const profile = findProfile('6.18');
if (profile === undefined) throw new Error('there is no profile 6.18');
const { features } = profile;
const program: KernelProgram = kernelProgram(quiet({ cpus: 2, pages: 9 }), {
  features,
  backend: nativeBackend,
});
const { mmu } = program;
if (mmu === null) throw new Error('a kernel has page tables');

const WORD = program.config.layout.lastCtxId;
const NO_INTEGER = [Number.NaN, undefined, 0.5, 2 ** 31, 1e12];
/**
 * By kind of operand: values that there are none of. The null page, allocator's, hardware's and ghost words
 * are no kernel's.
 */
const WILD: Readonly<Record<string, readonly unknown[]>> = {
  word: [...NO_INTEGER, -1, 0, 7, program.image.length, mmu.freeTop, program.hardwareBase, mmu.ghost.version],
  pair: [
    ...NO_INTEGER,
    -2,
    0,
    program.image.length,
    program.config.layout.cpus[0].tlbstate.ctxs[0].ctxId + 1,
  ],
  value: NO_INTEGER,
  cpu: [...NO_INTEGER, -1, 2],
  page: [...NO_INTEGER, -1, 9],
  frame: [...NO_INTEGER, -1, mmu.frames],
  mm: [...NO_INTEGER, -1, mmu.handles],
  pcid: [...NO_INTEGER, -1, 4096],
  type: [...NO_INTEGER, -1, 4],
  rights: [...NO_INTEGER, -1, 4],
  key: [...NO_INTEGER, -1, 9 + 2],
  entry: [...NO_INTEGER, 0, mmu.framesBase - 1, mmu.freeTop],
  pte: [...NO_INTEGER, -1, mmu.frames << 6],
  register: [...NO_INTEGER, -1, program.hardwareWords],
  count: [...NO_INTEGER, -1, 0],
};

/** Operands that are as they should be, each with its kind. */
const word = ['word', WORD] as const;
const value = ['value', 1] as const;
const entry = [
  ['mm', 3],
  ['key', 0],
  ['entry', mmu.framesBase],
] as const;
const OPERATIONS: Readonly<Record<string, readonly (readonly [kind: string, good: number])[]>> = {
  readOnce: [word],
  writeOnce: [word, value],
  loadAcquire: [word],
  storeRelease: [word, value],
  xchg: [word, value],
  cmpxchg: [word, value, value],
  cmpxchgPair: [['pair', program.config.layout.cpus[0].tlbstate.ctxs[0].ctxId], value, value, value, value],
  fetchAdd: [word, value],
  incReturn: [word],
  decReturn: [word],
  fetchOr: [word, value],
  fetchAnd: [word, value],
  condLoadAcquire: [word, value, value],
  condLoadAcquireNot: [word, value, value],
  spinLock: [word],
  spinUnlock: [word],
  sendIpi: [['cpu', 1]],
  sendNmi: [['cpu', 1]],
  writeCr3: [
    ['frame', 0],
    ['pcid', 1],
  ],
  invlpg: [['page', 0]],
  invpcid: [
    ['type', 0],
    ['pcid', 1],
    ['page', 0],
  ],
  userAccess: [['page', 0]],
  walk: [['page', 0]],
  faultEntry: [['page', 0]],
  setPte: [...entry, ['pte', 0]],
  ptepGetAndClear: entry,
  ptepSetWrprotect: entry,
  allocFrame: [value],
  freeFrame: [['frame', 1]],
  freeFrameRcu: [['frame', 1]],
  peek: [word],
  poke: [word, value],
  ownRegister: [['register', 0]],
  choose: [['count', 2]],
  event: [value, value, value],
  promise: [
    ['mm', 3],
    ['page', 0],
    ['rights', 1],
  ],
  newAddressSpace: [['mm', 3]],
};

type Ops = Record<string, (...operands: unknown[]) => Op>;

/**
 * A CPU of the stripped build with users' code, as far as operands are looked at: nothing else of its machine
 * is there.
 */
const strippedCpu = (): Ops => {
  const control = {
    words: new Int32Array(1),
    attention: () => 0,
    scratch: () => 0,
    enablings: () => 0,
    activity: () => 0,
    ring: () => 0,
  };
  const machine = {
    program: { ...program, host: null, image: program.image, words: program.words },
    control,
    runner: { trace: null },
    block: () => 0,
  };
  return new StrippedCpu(
    machine as unknown as ConstructorParameters<typeof StrippedCpu>[0],
    0,
  ) as unknown as Ops;
};

/** On the explorer: a CPU executes the operation. */
function explored(operation: string, operands: readonly unknown[]): void {
  const asking = kernelProgram(quiet({ cpus: 2, pages: 9 }), {
    features,
    backend: nativeBackend,
    replace: {
      *runScript(cpu) {
        yield* (cpu as unknown as Ops)[operation](...operands);
      },
    },
  });
  const machine = new Machine(asking, 'tso');
  machine.choose = () => 0;
  machine.begin();
  for (let step = 0; step < 2 && machine.enabled.has(0); step++) machine.stepAgent(0);
}

describe.each([
  ['the explorer', explored],
  ['threads', (operation: string, operands: readonly unknown[]) => strippedCpu()[operation](...operands)],
] as const)('an operand that the machine of %s does not have', (build, run) => {
  it.each(Object.entries(OPERATIONS))('of %s is a mistake of the kernel code', (operation, operands) => {
    const good = operands.map(([, operand]) => operand);
    // The explorer has one kind of operation for these.
    const name =
      build === 'threads'
        ? operation
        : operation.replace(/^(inc|dec)Return$/, 'fetchAdd').replace(/Not$/, '');
    operands.forEach(([kind], at) => {
      for (const wild of WILD[kind]) {
        const call = (): unknown =>
          run(
            operation,
            good.map((operand, i) => (i === at ? wild : operand)),
          );
        expect(call, `${kind} ${wild}`).toThrow(OperandError);
        expect(call).toThrow(/^scenario "quiet": CPU0: /);
        if (!/^(writeOnce|storeRelease)$/.test(operation)) expect(call).toThrow(`CPU0: ${name} `);
      }
    });
    if (build === 'the explorer') expect(() => run(operation, good)).not.toThrow();
  });

  it('is looked for in every operation', () => {
    const none = [
      'smpMb',
      'smpRmb',
      'smpWmb',
      'barrier',
      'localIrqDisable',
      'localIrqEnable',
      'iret',
      'operationReturned',
      'assert',
      'tlbsync',
      // It takes lists: test/machine/wait-until.
      'waitForChange',
    ];
    const names = [...operationNames(Cpu)].filter(
      (name) => ![...none, 'postFlush', 'hostOp', 'invlpgb', 'sendRar'].includes(name),
    );
    expect(Object.keys(OPERATIONS).sort()).toEqual(names.sort());
  });
});

describe('what only the executed operation shows', () => {
  it('is told with the line that made it', () => {
    const overflowing = kernelProgram(quiet({ scripts: [[{ op: 'run', mm: 0 }], []] }), {
      features,
      backend: nativeBackend,
      replace: {
        *runScript(cpu) {
          yield* cpu.writeOnce(WORD, 0x7fffffff);
          yield* cpu.incReturn(WORD);
        },
      },
    });
    const machine = new Machine(overflowing, 'sc');
    const run = (): void => {
      machine.begin();
      machine.stepAgent(0);
      machine.stepAgent(0);
    };
    expect(run).toThrow('scenario "quiet": CPU0: fetchAdd overflows last_mm_ctx_id at 2147483647 + 1');
    try {
      run();
    } catch (error) {
      expect((error as Error).stack).toContain('operands.test.ts');
    }
  });
});
