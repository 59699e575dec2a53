import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { type HuntPool, openPool } from '../../src/explore/pool.js';
import { remote } from '../../src/scenarios/catalogue/remote.js';
import { quickProofs } from '../../src/scenarios/verify/index.js';
import { remoteTlbGenAnswer } from '../../src/study/answers/remote-tlb-gen.js';
import { remoteTlbGen } from '../../src/study/remote-tlb-gen.js';
import { runStudy, type StudyOutcome } from '../../src/study/run-study.js';
import { serializeShipped } from '../../src/study/shipped/shipped-file.js';
import { ShippedProofs, shippedFile } from '../../src/study/shipped/shipped-proofs.js';
import { baselineOf, type RowResult } from '../../src/study/study.js';
import { codeHashOf, valueHashOf } from '../../src/vocabulary/code-hash.js';
import type { Finding } from '../../src/vocabulary/finding.js';
import { cli } from '../cli/run-cli.js';

/** A few rows of the real study in one scenario, with few executions. */

const rowsOf = (...variants: string[]) =>
  remoteTlbGen.rows.filter(({ variant }) => variants.includes(variant));
const lazyTargets = remote.filter(({ name }) => name === 'lazy-targets');
const kept: Finding[] = [];

async function ask(pool: HuntPool, variants: readonly string[]): Promise<StudyOutcome> {
  return runStudy(
    {
      ...{
        study: remoteTlbGen,
        rows: rowsOf(...variants),
        scenarios: lazyTargets,
        strategies: ['random', 'pct'],
        memory: 'tso',
        seed: 1,
      },
      ...{
        executions: 60,
        executionsMin: 1,
        counted: 10,
        onBrokenHost: 10,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      },
      keep: (finding) => `kept/${kept.push(finding)}`,
      onRow: () => undefined,
    },
    pool,
  );
}

/** What may differ between runs: wall time and where a finding is kept. */
const comparable = ({ results }: StudyOutcome) =>
  results.map(({ verdict, ...rest }) => ({
    ...rest,
    verdict: verdict === null ? null : { ...verdict, seconds: 0, finding: null },
  }));

