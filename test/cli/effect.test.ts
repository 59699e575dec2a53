import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { ModuleFolder } from '../modules/write-module.js';
import { cli } from './run-cli.js';

/** What the command line says of a variant that changes nothing, and whose a violation is. */

const folder = new ModuleFolder();
const out = join(folder.path, 'findings');
afterAll(() => folder.remove());

const run = (...argv: string[]) =>
  cli(['hunt', ...argv, '--no-type-check', '--jobs', '1', '--out', out], { engine: createEngine() });
const variant = (base: string): string[] => [
  "import { defineVariant, shouldFlushTlb } from 'shootdown';",
  `export const mine = defineVariant({ name: 'mine', base: '${base}', replace: { shouldFlushTlb, ` +
    '*hypercallTarget() {} } });',
];

describe('a hunt of a variant that changes nothing', () => {
  const module = folder.write('idle.ts', ...variant('6.18'));
  const options = [module, '--scenario', 'ping-pong-munmap', '--executions', '40'];

  it('says so in the table, on stderr and by exit code 3', async () => {
    const { exitCode, stdout, stderr } = await run(...options);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('none, NO EFFECT');
    expect(stdout).toContain(
      'changed nothing in any of 40 executions: shouldFlushTlb never did otherwise, hypercallTarget\n',
    );
    expect(stdout).toMatch(
      /replaced shouldFlushTlb: ran \d+ times in \d+ executions; never otherwise than in 6\.18\n/,
    );
    expect(stderr).toContain(
      'shootdown: mine: changed nothing of 6.18; give --allow-no-effect if that is meant',
    );
  });

  it('is no failure where that is meant, and says the same', async () => {
    const { exitCode, stdout, stderr } = await run(...options, '--allow-no-effect', '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).verdicts[0].effect).toMatchObject({
      base: '6.18',
      changedNothing: true,
      otherwise: 0,
    });
  });

  it.each([
    [[], 'errors="1"', '<error type="no-effect" message="changed nothing in any of 40 executions'],
    [['--allow-no-effect'], 'errors="0"', '<system-out>'],
  ])('is an error in JUnit, but for %j', async (flags, ...texts) => {
    const { stdout } = await run(...options, ...flags, '--reporter', 'junit');
    for (const text of texts) expect(stdout).toContain(text);
  });

  it('is a warning on GitHub', async () => {
    const { stdout } = await run(...options, '--reporter', 'github-actions');
    expect(stdout).toMatch(
      /^::warning title=mine%3A none%2C NO EFFECT::changed nothing in any of 40 executions/m,
    );
  });

  it('fails by the violation that it has from its base, and says whose that is', async () => {
    const b1 = folder.write('of-b1.ts', ...variant('b1'));
    const { exitCode, stdout, stderr } = await run(
      b1,
      '--scenario',
      'ping-pong-munmap',
      '--executions',
      '2000',
      '--reporter',
      'junit',
    );
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(stdout).toContain('the base has this too: b1 does the same on this very schedule');
    expect(stdout).toContain('this violation is one of b1');
  });
});

it('a hunt of a variant that the project brings has nothing to say of a base', async () => {
  const { stdout } = await run(
    '--variant',
    '6.18',
    '--scenario',
    'ping-pong-munmap',
    '--executions',
    '10',
    '--json',
  );
  expect(JSON.parse(stdout).verdicts[0]).not.toHaveProperty('effect');
});

describe('the code of a module', () => {
  const half = folder.write(
    'half.ts',
    "import { defineVariant, shouldFlushTlb } from 'shootdown';",
    'function* half(cpu, target) {',
    '  if (target > 20) {',
    '    yield* cpu.smpMb();',
    '    return true;',
    '  }',
    '  return yield* shouldFlushTlb(cpu, target);',
    '}',
    'function* other(cpu, target) {',
    '  return yield* shouldFlushTlb(cpu, target);',
    '}',
    "export const mine = defineVariant({ name: 'mine', base: '6.18', replace: { shouldFlushTlb: half } });",
    "export const others = defineVariant({ name: 'others', base: '6.18', replace: { shouldFlushTlb: " +
      'other } });',
  );
  const options = [
    '--allow-no-effect',
    '--variant',
    'mine',
    '--scenario',
    'ping-pong-munmap,lazy-return',
    '--executions',
    '40',
  ];

  it('is told by lines and branches that ran and that never did, the same for one job and two', async () => {
    const { stdout } = await run(half, ...options, '--json', '--jobs', '1');
    const [verdict] = JSON.parse(stdout).verdicts;
    expect(verdict.code).toEqual([
      {
        ...{ file: folder.shown(half), lines: 4, linesRan: 2, branches: 2, branchesRan: 1 },
        ...{ never: [{ from: 4, to: 5 }], untaken: [{ line: 3, branch: 'if true' }], partly: [] },
      },
    ]);
    expect(verdict.restsOn[1]).toBe(
      `code of ${folder.shown(half)}: 2 of 4 lines and 1 of 2 branches ran; never: lines 4 to 5, line ` +
        '3 (if true)',
    );
    const two = JSON.parse((await run(half, ...options, '--json', '--jobs', '2')).stdout).verdicts[0];
    expect([two.code, two.effect]).toEqual([verdict.code, verdict.effect]);
  });
});
