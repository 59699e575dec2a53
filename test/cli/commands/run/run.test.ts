import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HuntResult } from '../../../../src/cli/engine-api.js';
import type { ConfigSpec } from '../../../../src/config/config.js';
import { defineConfig, definedConfig } from '../../../../src/config/define-config.js';
import type { HuntRequest, Verdict } from '../../../../src/explore/api.js';
import { type BaselineEntry, serializeBaseline } from '../../../../src/findings/baseline.js';
import type { SarifResult } from '../../../../src/report/sarif/sarif.js';
import { sampleFinding } from '../../../findings/sample.js';
import { ModuleFolder } from '../../../modules/write-module.js';
import { sampleVerdict } from '../../../report/verdicts.js';
import { type FakeEngine, fakeEngine, sampleReplay } from '../../fake-engine.js';
import { type CliRun, cli } from '../../run-cli.js';

const BEFORE = process.cwd();
let folder: ModuleFolder;
beforeEach(() => {
  folder = new ModuleFolder();
  process.chdir(folder.path);
});
afterEach(() => {
  process.chdir(BEFORE);
  folder.remove();
});

type Hunt = (request: HuntRequest) => Partial<Verdict>;

function engineOf(spec: ConfigSpec, hunt?: Hunt): FakeEngine {
  const config = definedConfig(defineConfig(spec));
  if (config === undefined) throw new Error('not defined');
  const engine = fakeEngine();
  const loaded = {
    config,
    file: 'c.ts',
    directory: folder.path,
    place: () => 'c.ts:2',
    placeOf: () => 'c.ts:9',
  };
  const answered: FakeEngine['hunt'] = async (request): Promise<HuntResult> => {
    engine.requests.push(request);
    const verdict = sampleVerdict({ variant: request.variant, scenario: 'lazy', ...hunt?.(request) });
    return { verdict, finding: null, replay: null };
  };
  return Object.assign(engine, {
    loadConfig: async () => loaded,
    ...(hunt === undefined ? {} : { hunt: answered }),
  });
}

const run = (engine: FakeEngine, ...argv: string[]): Promise<CliRun> => cli(['run', ...argv], { engine });

const BOTH: ConfigSpec = {
  seed: 5,
  projects: [
    { name: 'fixed', variant: '6.17.5', budget: { change: '2s' } },
    { name: 'broken', variant: '6.14', strategy: 'pct', executions: 7, expect: 'violation:stale-use' },
  ],
};

