import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { NO_MODULES, setLoadedModules } from '../../src/bundle/loaded.js';
import { createEngine } from '../../src/cli/engine.js';
import { ModuleFolder } from '../modules/write-module.js';
import { cli } from './run-cli.js';

/** What the command line says of a variant that changes nothing, and whose a violation is. */

const folder = new ModuleFolder();
const out = join(folder.path, 'findings');
afterAll(() => folder.remove());
beforeEach(() => setLoadedModules(NO_MODULES));

const run = (...argv: string[]) => cli(['hunt', ...argv, '--no-type-check', '--out', out], { engine: createEngine() });
const variant = (base: string): string[] => [
  "import { defineVariant, shouldFlushTlb } from 'shootdown';",
  `export const mine = defineVariant({ name: 'mine', base: '${base}', replace: { shouldFlushTlb, *hypercallTarget() {} } });`,
];

describe('a hunt of a variant that changes nothing', () => {
  const module = folder.write('idle.ts', ...variant('6.18'));
  const options = [module, '--scenario', 'ping-pong-munmap', '--executions', '40'];

  it('says so in the table, on stderr and by exit code 3', async () => {
    const { exitCode, stdout, stderr } = await run(...options);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('none, NO EFFECT');
    expect(stdout).toContain('changed nothing in any of 40 executions: shouldFlushTlb never did otherwise, hypercallTarget\n');
    expect(stdout).toMatch(/replaced shouldFlushTlb: ran \d+ times in \d+ executions; never otherwise than in 6\.18\n/);
    expect(stderr).toContain('shootdown: mine: changed nothing of 6.18; give --allow-no-effect if that is meant');
  });

  it('is no failure where that is meant, and says the same', async () => {
    const { exitCode, stdout, stderr } = await run(...options, '--allow-no-effect', '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).verdicts[0].effect).toMatchObject({ base: '6.18', changedNothing: true, otherwise: 0 });
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
    expect(stdout).toMatch(/^::warning title=mine%3A none%2C NO EFFECT::changed nothing in any of 40 executions/m);
  });

  it('fails by the violation that it has from its base, and says whose that is', async () => {
    const b1 = folder.write('of-b1.ts', ...variant('b1'));
    const { exitCode, stdout, stderr } = await run(b1, '--scenario', 'ping-pong-munmap', '--executions', '2000', '--reporter', 'junit');
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(stdout).toContain('the base has this too: b1 does the same on this very schedule');
    expect(stdout).toContain('this violation is one of b1');
  });
});

it('a hunt of a variant that the project brings has nothing to say of a base', async () => {
  const { stdout } = await run('--variant', '6.18', '--scenario', 'ping-pong-munmap', '--executions', '10', '--json');
  expect(JSON.parse(stdout).verdicts[0]).not.toHaveProperty('effect');
});
