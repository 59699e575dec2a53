import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { defineVariant, shouldFlushTlb } from '../../src/index.js';
import { neverRan } from '../../src/stress/replaced-calls.js';
import { cli } from '../cli/run-cli.js';
import { ModuleFolder } from '../modules/write-module.js';

/** How often what a variant replaces ran on threads; a run in which none of it did is one of its base. */

const folder = new ModuleFolder();
afterAll(() => folder.remove());

const module = folder.write(
  'mine.ts',
  "import { defineVariant, shouldFlushTlb } from 'shootdown';",
  'function* never() {}',
  'function* mine(cpu, target) { return yield* shouldFlushTlb(cpu, target); }',
  "export const ran = defineVariant({ name: 'ran', base: '6.18', replace: { shouldFlushTlb: mine, " +
    'hypercallTarget: never } });',
  "export const idle = defineVariant({ name: 'idle', base: '6.18', replace: { hypercallTarget: never } });",
);
const run = (variant: string, ...flags: string[]) =>
  cli(
    [
      'stress',
      module,
      '--no-type-check',
      '--variant',
      variant,
      '--scenario',
      'two-flushers',
      '--for',
      '300ms',
      ...flags,
    ],
    {
      engine: createEngine(),
    },
  );

describe('a run on threads', () => {
  it('says how often each replaced function ran, and which never did', async () => {
    const { exitCode, stdout } = await run('ran', '--json');
    expect(exitCode).toBe(0);
    const { replaced, changedNothing } = JSON.parse(stdout);
    expect(changedNothing).toBe(false);
    expect(replaced).toEqual([
      { name: 'shouldFlushTlb', calls: expect.any(Number) },
      { name: 'hypercallTarget', calls: 0 },
    ]);
    expect(replaced[0].calls).toBeGreaterThan(0);
  });

  it('of which nothing ever ran is loud, exit code 3 but for --allow-no-effect', async () => {
    const { exitCode, stdout, stderr } = await run('idle');
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/replaced hypercallTarget +NEVER RAN/);
    expect(stdout).toContain('NO EFFECT');
    expect(stderr).toContain(
      'idle: nothing that it replaces ever ran; give --allow-no-effect if that is meant',
    );
    expect((await run('idle', '--allow-no-effect')).exitCode).toBe(0);
  });
});

it('a variant that changes something else too has not changed nothing', () => {
  const replace = { shouldFlushTlb };
  const calls = [{ name: 'shouldFlushTlb', calls: 0 }];
  expect(neverRan(defineVariant({ name: 'a', replace }), calls)).toBe(true);
  expect(neverRan(defineVariant({ name: 'b', replace }), [{ name: 'shouldFlushTlb', calls: 1 }])).toBe(false);
  expect(neverRan(defineVariant({ name: 'c', replace, features: { filterSwitching: false } }), calls)).toBe(
    false,
  );
  expect(neverRan(defineVariant({ name: 'd', replace, backend: 'kvm' }), calls)).toBe(false);
  expect(neverRan(defineVariant({ name: 'e' }), [])).toBe(false);
  expect(neverRan(undefined, [])).toBe(false);
});
