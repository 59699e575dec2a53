import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import type { Differences } from '../../src/study/difference.js';
import { ModuleFolder } from '../modules/write-module.js';
import { type CliRun, type CliSettings, cli } from './run-cli.js';

/** `shootdown compare BASE PATCH`, on the real engine, with few executions. */

const folder = new ModuleFolder();
const out = join(folder.path, 'findings');
afterAll(() => folder.remove());

/** With one job where it says nothing of jobs: a second takes longer to start than these executions. */
function run(line: string, settings: CliSettings = {}): Promise<CliRun> {
  const jobs = line.includes('--jobs') ? [] : ['--jobs', '1'];
  return cli(['compare', ...line.split(' '), ...jobs, '--out', out], { engine: createEngine(), ...settings });
}
const FEW = '--scenario ping-pong-dontneed,lazy-targets --executions 400';

describe('two kernels', () => {
  it(
    'a patch with a violation that the base has not: exit code 1, a finding, its sentence, ' +
      'in 78 columns',
    async () => {
      const { exitCode, stdout, stderr } = await run('6.18 6.14 --scenario far-generations --executions 100');
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toContain('known of this kernel: ');
      const broken = await run(`6.18~filterSwitching ${FEW}`);
      expect([broken.exitCode, broken.stderr]).toEqual([1, '']);
      expect(broken.stdout).toMatch(/^base {3}6\.18: none in 400 executions$/m);
      expect(broken.stdout).toMatch(
        /^ {2}Not safe: stale-use in ping-pong-dontneed, and 6\.18 has it neither/m,
      );
      expect(readdirSync(out)).toEqual([
        expect.stringMatching(/^6\.18-filterSwitching--ping-pong-dontneed--stale-use/),
      ]);
      for (const { stdout: text } of [{ stdout }, broken])
        expect(text.split('\n').filter((line) => line.length > 78 && !line.includes(out))).toEqual([]);
    },
  );

  it(
    'a base with it is gone past, and what both have, or only the base, is told as that: ' + 'exit code 0',
    async () => {
      const same = await run(`6.18~filterSwitching 6.18~filterSwitching~filterLoadedMm --json ${FEW}`);
      const document = JSON.parse(same.stdout);
      expect(document).toMatchObject({
        base: '6.18~filterSwitching',
        verdicts: [{ violation: 'stale-use' }, {}],
      });
      expect(document.shared.length + document.gone.length).toBeGreaterThan(0);
      const fixed = JSON.parse((await run(`6.18~filterSwitching 6.18 --json ${FEW}`)).stdout);
      expect(fixed).toMatchObject({
        isNew: false,
        shared: [],
        verdicts: [{ violation: 'stale-use' }, { violation: null }],
      });
      expect(fixed.gone.map((met: { class: string }) => met.class)).toContain('stale-use');
    },
  );

  it('a known witness is a violation of the patch, whatever the run meets', async () => {
    const { exitCode, stdout } = await run('kvm/v0 kvm/v6 --scenario lazy-targets --executions 30 --json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      isNew: true,
      verdicts: [{ witness: null }, { witness: { class: 'stale-use' } }],
    });
  });

  it('counts per operation in pairs, each with its interval, what only a host does too', async () => {
    const line = 'hypercall/v0 hypercall/v7 --scenario lazy-targets,ping-pong-dontneed --executions 60';
    const document = JSON.parse((await run(`${line} --jobs 2 --json`)).stdout);
    expect(document).toMatchObject({
      format: 'shootdown-compare',
      version: 1,
      pairs: 60,
      per: 1000,
      interrupted: false,
    });
    const told = Object.values<Differences>(document.counters).flatMap((counter) => [counter, counter.apart]);
    for (const { base, patch, difference, low, high, seen } of told) {
      const [change, least, most] = [Number(difference), Number(low), Number(high)];
      expect(change).toBeCloseTo(Number(patch) - Number(base), 2);
      expect(least).toBeLessThanOrEqual(change);
      expect(most).toBeGreaterThanOrEqual(change);
      expect(seen).toBe(most < 0 ? 'less' : least > 0 ? 'more' : 'none');
    }
    expect(document.counters.needlessFlushes).toMatchObject({ seen: 'less' });
    expect(document.counters.hostExits.base).toBeGreaterThan(100);
    expect(document.counters.lockedOperations).toMatchObject({ seen: 'more' });
    const again = JSON.parse((await run(`${line} --jobs 1 --json`)).stdout);
    expect([again.counters, again.pairs]).toEqual([document.counters, document.pairs]);
  });

  it('as Markdown: a table for a pull request', async () => {
    const { stdout } = await run(
      'native/v0 native/v7 --scenario lazy-targets --executions 40 --format markdown',
    );
    expect(stdout).toContain('### native/v7 against native/v0');
    expect(stdout).toMatch(/^\| IPIs \| \d+ \| \d+ \| none seen \| none seen.* \|$/m);
    expect(stdout).toMatch(/^- No difference seen&#58; .*IPIs/m);
  });
});

