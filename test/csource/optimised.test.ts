import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { comparedSources, sourceOfFinding } from '../../src/cli/commands/source/kernel-source.js';
import { createEngine } from '../../src/cli/engine.js';
import type { ComparedSource, Engine } from '../../src/cli/engine-api.js';
import type { SourceCheck } from '../../src/csource/check-source.js';
import { mmPointer } from '../../src/csource/runtime/c-words.js';
import { type Translation, translate } from '../../src/csource/translate/translate.js';
import { readModule } from '../../src/csource/wasm/module.js';
import { cli } from '../cli/run-cli.js';
import { askedOnce } from './asked-once.js';
import { compiledAt, keptAt, LAST_FLUSH } from './fixtures/make-last-flush.js';
import { folderWithCache } from './own-cache.js';
import { runnerOf } from './translate/run-translated.js';
import { compiling, HAS_CLANG } from './with-clang.js';

vi.mock(import('../../src/csource/clang.js'), async (original) => askedOnce(await original()));

/**
 * C text as the optimiser leaves it: the small kernel in last-flush, which is right as long as the compiler
 * does what the source says.
 */

const TLB_C = readFileSync(join(LAST_FLUSH, 'arch/x86/mm/tlb.c'), 'utf8').split('\n');
const A = mmPointer(3);
const REF = { tree: LAST_FLUSH, variant: 'c/6.12-O2', base: '6.12.117', config: [], files: [] };
const PER_CPU = new Set(['cpu_tlbstate', 'flush_tlb_info']);
const CALLED = { condition: 'should_flush_tlb', called: 'flush_tlb_func' };

const translated = (wasm: Uint8Array): Translation =>
  translate({ module: readModule(wasm), perCpu: PER_CPU, ...CALLED });
const namesOf = (wasm: Uint8Array): string[] => translated(wasm).functions.map(({ name }) => name);

/** A switch to A by a CPU whose slot is one generation behind, and what was last flushed is known. */
function switchTo(wasm: Uint8Array): readonly string[] {
  const translation = translated(wasm);
  const { run, cpu } = runnerOf(translation);
  const own = translation.own.perMm.map(({ name }) => name.replace('mm.context.', ''));
  const ofMm = cpu.layout.own.perMm[3];
  const { tlbstate } = cpu.layout.cpus[1];
  for (const [word, value] of [
    [cpu.mms[3].ctxId, 6],
    [cpu.mms[3].tlbGen, 7],
    [cpu.mms[3].pgd, 4],
    [ofMm[own.indexOf('last_gen')], 7],
    [ofMm[own.indexOf('last_start')], 1 << 12],
    [ofMm[own.indexOf('last_end')], 2 << 12],
    [tlbstate.loadedMm, 2],
    [tlbstate.ctxs[0].ctxId, 6],
    [tlbstate.ctxs[0].tlbGen, 6],
  ])
    cpu.mem[word] = value;
  run('switch_mm_irqs_off', [0, A, 0]);
  return cpu.done;
}

const looks = (done: readonly string[]): string[] =>
  done.flatMap((one) => / mm\.context\.(last_\w+)/.exec(one)?.[1] ?? []);
const ONCE = ['last_seq', 'last_gen', 'last_start', 'last_end'];
const TWICE = [...ONCE, 'last_seq'];

describe('what the optimiser leaves', () => {
  it.each([
    [0, TWICE],
    [2, ONCE],
  ] as const)('at -O%i, as it was compiled', (level, wanted) => {
    expect(looks(switchTo(readFileSync(keptAt(level))))).toEqual(wanted);
  });
});

/** Several processes' worth of starting up a test, on a machine that may be busy. */
const PATIENCE = { timeout: 240_000 };

