import type { Engine, HuntResult, ListedVariant, Pool, ReplayResult } from '../../src/cli/engine-api.js';
import type { HuntRequest, Verdict } from '../../src/explore/api.js';
import { InputError } from '../../src/vocabulary/errors.js';
import type { Finding } from '../../src/vocabulary/finding.js';
import { sampleFinding, sampleScenario } from '../findings/sample.js';
import { raceSteps } from '../report/steps.js';
import { sampleVerdict } from '../report/verdicts.js';

/** An engine of the same shape, with an answer for everything; it remembers what it was asked. */
export interface FakeEngine extends Engine {
  readonly requests: HuntRequest[];
  readonly imports: (readonly [file: string, window: string | null])[];
  poolsOpen: number;
}

const VARIANTS: readonly ListedVariant[] = [
  {
    name: '6.14',
    aliases: ['b3', 'cve-2025-37964'],
    summary: 'Linux 6.14, before the fix.',
    profile: '6.14',
  },
  { name: '6.15-rc6', aliases: ['b1', 'cve-2025-40174'], summary: 'With that fix.', profile: '6.15-rc6' },
  { name: '6.17.5', aliases: ['b1-fixed'], summary: 'With both fixes.', profile: '6.17.5' },
];
const BROKEN = ['6.14', '6.15-rc6'];

/** A finding, seen again as it was. */
export function sampleReplay({ violation, latent, steps, traceHash }: Finding): ReplayResult {
  const seen = {
    violation,
    sentence: violation.message,
    latent,
    steps,
    traceHash,
    trace: raceSteps(),
    start: [],
    memory: { words: [], accesses: [] },
    links: [],
  };
  return { reproduced: true, reason: null, differences: [], cause: 'no IPI', ...seen };
}

/** Seen again, and something else happened. */
export function otherReplay(reason: string, trace = raceSteps()): ReplayResult {
  const seen = {
    violation: null,
    sentence: null,
    latent: [],
    steps: trace.length,
    traceHash: '00000000',
    trace,
    start: [],
    memory: { words: [], accesses: [] },
    links: [],
  };
  return { reproduced: false, reason, differences: [], cause: null, ...seen };
}

/** What a hunt answers, its witness seen again. */
export function hunted(verdict: Verdict, finding: Finding | null = null): HuntResult {
  return { verdict, finding, replay: finding === null ? null : sampleReplay(finding) };
}

