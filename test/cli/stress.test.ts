import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine, ThreadEngine } from '../../src/cli/engine-api.js';
import { checkStressBlob } from '../../src/merge/stress/blob.js';
import type { StressPlan, StressResult } from '../../src/stress/api.js';
import type { SelfTest } from '../../src/stress/self-test.js';
import type { StressTarget } from '../../src/stress/stress-campaign.js';
import { sampleResult, sampleSelfTest } from '../stress/sample-result.js';
import { fakeEngine } from './fake-engine.js';
import { cli } from './run-cli.js';

/**
 * `stress` and `doctor` without threads: what they ask for, print and end with. Real threads:
 * stress-process.test.ts.
 */

/** What the engine is asked for: the plan, and of the first target. */
type Asked = StressPlan & StressTarget;

function engineWith(
  result: Partial<StressResult>,
  selfTest: Partial<SelfTest> = {},
  asked: Asked[] = [],
): Engine {
  const threads: ThreadEngine = {
    scenarios: async () => [],
    refused: async () => null,
    selfTest: async () => sampleSelfTest(selfTest),
    stress: async (request, scenarios) => {
      asked.push({ ...request, ...scenarios[0] });
      const answer = sampleResult(result);
      const failed = answer.violations.length > 0 || answer.hang !== null || answer.dead.length > 0;
      return { result: answer, byTarget: [answer], failedIn: failed ? scenarios[0] : null };
    },
    replay: async () => Promise.reject(new Error('not asked for')),
  };
  return fakeEngine({ threads });
}

const VIOLATION = {
  violations: [
    { class: 'stale-use', cpu: 1, message: 'CPU1 read page 0 of mm A through a page that had been freed' },
  ],
} as const;
const HANG = {
  message: 'no CPU has finished a script step for 3.1 s',
  locks: ['mmap_lock(A): a writer'],
  cpus: [
    {
      cpu: 0,
      waitsFor: 'mmap_lock(A) (is -1)',
      interrupts: false,
      pending: ['IPI'],
      steps: 7,
      lastEvents: ['read-once 12 -> 0', 'xchg 14 -> 1'],
    },
  ],
};