describe.skipIf(!HAS_CLANG)(compiling('what the optimiser leaves'), () => {
  const folder = folderWithCache('optimised');
  const run = (...argv: string[]) => cli(argv, { engine: createEngine() });
  const hunt = () =>
    run(
      ...['hunt', '--kernel-source', LAST_FLUSH, '--c-opt', '2'],
      ...['--scenario', 'ping-pong-munmap', '--executions', '100', '--jobs', '1', '--no-base', '--json'],
      ...['--out', join(folder, 'out')],
    );

  it('is every volatile access and every operation, in their order', PATIENCE, async () => {
    const { wasm } = await compiledAt(2, ['LOOK_ONCE']);
    // These two are plain there, and read again and again.
    const ordered = (done: readonly string[]) => done.filter((one) => !/^read_once (ctx_id|pgd)/.test(one));
    const written = switchTo(readFileSync(keptAt(0)));
    expect(ordered(switchTo(wasm))).toEqual(ordered(written));
    expect(switchTo(wasm).length).toBeLessThan(written.length);
    expect(looks(written)).toEqual(TWICE);
    // The compiler that is here, and not only the one that made what is kept.
    const plain = await compiledAt(2);
    expect([...looks(switchTo(plain.wasm))].sort()).toEqual([...ONCE].sort());
    // Which CPU it is stands between no two reads of a word.
    expect(switchTo(plain.wasm).filter((one) => one.startsWith('read_once ctx_id'))).toHaveLength(1);
    // Entered, or called on CPUs: timelines are told by them.
    for (const name of ['switch_mm_irqs_off', 'enter_lazy_tlb', 'flush_tlb_func'])
      expect(namesOf(plain.wasm)).toContain(name);
  });

  // At -O0, and with READ_ONCE, the same is done in the same order: bench/csource/optimised.ts hunts those.
  it('is what a hunt runs: the second look is gone, and the violation there', PATIENCE, async () => {
    const { exitCode, stdout, stderr } = await hunt();
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const [{ variant, violation, finding: file, restsOn }] = JSON.parse(stdout).verdicts;
    expect([variant, violation]).toEqual(['c/6.12-O2', 'stale-use']);
    expect(restsOn).toContainEqual(expect.stringMatching(/^compiler: the accesses that clang -O2 leaves/));
    expect(restsOn).toContainEqual(expect.stringMatching(/^not modelled: .*hugepages/));
    expect(restsOn).not.toContainEqual(expect.stringMatching(/^not modelled: .*compiler/));
    const finding = JSON.parse(readFileSync(file, 'utf8'));
    expect(finding.kernelSource.optimisation).toBe(2);
    expect(await run('replay', file)).toMatchObject({ exitCode: 1, stderr: '' });
  });

  it('is what a replay compiles, by what the finding says', async () => {
    const asked: unknown[] = [];
    const prepareSource: Engine['prepareSource'] = async (_, options) => {
      asked.push(options.optimisation);
      return { module: '', variant: '', ref: REF };
    };
    const engine = { ...createEngine(), prepareSource };
    await sourceOfFinding(engine, { ...REF, optimisation: 2 }, undefined);
    await sourceOfFinding(engine, { ...REF, optimisation: 2 }, LAST_FLUSH);
    await sourceOfFinding(engine, REF, undefined);
    expect(asked).toEqual([2, 2, undefined]);
  });

  it('is what two states of a tree are compared at', async () => {
    const asked: unknown[] = [];
    const engine: Engine = {
      ...createEngine(),
      prepareSource: async (tree, { optimisation }) => {
        asked.push(optimisation);
        const file = { file: 'tlb.c', sha256: tree };
        return { module: '', variant: '', ref: { ...REF, files: [file] } };
      },
    };
    await comparedSources(engine, { kernelSource: LAST_FLUSH, cOpt: 2 }, folder);
    expect(asked).toEqual([2, 2]);
  });

  it('is what a check tells of, beside what is written', async () => {
    const asked: unknown[] = [];
    const compared = { functions: [], ownWords: 'same' };
    const engine: Engine = {
      ...createEngine(),
      checkSource: async (_, { optimisation }) => {
        asked.push(optimisation);
        return { refused: null } as SourceCheck;
      },
      prepareSource: async (_, { optimisation }) => {
        asked.push(optimisation);
        return { module: '', variant: `c-O${optimisation}`, ref: REF };
      },
      loadModules: async () => ({ variants: [], programs: [], scenarios: [] }),
      compareSource: async (given) => {
        asked.push(given);
        return compared as unknown as ComparedSource;
      },
    };
    const argv = ['source', 'check', LAST_FLUSH, '--c-opt', '2', '--json'];
    const { exitCode, stdout } = await cli(argv, { engine });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ refused: null, optimised: compared });
    expect(asked).toEqual([2, 2, 0, { variant: 'c-O2', base: 'c-O0' }]);
  });

  it('is compared with what is written, access by access', PATIENCE, async () => {
    const asked = ['source', 'compare', LAST_FLUSH, '--c-opt', '2', '--executions', '1', '--json'];
    const { exitCode, stdout, stderr } = await run(...asked);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      ...{ format: 'shootdown-source-compare', variant: 'c/6.12-O2', base: 'c/6.12', ownWords: 'same' },
    });
    const { differences } = found.functions.find(
      ({ name }: { readonly name: string }) => name === 'switch_mm_irqs_off',
    );
    const line = TLB_C.findIndex((text) => text.includes('LOOK(mm->context.last_seq) != seq')) + 1;
    expect(differences).toContainEqual(
      expect.objectContaining({
        ...{ kind: 'right', name: 'read of mm.context.last_seq', isRepeated: true },
        right: [`arch/x86/mm/tlb.c:${line}`],
      }),
    );
    // Words that nobody reads plainly there.
    const names: string[] = differences.map(({ name }: { readonly name: string }) => name);
    expect(names.filter((name) => !/ctx_id|last_|pgd/.test(name))).toEqual([]);
  });

  it('is asked for by a level, of C text', async () => {
    for (const [argv, said] of [
      [['--kernel-source', LAST_FLUSH, '--c-opt', '3'], /--c-opt: "3" is not a level; give 0 or 2/],
      [['--c-opt', '2'], /--c-opt: there is no C text to compile; give the tree with --kernel-source DIR/],
    ] as const) {
      const refused = await run('hunt', ...argv);
      expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toMatch(said);
    }
  });

  it.each([
    [['trace', 'check', '--kernel-source', LAST_FLUSH, '--c-opt', '2', 'a.trace'], /--c-opt: a check stands/],
    [['study', 'remote-tlb-gen', '--kernel-source', LAST_FLUSH], /--kernel-source: rules and backends/],
  ])('%s is refused, and says why', async (argv, said) => {
    const refused = await run(...argv);
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(said);
    expect((await run(...argv.slice(0, argv[0] === 'study' ? 1 : 2), '--help')).stdout).not.toMatch(
      /--c-opt/,
    );
  });
});