export function fakeEngine(change: Partial<Engine> = {}): FakeEngine {
  const fake: FakeEngine = {
    requests: [],
    imports: [],
    poolsOpen: 0,
    codeHash: async () => 'code',
    ftrace: async () => ['# tracer: nop'],
    loadConfig: async () => Promise.reject(new InputError('there is no configuration here')),
    loadModules: async (files) => {
      for (const file of files)
        if (!file.endsWith('.ts')) throw new InputError(`${file}: not a module; give a .ts file`);
      return {
        variants: [],
        programs: files.map((file) => ({ name: `program of ${file}`, cpus: 2 })),
        scenarios: [],
      };
    },
    checkSource: async () => {
      throw new InputError('clang cannot be run');
    },
    checkTrace: async () => {
      throw new InputError('no recordings here');
    },
    compareSource: async () => {
      throw new InputError('clang cannot be run');
    },
    prepareSource: async () => {
      throw new InputError('clang cannot be run');
    },
    fittingScenarios: async (_, given, usual) =>
      given ?? usual ?? [sampleScenario(), sampleScenario({ name: 'lazy-return', summary: 'idle' })],
    minimise: async () => null,
    orderings: async () => ({
      orderings: null,
      named: null,
      all: null,
      isWhole: true,
      forced: 0,
      failing: 0,
      executed: 0,
    }),
    asInputError: (error) => error,
    variants: async () => VARIANTS,
    rules: async () => [{ name: 'v0', summary: 'nothing', assumes: 'nothing' }],
    backends: async () => [{ name: 'native', summary: 'IPIs', has: ['IPIs'], profile: '6.18' }],
    senseless: async (name) => (name === 'native/v14' ? 'it has no such byte' : null),
    findVariant: async (name) => {
      const typed = name.toLowerCase();
      return VARIANTS.find((variant) => [variant.name, ...variant.aliases].includes(typed))?.name ?? null;
    },
    verifyScenarios: async () => [],
    scenarios: async () => [
      sampleScenario(),
      sampleScenario({ name: 'lazy-return', summary: 'A kernel thread in between.' }),
    ],
    functions: async () => [{ name: 'shouldFlushTlb', summary: 'whether a CPU needs an IPI' }],
    operations: async () => [{ name: 'readOnce', summary: 'a plain load' }],
    features: async () => [
      {
        name: 'switching-first',
        summary: 'SWITCHING is published first.',
        ...{ commit: 'fea4e317f9e7', since: '6.15-rc6' },
      },
    ],
    openFindings: async () => [],
    oracles: async () => [
      { name: 'stale-use', summary: 'A revoked translation is used.', ...{ latent: false } },
    ],
    strategies: async () => [
      { name: 'random', summary: 'Sticky random choices.' },
      { name: 'pct', summary: 'Priorities with change points.' },
    ],
    openPool: async () => {
      fake.poolsOpen++;
      return { close: async () => fake.poolsOpen-- };
    },
    hunt: async (request: HuntRequest, _pool: Pool): Promise<HuntResult> => {
      fake.requests.push(request);
      request.onProgress?.({
        variant: request.variant,
        executions: 10,
        steps: 5_000,
        elapsedMs: 2,
        scenario: 'two-mm-switch',
      });
      const scenario = request.scenarios.length === 1 ? request.scenarios[0] : sampleScenario();
      const { variant, seed, memory } = request;
      const common = {
        variant,
        seed,
        memory,
        scenario: scenario.name,
        strategy: request.strategies.join('+'),
      };
      if (!BROKEN.includes(variant)) return hunted(sampleVerdict(common));
      const finding = sampleFinding({ variant, seed, memory, scenario });
      const { message } = finding.violation;
      return hunted(
        sampleVerdict({
          ...common,
          violation: 'stale-use',
          message,
          executions: 43,
          steps: 9_000,
          seconds: 0.4,
        }),
        finding,
      );
    },
    huntProgram: async ({ program, seed, memory }) =>
      hunted(sampleVerdict({ variant: program, scenario: 'plain program', seed, memory })),
    replay: async (finding) => sampleReplay(finding),
    importTrace: async (file, window) => {
      fake.imports.push([file, window]);
      if (file.includes('missing')) throw new InputError(`${file}: cannot be read`);
      return {
        scenario: sampleScenario({ name: 'trace:yield:1..9', notes: ['2 flushes were left out'] }),
        description: [{ label: 'recording', text: file }],
      };
    },
    threads: {
      scenarios: async () => [],
      refused: async () => null,
      selfTest: async () => Promise.reject(new Error('no threads in this engine')),
      stress: async () => Promise.reject(new Error('no threads in this engine')),
      replay: async () => Promise.reject(new Error('no threads in this engine')),
    },
    studies: {
      list: async () => [],
      withOwn: async (study) => study,
      over: async (study) => study,
      shipped: async () => null,
      run: async () => Promise.reject(new Error('no studies in this engine')),
      decide: async () => Promise.reject(new Error('no studies in this engine')),
    },
    comparisons: {
      baseOf: async () => null,
      run: async () => Promise.reject(new Error('no comparisons in this engine')),
    },
    importTraces: async (file) => [await fake.importTrace(file, null)],
    traceInfo: async (file) => ({ text: `info of ${file}\n`, json: { cpus: 4 } }),
    verifier: async () => {
      throw new InputError('the fake engine verifies nothing');
    },
    litmus: async function* () {},
    carriedRecording: () => 'data/yield.trace.gz',
    ...change,
  };
  return fake;
}