describe('shootdown run', () => {
  it('does each project by its own limits, and says what came as expected', async () => {
    const engine = engineOf(BOTH);
    const { exitCode, stdout, stderr } = await run(engine);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(
      '\nfixed (6.17.5): clean, as expected\nbroken (6.14): violation:stale-use, as expected\n',
    );
    expect(engine.requests).toMatchObject([
      { variant: '6.17.5', budgetMs: 2_000, executions: undefined, seed: 5 },
      { variant: '6.14', budgetMs: undefined, executions: 7, strategies: ['pct'] },
    ]);
    await run(engine, '--mode', 'batch', '--project', 'fixed', '--seed', '6', '--executions', '1');
    expect(engine.requests[2]).toMatchObject({ budgetMs: 20_000, seed: 6 });
    await run(engine, '--executions', '3', '--project', 'fixed,broken');
    expect(engine.requests.slice(3)).toMatchObject([3, 3].map((executions) => ({ executions })));
  });

  it('fails where something else comes, in every report', async () => {
    const spec: ConfigSpec = {
      projects: [
        { name: 'broken', variant: '6.14' },
        { name: 'missed', variant: '6.17.5', expect: 'violation:deadlock' },
        { name: 'named', variant: '6.15-rc6', expect: 'violation:stale-use' },
      ],
      reporters: ['json'],
      reporterFiles: { json: 'h.json' },
    };
    const { exitCode, stdout, stderr } = await run(engineOf(spec));
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toContain('broken (6.14): expected clean, came stale-use\n');
    expect(stdout).toMatch(
      /missed \(6\.17\.5\): expected violation:deadlock, came none in [\d,]+ executions?\n/,
    );
    const { stdout: xml } = await run(engineOf(spec), '--reporter', 'junit');
    expect(xml).toMatch(/tests="3" failures="2" errors="0"/);
    expect(xml).toMatch(/<failure type="expectation" message="missed/);
    expect(xml).toContain('name="run, tso, project named"');
    const { stdout: dots } = await run(engineOf(spec), '--reporter', 'dot');
    expect(dots).toMatch(/^xxk$/m);
    const { stdout: sarif } = await run(engineOf(spec), '--reporter', 'sarif');
    const results = JSON.parse(sarif).runs[0].results as readonly SarifResult[];
    const alerts = results.filter(({ level }) => level !== 'warning');
    expect(alerts.map(({ level, suppressions }) => [level, suppressions?.length])).toEqual([
      ['error', undefined],
      ['note', 1],
    ]);
    const { stdout: commands } = await run(engineOf(spec), '--reporter', 'github-actions');
    expect(commands.match(/^::error /gm)).toHaveLength(2);
  });

  it('goes past what the base of a change has too, and no further than the time lasts', async () => {
    const base = (hasIt: boolean): Verdict['base'] => ({
      ...{ variant: '6.18', hasIt, cause: 'no IPI', executions: 0, execution: null, interrupted: false },
      schedule: { decisions: 1, fitted: 1, violation: 'stale-use', cause: 'no IPI', isSame: hasIt },
    });
    const hunt: Hunt = ({ known = [] }) =>
      known.length > 0 ? {} : { violation: 'stale-use', message: 'm', base: base(true) };
    const spec: ConfigSpec = { projects: [{ name: 'mine', variant: '6.14', budget: '9s' }] };
    const engine = engineOf(spec, hunt);
    const past = await run(engine);
    expect(past.exitCode).toBe(0);
    expect(past.stdout).toContain(
      'mine (6.14): clean, as expected\n  6.18 has this too: stale-use in lazy: no IPI\n',
    );
    expect(engine.requests[1].known).toEqual([
      expect.objectContaining({ scenario: 'lazy', cause: 'no IPI' }),
    ]);
    expect(engine.requests[1].budgetMs).toBeLessThanOrEqual(9_000);
    // It is met again in another guise: told as the base's, and not for ever.
    const again = engineOf(spec, () => ({ violation: 'stale-use', message: 'm', base: base(true) }));
    expect((await run(again)).exitCode).toBe(0);
    expect(again.requests).toHaveLength(2);
    const own = engineOf(spec, () => ({ violation: 'stale-use', message: 'm', base: base(false) }));
    expect((await run(own)).exitCode).toBe(1);
    expect((await run(engineOf(spec, hunt), '--mode', 'batch', '--executions', '1')).exitCode).toBe(1);
  });

  it('holds a baseline by cause where the configuration or a flag says so', async () => {
    const namedCause = { kind: 'noIpi', isBuffered: false, isRaised: false, isClaimed: false };
    const entry: BaselineEntry = {
      ...{ variant: '6.14', memory: 'tso', scenario: 'far', class: 'stale-use', cause: 'no IPI' },
      namedCause: { ...namedCause, circumstance: null },
    };
    writeFileSync('known.json', serializeBaseline([entry]));
    const projects: ConfigSpec['projects'] = [{ name: 'mine', variant: '6.14', budget: '9s' }];
    const asked = async (baselineBy: ConfigSpec['baselineBy'], ...flags: string[]) => {
      const engine = engineOf({ projects, baseline: 'known.json', baselineBy }, () => ({}));
      expect((await run(engine, ...flags)).exitCode).toBe(0);
      return engine.requests[0].known;
    };
    expect(await asked(undefined)).toEqual([entry]);
    expect(await asked('cause')).toEqual([{ ...entry, isByCause: true }]);
    expect(await asked('cause', '--baseline-by', 'scenario')).toEqual([entry]);
  });

  it('keeps batches in a corpus, goes on after them, and goes past what they met', async () => {
    const met = { scenario: 'lazy', class: 'stale-use' as const, cause: 'no IPI' };
    const spec: ConfigSpec = { projects: [{ name: 'mine', variant: '6.14', executions: { batch: 50 } }] };
    const seeds: number[] = [];
    const corpus = (dies: number): FakeEngine => {
      const engine = engineOf(spec, () => ({}));
      const hunt: FakeEngine['hunt'] = async (request) => {
        if (seeds.length === dies) throw new Error('killed');
        seeds.push(request.seed);
        const hasFound = (request.known ?? []).length > 0 || seeds.length < 2;
        const change = { variant: '6.14', executions: 10, steps: 100, scenario: 'lazy' };
        if (hasFound) return { verdict: sampleVerdict(change), finding: null, replay: null };
        const finding = sampleFinding({ variant: '6.14' });
        const verdict = sampleVerdict({ ...change, violation: 'stale-use', message: 'm' });
        return { verdict, finding, replay: { ...sampleReplay(finding), cause: 'no IPI' } };
      };
      return Object.assign(engine, { hunt });
    };
    // The third batch is not over when the process ends: it is done again, under the same seed.
    expect((await run(corpus(2), '--mode', 'batch', '--json')).exitCode).not.toBe(0);
    // What the second has found is in its file by then, though nothing more was told.
    expect(readdirSync('findings')).toHaveLength(1);
    const { exitCode, stdout } = await run(corpus(-1), '--mode', 'batch', '--json');
    expect(exitCode).toBe(1);
    expect(seeds).toHaveLength(5);
    expect(new Set(seeds).size).toBe(5);
    const [verdict] = JSON.parse(stdout).verdicts;
    expect(verdict).toMatchObject({ executions: 50, steps: 500, violation: 'stale-use', seed: 1 });
    // All that was asked is done: nothing more is hunted, and the same is told.
    const again = await run(corpus(-1), '--mode', 'batch', '--json');
    expect(again.exitCode).toBe(1);
    expect(JSON.parse(again.stdout).verdicts).toMatchObject([
      { executions: 50, steps: 500, violation: 'stale-use', seed: 1 },
    ]);
    expect(seeds).toHaveLength(5);
    // What batches are told to be new beside; a change asks for none of it.
    const change = engineOf(spec, () => ({}));
    expect((await run(change)).exitCode).toBe(0);
    expect(change.requests[0].known).toEqual([{ ...met, scenario: expect.any(String) }]);
    expect(change.requests[0].covers).toBeUndefined();
  });

  it('names in a finding the modules of its project alone', async () => {
    const modules = ['a.ts', 'b.ts'].map((file) => ({ file, sha256: '0'.repeat(64) }));
    const engine = engineOf({
      projects: [
        { name: 'a', variant: '6.14', modules: ['a.ts'] },
        { name: 'b', variant: '6.17.5', modules: ['b.ts'] },
      ],
    });
    const hunt: FakeEngine['hunt'] = async ({ variant }) => {
      const finding = sampleFinding({ variant, modules });
      const verdict = sampleVerdict({ variant, violation: 'stale-use', message: 'm' });
      return { verdict, finding, replay: sampleReplay(finding) };
    };
    await run(Object.assign(engine, { hunt }));
    const named = readdirSync('findings').map((file) => {
      const finding = JSON.parse(readFileSync(`findings/${file}`, 'utf8'));
      return [finding.variant, finding.modules.map(({ file }: { file: string }) => file)];
    });
    expect(named.sort()).toEqual([
      ['6.14', ['a.ts']],
      ['6.17.5', ['b.ts']],
    ]);
  });

  it('begins no search anew where what was done cannot be read', async () => {
    mkdirSync('c');
    writeFileSync('c/batches', 'no directory');
    for (const mode of ['change', 'batch']) {
      const engine = engineOf({ projects: [{ name: 'mine', variant: '6.14' }] });
      const { exitCode, stderr } = await run(engine, '--mode', mode, '--corpus', 'c');
      expect({ exitCode, hunts: engine.requests.length }).toEqual({ exitCode: 2, hunts: 0 });
      expect(stderr).toMatch(/^shootdown: c\/batches\S*: the corpus cannot be read: .* \(ENOTDIR\); .*\n$/);
    }
  });

  it('wants a known finding to be met, and nothing else', async () => {
    const spec: ConfigSpec = { projects: [{ name: 'k', variant: '6.14', expect: 'known:b38' }] };
    const met = [
      {
        ...{ scenario: 'lazy', class: 'stale-use' as const, cause: 'c', isKnown: true },
        ...{ executions: 1, execution: 1, finding: 'b38' },
      },
    ];
    const known = (hunt: Hunt): FakeEngine =>
      Object.assign(engineOf(spec, hunt), { openFindings: async () => [{ name: 'b38', summary: '' }] });
    expect((await run(known(() => ({ met, known: 'b38' })))).exitCode).toBe(0);
    const none = await run(known(() => ({})));
    expect(none.exitCode).toBe(1);
    expect(none.stdout).toContain('expected known:b38, came none in ');
    expect((await run(known(() => ({ met, violation: 'deadlock', message: 'm' })))).exitCode).toBe(1);
    expect((await run(known(() => ({ met, interrupted: true })))).exitCode).toBe(1);
  });

  it.each([
    [{ projects: [{ name: 'a', variant: '9.9' }] }, [], 'c.ts:2: project a: unknown variant "9.9"'],
    [
      { projects: [{ name: 'a', variant: '6.14', strategy: 'x' }] },
      [],
      'c.ts:2: project a: unknown strategy "x"',
    ],
    [
      { projects: [{ name: 'a', variant: '6.14', expect: 'known:zz' }] },
      [],
      'c.ts:2: project a: unknown open finding "zz"',
    ],
    [{ ...BOTH, reporters: ['x'] }, [], 'c.ts:9: reporters: "x" is none of default, '],
    [BOTH, ['--project', 'fixd'], 'unknown project "fixd"; near names: fixed; c.ts has all'],
    [BOTH, ['--reporter', 'blob'], '--reporter: blob is for the shards of a hunt'],
  ] as const)('refuses %j %j before it hunts', async (spec, argv, message) => {
    const engine = engineOf(spec as ConfigSpec);
    const { exitCode, stderr } = await run(engine, ...argv);
    expect({ exitCode, requests: engine.requests }).toEqual({ exitCode: 2, requests: [] });
    expect(stderr).toContain(`shootdown: ${message}`);
  });
});
