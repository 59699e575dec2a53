import { afterAll, describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import { hunt } from '../../src/explore/hunt.js';
import { openPool } from '../../src/explore/pool.js';
import { parseFinding } from '../../src/findings/schema.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import * as api from '../../src/index.js';
import { replayOnThreads } from '../../src/lockstep/replay-on-threads.js';
import { loadModules } from '../../src/modules/load.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { ModuleFolder, program } from './write-module.js';

/** What users' modules define is hunted on a pool, and what is found replays. */

const folder = new ModuleFolder();
afterAll(() => folder.remove());

const plan = { strategies: ['random', 'pct', 'delay'], seed: 1, memory: 'tso' as const, jobs: 1 };

async function huntProgram(
  name: string,
  lines: readonly string[],
  options: { memory?: 'tso' | 'sc'; jobs?: number } = {},
) {
  const file = folder.write(name, ...lines);
  const { modules } = await loadModules([file], { api, apiFile: sourceFile('index'), typeCheck: false });
  const pool = openPool(options.jobs ?? 1, modules);
  try {
    return { ...(await hunt({ ...plan, ...options, program: 'p', executions: 3_000, pool })), modules };
  } finally {
    await pool.close();
  }
}

const STORE_BUFFERING = [
  "import { plainProgram } from 'shootdown';",
  'export const p = plainProgram({',
  "  name: 'p', words: { x: 0, y: 0, sawX: 0, sawY: 0 },",
  '  cpus: [',
  '    function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); const seen = yield* cpu.readOnce(at.y); ' +
    'yield* cpu.poke(at.sawY, seen); },',
  '    function* (cpu, at) { yield* cpu.writeOnce(at.y, 1); const seen = yield* cpu.readOnce(at.x); ' +
    'yield* cpu.poke(at.sawX, seen); },',
  '  ],',
  "  final: (read, at) => read(at.sawX) + read(at.sawY) > 0 || 'both read 0',",
  '});',
];

describe('a program of a module', () => {
  it(
    'is hunted, the same for one job and two, and its witness replays from its file, on ' + 'threads too',
    async () => {
      const one = await huntProgram('sb.ts', STORE_BUFFERING);
      expect(one.verdict).toMatchObject({
        variant: 'p',
        program: true,
        scenario: 'plain program',
        violation: 'assertion',
      });
      const two = await huntProgram('sb.ts', STORE_BUFFERING, { jobs: 2 });
      expect(two.finding).toEqual(one.finding);
      const finding = parseFinding(serializeFinding(one.finding!), 'f.json');
      expect(finding).toMatchObject({ program: 'p', cpus: 2, modules: [{ sha256: expect.any(String) }] });
      const replay = replayFinding(finding, true, one.modules);
      expect(replay).toMatchObject({
        reproduced: true,
        violation: { class: 'assertion', message: 'both read 0' },
      });
      expect(replay.trace.map(({ site }) => site)).toContainEqual({
        file: folder.shown(`${folder.path}/sb.ts`),
        line: 5,
      });
      expect(await replayOnThreads(finding, one.modules)).toMatchObject({ agrees: true, threads: 2 });
    },
  );

  it('shows no store buffering under sequential consistency', async () => {
    expect((await huntProgram('sb.ts', STORE_BUFFERING, { memory: 'sc' })).verdict).toMatchObject({
      violation: null,
      executions: 3_000,
    });
  });

  it('is judged after every step where it asserts over any state', async () => {
    const { finding, modules } = await huntProgram('always.ts', [
      "import { plainProgram } from 'shootdown';",
      "export const p = plainProgram({ name: 'p', words: { a: 0, b: 0 }, cpus: [function* (cpu, at) {",
      '  yield* cpu.writeOnce(at.a, 1); yield* cpu.writeOnce(at.b, 1); yield* cpu.smpMb(); yield* ' +
        'cpu.writeOnce(at.a, 0);',
      "}], always: (read, at) => read(at.a) === read(at.b) || 'a is not b', final: () => true });",
    ]);
    expect(finding).toMatchObject({ violation: { class: 'assertion', message: 'a is not b' } });
    expect(replayFinding(finding!, true, modules).reproduced).toBe(true);
  });

  it.each([
    ['that throws', program("throw new RangeError('too far');"), /:4: threw RangeError: too far$/],
    [
      'that throws what is no Error',
      program("throw 'too far';"),
      /\.ts:4: threw "too far", which is no Error$/,
    ],
    [
      'Ärger 100 %41 日本',
      program("throw new RangeError('too far');"),
      /Ärger-100-%41-日本\.ts:4: threw RangeError: too far$/,
    ],
    [
      'that never comes to an operation',
      program('yield* cpu.writeOnce(at.x, 1); for (;;) { }'),
      /:4: this loop turns without end/,
    ],
    [
      'that does what it cannot',
      program('yield* (cpu as any).invlpg(1);'),
      /:4: program "p": CPU0 executes invlpg, but a plain program has no MMU$/,
    ],
    [
      'that reads what it does not have',
      program('yield* cpu.readOnce(12345);'),
      /:4: program "p": CPU0: readOnce of word 12345/,
    ],
    [
      'that does so in a function of its own',
      [
        ...program('yield* outer(cpu, 12345);'),
        'function* inner(cpu: any, word: number): any {',
        '  return yield* cpu.readOnce(word);',
        '}',
        'function* outer(cpu: any, word: number): any {',
        '  return (yield* inner(cpu, word)) + 1;',
        '}',
      ],
      /:7: program "p": CPU0: readOnce of word 12345/,
    ],
    [
      'whose assertion says nothing',
      program('yield* cpu.writeOnce(at.x, 1);', 'final: (() => 3) as any '),
      /program "p": an assertion answers true, false or a sentence, not 3$/,
    ],
  ])('%s is a mistake with its line', async (name, lines, expected) => {
    const failed = huntProgram(`${name.replaceAll(' ', '-')}.ts`, lines);
    await expect(failed).rejects.toThrow(expected);
    await expect(failed).rejects.toBeInstanceOf(api.InputError);
  });
});

describe('a variant of a module', () => {
  it(
    'that calls a function of the kernel with what it cannot bear is told the line of its ' + 'own that did',
    async () => {
      const file = folder.write(
        'caller.ts',
        "import { defineVariant, type KernelCpu, type Protocol } from 'shootdown';",
        'function* drop(cpu: KernelCpu): Protocol<void> {',
        '  yield* cpu.fn.mmdrop(cpu, 1_000);',
        '}',
        'function* flushTlbMmRange(cpu: KernelCpu): Protocol<void> {',
        '  yield* drop(cpu);',
        '}',
        "export const mine = defineVariant({ name: 'mine', base: '6.18', replace: { flushTlbMmRange } });",
      );
      const { modules } = await loadModules([file], { api, apiFile: sourceFile('index'), typeCheck: false });
      const pool = openPool(1, modules);
      try {
        const failed = hunt({ ...plan, variant: 'mine', scenarios: catalogue, executions: 2_000, pool });
        await expect(failed).rejects.toThrow(`${folder.shown(file)}:3: threw TypeError: `);
      } finally {
        await pool.close();
      }
    },
  );

  it('is found to be wrong where a function of its own is, and its witness names the place', async () => {
    const file = folder.write(
      'variant.ts',
      "import { defineVariant, type KernelCpu, LOADED_MM_SWITCHING, type Protocol } from 'shootdown';",
      'function* shouldFlushTlb(cpu: KernelCpu, target: number): Protocol<boolean> {',
      '  const loaded = yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);',
      '  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);',
      '  return loaded === mm;',
      '}',
      "export const mine = defineVariant({ name: 'mine', base: '6.18', replace: { shouldFlushTlb } });",
    );
    const { modules } = await loadModules([file], { api, apiFile: sourceFile('index'), typeCheck: true });
    const pool = openPool(2, modules);
    try {
      const { verdict, finding } = await hunt({
        ...plan,
        jobs: 2,
        variant: 'mine',
        scenarios: catalogue,
        executions: 20_000,
        pool,
      });
      expect(verdict).toMatchObject({
        variant: 'mine',
        violation: expect.stringMatching(/stale-use|freed-table-walk|cross-mm/),
      });
      expect(finding).toMatchObject({ variant: 'mine', modules: [{}] });
      const replay = replayFinding(finding!, true, modules);
      expect(replay.reproduced).toBe(true);
      expect(replay.trace.map(({ site }) => site)).toContainEqual({ file: folder.shown(file), line: 3 });
      expect(replay.trace.some(({ functions }) => functions.includes('should_flush_tlb'))).toBe(true);
      const other = await hunt({
        ...plan,
        jobs: 2,
        variant: 'b1',
        scenarios: catalogue,
        executions: 20_000,
        pool,
      });
      expect(other.finding).not.toHaveProperty('modules');
    } finally {
      await pool.close();
    }
  });
});