describe('stress', () => {
  it('ends with 0 when nothing was seen, and says what that rests on', async () => {
    const run = await cli(['stress', '--variant', '6.17.5', '--for', '2s'], { engine: engineWith({}) });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('no violation seen');
    expect(run.stdout).toContain('1,000 (500/s), IPIs served 900 (450/s)');
    expect(run.stdout).toContain('2 of 2 CPUs made progress');
    expect(run.stdout).toContain('rests on');
  });

  it('passes on what it was asked for', async () => {
    const asked: Asked[] = [];
    const line = 'stress --variant b1-fixed --for 500ms --seed 7 --memory sc --wait token --perturb 0 --json';
    await cli(line.split(' '), { engine: engineWith({}, { atomicStores: true }, asked) });
    expect(asked[0]).toMatchObject({
      variant: '6.17.5',
      forMs: 500,
      seed: 7,
      memory: 'sc',
      waiting: 'token',
      perturbEvery: 0,
      atomicStores: true,
    });
  });

  it('answers one JSON document of a fixed shape', async () => {
    const run = await cli(['stress', '--variant', '6.17.5', '--json'], { engine: engineWith({}) });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      ...{
        format: 'shootdown-stress',
        version: 1,
        cpus: 2,
        seconds: 2,
        shootdowns: 1000,
        ipis: 900,
        progressed: 2,
      },
      flushes: { full: 300, partial: 600, atSwitch: 12 },
      ...{ violations: [], hang: null, dead: [], interrupted: false, witness: null, known: null },
    });
  });

  it('has the reports that CI reads, each in its file, and what is printed beside them', async () => {
    const out = mkdtempSync(join(tmpdir(), 'stress-reports-'));
    try {
      const asked = ['stress', '--variant', 'b3', '--no-witness', '--out', out];
      const engine = engineWith(VIOLATION);
      const [xml, sarif] = [join(out, 'j.xml'), join(out, 's.sarif')];
      const files = ['--reporter-file', `junit=${xml}`, '--reporter-file', `sarif=${sarif}`];
      const run = await cli([...asked, '--reporter', 'junit,sarif,github-actions', ...files], { engine });
      expect(run.exitCode).toBe(1);
      expect(run.stdout).toMatch(/^violation +stale-use: /m);
      expect(run.stdout).toMatch(/^::error title=6.17.5%3A stale-use/m);
      expect(readFileSync(xml, 'utf8')).toContain('<failure type="stale-use"');
      expect(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results).toHaveLength(1);
      const dots = await cli([...asked, '--reporter', 'dot'], { engine });
      expect(dots.stdout).toMatch(/^x\n1 of 1 subject with a violation/);
      const alone = await cli([...asked, '--reporter', 'junit'], { engine });
      expect(alone.stdout).toMatch(/^<\?xml /);
      const line = 'stress --variant 6.17.5 --scenario two-mm-switch --no-witness --reporter blob';
      const blob = await cli(line.split(' '), { engine });
      const [part] = checkStressBlob(JSON.parse(blob.stdout), 'stdout').parts;
      expect([blob.exitCode, part.seed, part.results[0].violations]).toEqual([1, 1, VIOLATION.violations]);
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  it('ends with 1 on a violation', async () => {
    const engine = engineWith(VIOLATION);
    const run = await cli(['stress', '--variant', 'b3', '--no-witness'], { engine });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('stale-use: CPU1 read page 0');
    const json = await cli(['stress', '--variant', 'b3', '--no-witness', '--json'], { engine });
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout).violations).toEqual(VIOLATION.violations);
  });

  it('adds a witness that the explorer found, and keeps it', async () => {
    const out = mkdtempSync(join(tmpdir(), 'shootdown-stress-'));
    const run = await cli(['stress', '--variant', 'b3', '--out', out], { engine: engineWith(VIOLATION) });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('a witness that the explorer found in the same scenario:');
    expect(readdirSync(out)).toHaveLength(1);
    rmSync(out, { recursive: true });
  });

  it('says so when the explorer finds no witness', async () => {
    const run = await cli(['stress', '--variant', 'b1-fixed', '--scenario', 'two-mm-switch'], {
      engine: engineWith(VIOLATION),
    });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('the explorer found no witness in ');
  });

  it('names the open finding where the explorer met that and nothing else', async () => {
    const seen = { class: 'stale-use', scenario: 'two-mm-switch', executions: 3, execution: 2 } as const;
    const met = [{ ...seen, cause: 'no IPI', isKnown: true, finding: 'b38' }];
    const engine = engineWith(VIOLATION);
    const plain = engine.hunt;
    engine.hunt = async (request, pool) => {
      const result = await plain(request, pool);
      return { ...result, verdict: { ...result.verdict, met, known: 'b38' } };
    };
    const line = 'stress --variant b1-fixed --scenario two-mm-switch';
    const run = await cli(line.split(' '), { engine });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain(': nothing but what is known of this kernel was met: b38');
    const json = await cli(`${line} --json`.split(' '), { engine });
    expect(JSON.parse(json.stdout).known).toBe('b38');
  });

  it('ends with 3 on a hang, and tells who waits for what', async () => {
    const run = await cli(['stress', '--variant', '6.17.5'], { engine: engineWith({ hang: HANG }) });
    expect(run).toMatchObject({ exitCode: 3, stderr: `shootdown: hang: ${HANG.message}\n` });
    expect(run.stdout).toContain('mmap_lock(A): a writer');
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'waits for mmap_lock(A) (is -1), interrupts off, IPI pending; last: read-once 12 -> 0, xchg 14 -> 1',
    );
    expect(run.stdout).not.toContain('no violation seen');
    const json = await cli(['stress', '--variant', '6.17.5', '--json'], {
      engine: engineWith({ hang: HANG }),
    });
    expect(json.exitCode).toBe(3);
    expect(JSON.parse(json.stdout).hang).toEqual(HANG);
  });

  it('ends with 3 on a thread that died', async () => {
    const run = await cli(['stress', '--variant', '6.17.5'], {
      engine: engineWith({ dead: ['CPU1: thread 1 ended with code 1'] }),
    });
    expect(run).toMatchObject({ exitCode: 3, stderr: 'shootdown: CPU1: thread 1 ended with code 1\n' });
    expect(run.stdout).toContain('thread 1 ended with code 1');
  });

  it('does not begin where the self-test fails', async () => {
    const asked: Asked[] = [];
    const run = await cli(['stress', '--variant', '6.17.5'], {
      engine: engineWith({}, { failed: true, reason: 'broken' }, asked),
    });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toBe(
      'shootdown: self-test failed: even Atomics showed what x86 forbids on this computer (broken)\n',
    );
    expect(asked).toEqual([]);
  });

  it('ends with 130 at Ctrl-C, with what was seen', async () => {
    let interrupt = (): void => {};
    const engine = engineWith({});
    const threads: ThreadEngine = {
      ...engine.threads,
      stress: async ({ signal }) => {
        interrupt();
        const result = sampleResult({ interrupted: signal?.aborted === true });
        return { result, byTarget: [result], failedIn: null };
      },
    };
    const run = await cli(['stress', '--variant', '6.17.5'], {
      engine: { ...engine, threads },
      withInterrupt: (function_) => {
        interrupt = function_;
      },
    });
    expect(run).toMatchObject({ exitCode: 130, stderr: 'interrupted: what was seen by then is above\n' });
    expect(run.stdout).toContain('IPIs served 900');
  });

  it.each<[string, string]>([
    ['stress', 'stress: give one variant with --variant'],
    ['stress --variant b1,b3', 'stress: give one variant with --variant'],
    ['stress --variant b9', 'unknown variant "b9"; near names: b1, b3'],
    [
      'stress --variant b1 --scenario two-mm-swich',
      'unknown scenario "two-mm-swich"; near names: two-mm-switch',
    ],
    ['stress --variant b1 --cpus 0', '--cpus: "0" is not a whole number from 1 to 256'],
    ['stress --variant b1 --cpus 257', '--cpus: "257" is not a whole number from 1 to 256'],
    ['stress --variant b1 --for soon', '--for: "soon" is not a duration'],
    ['stress --variant b1 --wait spin', '--wait: "spin"'],
    ['doctor extra', 'too many arguments'],
  ])('%s: one line and exit code 2', async (line, message) => {
    const run = await cli(line.split(' '), { engine: engineWith({}) });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('doctor', () => {
  it('shows Node, cores, each test and how often store buffering was seen', async () => {
    const run = await cli(['doctor'], { engine: engineWith({}) });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('v20.20.2 (V8 11.3), x64');
    expect(run.stdout).toMatch(/cores +2\n/);
    expect(run.stdout).toContain('plain stores: 20,000 tries, 0 forbidden, store buffering in 50 (0.25 %)');
    const json = await cli(['doctor', '--json'], { engine: engineWith({}) });
    expect(JSON.parse(json.stdout)).toMatchObject({
      format: 'shootdown-doctor',
      version: 1,
      cores: 2,
      storeBuffering: 0.0025,
      failed: false,
    });
  });

  it('ends with 3 where runs on threads prove nothing', async () => {
    const run = await cli(['doctor', '--json'], { engine: engineWith({}, { failed: true }) });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/^shootdown: the self-test failed: /);
    expect(JSON.parse(run.stdout).failed).toBe(true);
  });
});
