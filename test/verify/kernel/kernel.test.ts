import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateLowered, type Fault, projectFile } from '../lowered.js';
import type * as Entry from './entry.js';

const load = (fault: Fault | null = null): Promise<typeof Entry> =>
  evaluateLowered(`export * from ${JSON.stringify(projectFile('test/verify/kernel/entry.ts'))};`, fault);

let entry: typeof Entry;

beforeAll(async () => {
  entry = await load();
}, 120_000);

describe('all executions of a kernel in a scenario', () => {
  it.each([
    ['6.18', 'dontneed-read', 'tso'],
    ['6.18', 'reclaim-read', 'tso'],
    ['6.18', 'protect-write', 'sc'],
    ['6.18', 'lazy-exit', 'sc'],
    ['kvm', 'preempted-read', 'sc'],
  ] as const)('%s in %s under %s: complete, no violation', { timeout: 60_000 }, (variant, name, memory) => {
    const { complete, schedule } = entry.search(variant, entry.scenarioOf(name), memory);
    expect({ complete, schedule }).toEqual({ complete: true, schedule: null });
  });
});

describe('a bug that needs a bit of mm_cpumask which is set already', () => {
  const marked = (variant: string, memory: 'tso' | 'sc') =>
    entry.search(variant, entry.scenarioOf('switch-back-marked'), memory);

  it('has a witness, and none without store buffers', { timeout: 60_000 }, () => {
    expect(marked('b1', 'tso').schedule).not.toBeNull();
    expect(marked('b1', 'sc')).toMatchObject({ complete: true, schedule: null });
  });

  it('has none where it is fixed', { timeout: 60_000 }, () => {
    expect(marked('b1-fixed', 'tso')).toMatchObject({ complete: true, schedule: null });
  });
});

describe('a search that is killed and gone on with', () => {
  it.each([
    ['6.18', 'switch-back', 'sc', { rests: 3, isReduced: false }],
    ['b1', 'switch-back-marked', 'tso', { rests: 2, isReduced: false }],
    // Steps at once: who changes what is kept; the witness is searched again without them.
    ['b1', 'switch-back-marked', 'tso', { rests: 1, isReduced: true }],
    ['kvm', 'preempted-read', 'tso', { rests: 1, isReduced: false }],
    ['6.18', 'switch-back', 'tso', { rests: 1, isReduced: false, switchesMax: 1 }],
  ] as const)('%s in %s under %s comes to the same answer: %o', { timeout: 60_000 }, (...given) => {
    const [variant, name, memory, how] = given;
    const { whole, killed, kills } = entry.killedAndNot(variant, entry.scenarioOf(name), memory, how);
    expect(kills).toBeGreaterThan(1);
    expect(killed).toEqual(whole);
  });
});

describe("a variant's own assertions", () => {
  const witness = (variant: string) =>
    entry.search(variant, entry.scenarioOf('dontneed-read'), 'tso').schedule?.length ?? null;

  it('are judged in every state, and at every end', { timeout: 60_000 }, () => {
    expect(witness('always-true')).toBeNull();
    const [always, final] = [witness('always-young'), witness('young-at-the-end')];
    expect(always).toBeGreaterThan(0);
    expect(final).toBeGreaterThan(always!);
  });
});

describe('what is left out of states, and what is remembered for other states', () => {
  it.each([
    ['6.18', 'dontneed-read', 'tso', {}],
    ['6.18', 'cow-read', 'tso', {}],
    ['6.18', 'munmap-walk', 'sc', {}],
    ['kvm', 'preempted-read', 'sc', {}],
  ] as const)('%s in %s under %s: the same ends', { timeout: 60_000 }, (variant, name, memory, changes) => {
    const scenario = entry.scenarioOf(name, changes);
    const usual = entry.ends(variant, scenario, memory, {});
    const raw = entry.ends(variant, scenario, memory, { isRaw: true });
    const whole = entry.ends(variant, scenario, memory, { isWhole: true });
    expect(usual.complete && raw.complete && whole.complete).toBe(true);
    expect(usual.ends.length).toBeGreaterThan(0);
    expect(raw.ends).toEqual(usual.ends);
    expect(whole).toEqual(usual);
    expect(raw.states).toBeGreaterThanOrEqual(usual.states);
  });
});