describe('modules', () => {
  const idle = folder.write(
    'idle.ts',
    "import { defineVariant, shouldFlushTlb } from 'shootdown';",
    "export const mine = defineVariant({ name: 'mine', base: '6.17.5', replace: { shouldFlushTlb } });",
  );
  const two = folder.write(
    'two.ts',
    "import { defineVariant } from 'shootdown';",
    "export const one = defineVariant({ name: 'one', base: '6.18', features: { filterSwitching: false } });",
    "export const other = defineVariant({ name: 'other', base: '6.18', features: { filterLoadedMm: " +
      'false } });',
  );
  const few = '--no-type-check --scenario lazy-targets --executions 30 --json';

  it(
    'one variant alone is compared with what it was made from; that it changed nothing is ' + 'exit code 3',
    async () => {
      const { exitCode, stdout, stderr } = await run(`${idle} ${few}`);
      expect(exitCode).toBe(3);
      expect(stderr).toContain('mine: changed nothing of 6.17.5; give --allow-no-effect if that is meant');
      expect(JSON.parse(stdout)).toMatchObject({
        base: '6.17.5',
        patch: 'mine',
        isNew: false,
        otherwise: 0,
        changedNothing: true,
      });
      const same = await run('6.18 6.17.5 --scenario lazy-targets --executions 30');
      expect(same.stdout).toMatch(
        /NO EFFECT: 6\.17\.5 executed what 6\.18 executes, step by step, in all 30\s+pairs\./,
      );
      expect([same.exitCode, same.stderr]).toEqual([
        3,
        expect.stringContaining('6.17.5: changed nothing of 6.18'),
      ]);
      expect((await run(`${idle} ${few} --allow-no-effect`)).exitCode).toBe(0);
    },
  );

  it('a name alone is the base; with two, both are as named', async () => {
    expect(JSON.parse((await run(`6.18 ${idle} ${few}`)).stdout)).toMatchObject({
      base: '6.18',
      patch: 'mine',
    });
    expect(JSON.parse((await run(`one other ${two} ${few}`)).stdout)).toMatchObject({
      base: 'one',
      patch: 'other',
    });
    expect(JSON.parse((await run(`other ${two} ${few}`)).stdout)).toMatchObject({
      base: '6.18',
      patch: 'other',
    });
  });

  it.each([
    ['6.18', '6.18 was made from no other variant that has a name'],
    ['6.18 6.18', 'BASE and PATCH are the same variant'],
    ['6.18 6.17.5 6.14', '3 variants are named, and two are compared'],
    ['6.18 6.99', 'unknown variant "6.99"'],
    [two, 'the modules define several variants (one, other); name the one that is meant'],
    ['kvm/v0 kvm/v7 --executions 0', '--executions: "0"'],
    ['kvm/v0 kvm/v7 --format html', '--format: "html" is none of text, markdown'],
  ])('%s is answered with one line and exit code 2', async (line, message) => {
    const { exitCode, stdout, stderr } = await run(`${line} --no-type-check`);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^shootdown: [^\n]+\n$/);
  });
});

it('Ctrl-C ends it with what is known', async () => {
  let interrupt = (): void => undefined;
  const settings: CliSettings = {
    withInterrupt: (listener) => {
      interrupt = listener;
    },
  };
  const running = run(
    '6.18~filterSwitching 6.18 --scenario ping-pong-dontneed --budget 60s --json',
    settings,
  );
  setTimeout(() => interrupt(), 3_000);
  const { exitCode, stdout, stderr } = await running;
  expect(exitCode).toBe(130);
  expect(stderr).toContain('interrupted');
  expect(JSON.parse(stdout)).toMatchObject({
    interrupted: true,
    verdicts: [{ variant: '6.18~filterSwitching', interrupted: true }],
  });
});