describe('a study', () => {
  let one: HuntPool;
  let two: HuntPool;
  beforeAll(() => {
    one = openPool(1);
    two = openPool(2);
  });
  afterAll(async () => {
    await one.close();
    await two.close();
  });

  let asked: Promise<StudyOutcome> | null = null;
  const ofTwo = (): Promise<StudyOutcome> => {
    asked ??= ask(two, ['kvm/v0', 'kvm/v5']);
    return asked;
  };

  it('finds v5 and not v0, and counts both over the same executions', async () => {
    const { results, interrupted } = await ofTwo();
    expect(interrupted).toBe(false);
    const [v0, v5] = results;
    expect(v0.verdict).toMatchObject({ violation: null, latent: [], executions: 60 });
    expect(v5.verdict?.violation).toBe('stale-use');
    expect(v5.finding).toMatchObject({ variant: 'kvm/v5' });
    expect(v5.verdict?.finding).toMatch(/^kept\//);
    for (const { counts } of results) expect(counts?.shootdowns).toBeGreaterThan(20);
    expect(v0.counts?.remoteRaises).toBe(0);
    expect(v5.counts?.remoteRaises).toBeGreaterThan(5);
    expect(v0.brokenHost?.preemptions).toBeGreaterThan(0);
    expect(baselineOf(v5, results)).toBe(v0);
    expect(baselineOf(v0, results)).toBeNull();
  });

  it('does not depend on the number of jobs', async () => {
    expect(comparable(await ofTwo())).toEqual(comparable(await ask(one, ['kvm/v0', 'kvm/v5'])));
  });

  it('tells who waits for whom where a rule deadlocks', async () => {
    const { results } = await ask(two, ['native/v13']);
    expect(results[0].verdict).toMatchObject({
      violation: 'deadlock',
      message: expect.stringMatching(/CPU\d waits for .*CPU\d waits for/),
    });
  });

  it('does not run what makes no sense, and says why', async () => {
    const { results } = await ask(two, ['hypercall/v14']);
    expect(results).toMatchObject([
      { verdict: null, counts: null, row: { senseless: expect.stringContaining('preempted vCPU') } },
    ]);
  });

  it('proves a row in small scenarios, and has the shortest witness of a rule that is wrong', {
    timeout: 240_000,
  }, async () => {
    const [preemptedWhole] = quickProofs;
    const { results } = await runStudy(
      {
        ...{ study: remoteTlbGen, rows: rowsOf('kvm/v0', 'kvm/v5'), scenarios: lazyTargets },
        ...{ strategies: ['random'], memory: 'tso', seed: 1, executions: 1, executionsMin: 1, counted: 1 },
        ...{ onBrokenHost: 1, signal: new AbortController().signal, onProgress: () => undefined },
        proof: { scenarios: [preemptedWhole], statesMax: 30_000, untilMs: 0 },
        keep: () => null,
        onRow: () => undefined,
      },
      two,
    );
    const [v0, v5] = results.map(({ proof }) => proof);
    expect(v0).toMatchObject({ witness: null, proved: ['preempted-whole'], partly: [] });
    expect(v5?.witness).toMatchObject({ class: 'stale-use', scenario: 'preempted-whole', steps: 85 });
    expect(remoteTlbGenAnswer(results).join(' ')).toContain('No, not v5');
  });

  it('tells what the package says of a row at once, and proves the others after all are sampled', {
    timeout: 240_000,
  }, async () => {
    const [preemptedWhole] = quickProofs;
    const told: string[] = [];
    const tell = ({ row, proof }: RowResult): void =>
      void told.push(`${row.variant}: ${proof === null ? 'nothing' : proof.proved.join(', ')}`);
    const root = mkdtempSync(join(tmpdir(), 'shootdown-shipped-'));
    mkdirSync(join(root, 'data/proofs'), { recursive: true });
    const rows = [{ variant: 'kvm/v0', cells: [{ scenario: 'preempted-whole', states: 7 }] }];
    const scenario = { 'preempted-whole': valueHashOf(preemptedWhole) };
    const at = pathToFileURL(`${root}/`);
    writeFileSync(
      join(root, shippedFile('remote-tlb-gen')),
      serializeShipped({
        ...{ format: 'shootdown-proofs', version: 1, study: 'remote-tlb-gen', memory: 'tso', files: [] },
        ...{ codeHash: codeHashOf([], at), scenarios: scenario, rows },
      }),
    );
    const { results } = await runStudy(
      {
        ...{ study: remoteTlbGen, rows: rowsOf('kvm/v0', 'kvm/v4'), scenarios: lazyTargets },
        ...{ strategies: ['random'], memory: 'tso', seed: 1, executions: 1, executionsMin: 1, counted: 1 },
        ...{ onBrokenHost: 1, signal: new AbortController().signal, onProgress: () => undefined },
        shipped: ShippedProofs.read('remote-tlb-gen', [preemptedWhole], at),
        proof: { scenarios: [preemptedWhole], statesMax: 30_000, untilMs: 0 },
        ...{ keep: () => null, onRow: tell, onProof: tell },
      },
      two,
    );
    rmSync(root, { recursive: true });
    expect(told).toEqual(['kvm/v0: preempted-whole', 'kvm/v4: nothing', 'kvm/v4: preempted-whole']);
    expect(results.map(({ proof }) => proof?.states)).toEqual([7, expect.any(Number)]);
    expect(results[1].proof?.states).toBeGreaterThan(1_000);
  });

  it('ends early when it is interrupted, with what is known', async () => {
    const abort = new AbortController();
    const known: RowResult[] = [];
    const outcome = await runStudy(
      {
        ...{
          study: remoteTlbGen,
          rows: rowsOf('kvm/v0', 'kvm/v4', 'kvm/v7'),
          scenarios: lazyTargets,
          strategies: ['random'],
          memory: 'sc',
          seed: 2,
        },
        ...{
          executions: 10,
          executionsMin: 1,
          counted: 2,
          onBrokenHost: 2,
          signal: abort.signal,
          onProgress: () => undefined,
        },
        keep: () => null,
        onRow: (result) => {
          known.push(result);
          abort.abort();
        },
      },
      two,
    );
    expect(outcome.interrupted).toBe(true);
    expect(outcome.results).toEqual(known);
    expect(known[0].row.variant).toBe('kvm/v0');
    expect(known.length).toBeLessThan(3);
  });
});

describe('the command', () => {
  const engine = createEngine();
  let out: string;
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'shootdown-study-'));
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('lists the studies', async () => {
    const run = await cli(['study'], { engine });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of ['remote-tlb-gen', 'concurrent-flush', 'lazy'])
      expect(run.stdout).toMatch(new RegExp(`^${name} `, 'm'));
    expect(JSON.parse((await cli(['study', '--json'], { engine })).stdout)[0]).toMatchObject({
      name: 'remote-tlb-gen',
      rows: 176,
    });
  });

  it.each([
    [
      'study remote-tlb-gn',
      'unknown study "remote-tlb-gn"; near names: remote-tlb-gen; "shootdown study" shows all',
    ],
    ['study remote-tlb-gen --variant kvm/v44', 'unknown row of remote-tlb-gen "kvm/v44"; near names: kvm/v4'],
    [
      'study remote-tlb-gen --scenario lazy-target',
      'unknown scenario "lazy-target"; near names: lazy-targets',
    ],
    ['study remote-tlb-gen --window 1..2', '--window: there is no recording to cut it from'],
    ['study remote-tlb-gen --scenario trace:/nowhere', '/nowhere'],
    [
      'study concurrent-flush --scenario lazy-targets',
      '--scenario: concurrent-flush has scenarios of its own',
    ],
    ['study remote-tlb-gen --executions 0', '--executions: "0" is not a whole number'],
  ])('%s is answered with one line and exit code 2', async (line, message) => {
    const run = await cli(line.split(' '), { engine });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toMatch(/^shootdown: [^\n]+\n$/);
  });

  const few = ['--scenario', 'lazy-targets', '--executions', '40'];

  it(
    'prints rows, reasons, a timeline, the answer and what it rests on; rules that fail ' + 'are no failure',
    async () => {
      const run = await cli(['study', 'remote-tlb-gen', '--variant', 'native/v5', ...few, '--out', out], {
        engine,
      });
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(run.stdout).toMatch(/^v0 +none in 40 +\d/m);
      expect(run.stdout).toMatch(/^v5 +stale-use after \d+ +\d+\.\d \((none seen|[-+]\d)/m);
      // A path stays in one piece, so that it can be copied.
      expect(run.stdout.split('\n').filter((line) => line.length > 80 && !line.includes(out))).toEqual([]);
      expect(run.stdout.indexOf('\nanswer\n')).toBeGreaterThan(run.stdout.indexOf('\nrests on\n'));
      for (const part of [
        '\nwhy\n',
        'v5 (stale-use on native): ',
        '> decides',
        '\nanswer\n',
        'No, not by this rule.',
      ])
        expect(run.stdout).toContain(part);
      expect(run.stdout).toContain('not modelled: ');
      expect(readdirSync(out)).toHaveLength(1);
    },
  );

  it('gives one document: verdicts as hunt has them, and the columns of every row', async () => {
    const run = await cli(
      ['study', 'remote-tlb-gen', '--variant', 'kvm/v5,native/v14', ...few, '--json', '--out', out],
      { engine },
    );
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const document = JSON.parse(run.stdout);
    expect(document).toMatchObject({
      format: 'shootdown-study',
      version: 1,
      study: 'remote-tlb-gen',
      interrupted: false,
    });
    expect(document.verdicts.map((verdict: { variant: string }) => verdict.variant)).toEqual([
      'kvm/v0',
      'kvm/v5',
      'native/v0',
    ]);
    expect(document.verdicts[1]).toMatchObject({
      violation: 'stale-use',
      restsOn: expect.any(Array),
      counters: expect.any(Object),
    });
    expect(document.rows.map((row: { variant: string }) => row.variant)).toEqual([
      'kvm/v0',
      'kvm/v5',
      'native/v0',
      'native/v14',
    ]);
    expect(document.rows[1].columns).toMatchObject({
      needlessSwitchFlushesPerThousandOperations: {
        ...{ value: expect.any(Number), base: expect.any(Number), change: expect.any(Number) },
        ...{
          low: expect.any(Number),
          high: expect.any(Number),
          seen: expect.stringMatching(/^(less|more|none)$/),
          pairs: 40,
        },
      },
      addedLockedOperationsPerShootdown: expect.any(Number),
      lostHostFlushes: { lost: expect.any(Number), healed: expect.any(Number), kept: expect.any(Number) },
    });
    expect(document.rows[3].senseless).toContain('preempted vCPU');
  });
});