/** Variant, scenario, executions. */
const FOLLOWED = [
  ['6.18', 'switch-one-slot', 20],
  ['6.18', 'munmap-walk', 30],
  ['6.18', 'two-dontneed', 20],
  ['6.18', 'lazy-exit', 20],
  ['6.18', 'dontneed-two-readers', 10],
  ['kvm', 'preempted-write', 30],
  ['hypercall', 'preempted-write', 20],
] as const;

/** Steps that were the same, and the first difference. */
const followAll = (made: typeof Entry): { readonly steps: number; readonly different: string | null } => {
  let steps = 0;
  for (const [variant, name, executions] of FOLLOWED)
    for (const memory of ['tso', 'sc'] as const) {
      const found = made.followRandomly(variant, made.scenarioOf(name), memory, executions);
      steps += found.steps;
      if (found.different !== null)
        return { steps, different: `${variant} in ${name} under ${memory}: ${found.different}` };
    }
  return { steps, different: null };
};

describe('random executions of the machine', () => {
  it('are step by step among the moves', { timeout: 120_000 }, () => {
    const { steps, different } = followAll(entry);
    expect(different).toBeNull();
    expect(steps).toBeGreaterThan(10_000);
  });

  it('are too where a CPU waits for one of several words, and is interrupted', {
    timeout: 120_000,
  }, async () => {
    const waiting = await load({
      file: 'kernel/smp.ts',
      text: 'yield* cpu.condLoadAcquire(cfd.csd[word * 32 + bit] + CSD_FLAGS, CSD_FLAG_LOCK, 0);',
      by:
        'for (const own = cpu.own.tlbstate, csd = cfd.csd[word * 32 + bit] + CSD_FLAGS; ; ) {' +
        'const flags = yield* cpu.readOnce(csd); const lazy = yield* cpu.readOnce(own.isLazy);' +
        'if ((flags & CSD_FLAG_LOCK) === 0) break;' +
        'yield* cpu.waitForChange([csd, own.isLazy], [flags, lazy]); }',
    });
    for (const memory of ['tso', 'sc'] as const) {
      const found = waiting.followRandomly('6.18', waiting.scenarioOf('two-dontneed'), memory, 40);
      expect(found.different).toBeNull();
      expect(found.steps).toBeGreaterThan(2_000);
    }
  });

  it.each([
    [
      'a word that changes is not noticed',
      { file: 'kernel/shared-words.ts', text: 'mem[i] !== image[i] &&', by: 'mem[i] > image[i] &&' },
    ],
    ['a register is forgotten', { file: 'kernel/cpu-parts.ts', text: '  H.IF,\n', by: '' }],
    [
      'what a handler interrupted is forgotten',
      { file: 'kernel/cpu-parts.ts', text: 'code.callers.push(caller);', by: 'code.callers.push(0);' },
    ],
    [
      'a store in the buffer loses what kind it is',
      {
        file: 'kernel/cpu-parts.ts',
        text: 'word < H.SB_OTHERS; word++) this.push',
        by: 'word < 2; word++) this.push',
      },
    ],
    [
      'an operation that looks at other CPUs is remembered for other states',
      {
        file: 'kernel/kernel-mover.ts',
        text: '  K.OP_FREE_FRAME,\n',
        by: '  K.OP_FREE_FRAME,\n  K.OP_SEND_IPI,\n',
      },
    ],
  ] as const)('are not where %s', { timeout: 120_000 }, async (_, fault) => {
    const faulty = await load(fault);
    let isSeen: boolean;
    try {
      isSeen = followAll(faulty).different !== null;
    } catch {
      isSeen = true;
    }
    expect(isSeen).toBe(true);
  });
});
