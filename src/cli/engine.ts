/**
 * The real engine. Everything is imported when it is first needed, so that `--help`, `list` and a mistyped
 * flag do not wait for the simulator to load.
 */

import { fileURLToPath } from 'node:url';
import { ofEvaluated } from '../bundle/evaluated.js';
import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { asInputError } from '../bundle/places.js';
import type { CheckReport } from '../check/index.js';
import type { LoadedConfig } from '../config/load-config.js';
import type { HuntRequest, ProgramHuntRequest } from '../explore/api.js';
import { ORDERING_LIMITS } from '../orderings/limits.js';
import { count } from '../report/text-columns.js';
import type { ChosenScenario, WindowRule } from '../trace/index.js';
import type { Variant } from '../variants/variant.js';
import { InputError } from '../vocabulary/errors.js';
import type { KernelSourceRef } from '../vocabulary/finding.js';
import { packageRoot } from '../vocabulary/package-root.js';
import type { AskedHunt, ComparedSource, Engine, HuntResult, ImportedWindow, Pool } from './engine-api.js';

const CARRIED_RECORDING = 'data/server-6.12.trace.gz';

/** An engine that knows the modules which it has read, and no others. */
export function createEngine(): Engine {
  let modules = NO_MODULES;
  return {
    loadModules: async (files, typeCheck, expected, kernelSources = []) => {
      const [{ loadModules }, api, { sourceFile }] = await Promise.all([
        import('../modules/load.js'),
        import('../index.js'),
        import('../bundle/user-files.js'),
      ]);
      const sources =
        kernelSources.length === 0
          ? undefined
          : {
              files: kernelSources.map(({ module }) => module),
              refs: kernelSources.map(({ ref }) => ref),
              runtimeFile: sourceFile('csource/runtime/index'),
            };
      const apiFile = sourceFile('index');
      const loaded = await loadModules(files, { api, apiFile, typeCheck, expected, sources });
      const { variants, programs, scenarios } = loaded;
      modules = loaded.modules;
      return { variants: variants.map(({ name }) => name), programs, scenarios };
    },
    loadConfig,
    codeHash: () => codeHash(modules),
    ...SOURCES,
    checkTrace: (file, version, onBytes) => checkedTrace(file, version, modules, onBytes),
    compareSource: (ref, size) => comparedSource(ref, size, modules),
    ...LISTINGS,
    asInputError: (error) => ofEvaluated(asInputError(error, modules)),
    findVariant: async (name) =>
      (await import('../variants/index.js')).findVariant(name, modules.variants)?.name ?? null,
    senseless: async (name) => (await import('../variants/index.js')).senselessReason(name),
    fittingScenarios: async (names, given, usual) => {
      const [{ findVariant }, { fittingScenarios }] = await Promise.all([
        import('../variants/index.js'),
        import('../scenarios/fitting.js'),
      ]);
      const variants = names.map((name) => findVariant(name, modules.variants));
      return fittingScenarios(variants, given, usual);
    },
    openPool: async (jobs) => (await import('../explore/pool.js')).openPool(jobs, modules),
    hunt: huntOn,
    huntProgram: huntOn,
    ...findingEngine(() => modules),
    threads: threadEngine(() => modules),
    studies: studyEngine(() => modules),
    comparisons: comparisonEngine(() => modules),
    importTrace,
    importTraces,
    traceInfo,
    verifier: async () => new (await import('../verify/verify.js')).Verifier(modules),
    litmus: async function* (...asked) {
      yield* (await import('../litmus/litmus-outcomes.js')).litmusOutcomes(...asked);
    },
    carriedRecording: () => fileURLToPath(new URL(CARRIED_RECORDING, packageRoot())),
  };
}

async function codeHash({ refs }: Modules): Promise<string> {
  const { VERSION } = await import('../vocabulary/version.js');
  return JSON.stringify([VERSION, ...refs.map(({ sha256 }) => sha256)]);
}

async function loadConfig(file: string | undefined, typeCheck: boolean): Promise<LoadedConfig> {
  const [{ loadConfig: load }, api, { sourceFile }] = await Promise.all([
    import('../config/load-config.js'),
    import('../index.js'),
    import('../bundle/user-files.js'),
  ]);
  return load(file, { api, apiFile: sourceFile('index'), typeCheck });
}

const SOURCES: Pick<Engine, 'checkSource' | 'prepareSource'> = {
  checkSource: async (tree, options) =>
    (await import('../csource/check-source.js')).checkSource(tree, options),
  prepareSource: async (tree, options) => (await import('../csource/source.js')).prepareSource(tree, options),
};

async function comparedSource(
  { variant: name, base: baseName }: Pick<KernelSourceRef, 'variant' | 'base'>,
  { naming, onExecution, only, ...size }: Parameters<Engine['compareSource']>[1],
  { variants, places }: Modules,
): Promise<ComparedSource> {
  const [{ compareAccesses }, { kernelSites }, { fittingScenarios }, { findVariant }] = await Promise.all([
    import('../compare/accesses/compare-accesses.js'),
    import('../explain/call-sites.js'),
    import('../scenarios/fitting.js'),
    import('../variants/index.js'),
  ]);
  const variant = findVariant(name, variants);
  const base = findVariant(baseName, variants);
  if (variant === undefined || base === undefined) throw new Error(`${name} or ${baseName} is not known`);
  const scenarios = fittingScenarios([variant], undefined);
  // Own words are told apart by their numbers.
  const isOther =
    base.ownWords !== undefined && JSON.stringify(base.ownWords) !== JSON.stringify(variant.ownWords);
  const found = compareAccesses({
    ...{ variant, base, scenarios: isOther ? [] : scenarios, ...size },
    ...{ site: kernelSites(places), naming, onExecution, only },
  });
  const of = { variant: name, base: baseName, scenarios: scenarios.length, ...size };
  return { ...found, ...of, ownWords: isOther ? 'other' : 'same' };
}

async function checkedTrace(
  file: string,
  name: string | null,
  { variants }: Modules,
  onBytes?: (bytes: number) => void,
): Promise<CheckReport> {
  const [{ checkPath }, { findVariant }] = await Promise.all([
    import('../check/index.js'),
    import('../variants/index.js'),
  ]);
  const version = name === null ? null : findVariant(name, variants);
  if (version === undefined)
    throw new InputError(
      `trace check: there is no profile ${JSON.stringify(name?.slice(0, 60))}`,
      'shootdown list variants shows them',
    );
  return checkPath(file, version, onBytes);
}

/** What `list` shows of what is built in. */
const LISTINGS: Pick<
  Engine,
  | 'variants'
  | 'rules'
  | 'backends'
  | 'scenarios'
  | 'verifyScenarios'
  | 'features'
  | 'functions'
  | 'operations'
  | 'openFindings'
  | 'oracles'
  | 'strategies'
> = {
  variants: async () => {
    const { listVariants } = await import('../variants/index.js');
    return listVariants().map(({ name, aliases, summary, profile }) => ({
      name,
      aliases,
      summary,
      profile,
    }));
  },
  rules: async () => {
    const { otherAnswers, rules } = await import('../rules/index.js');
    return [...rules, ...otherAnswers].map(({ name, summary, assumes }) => ({ name, summary, assumes }));
  },
  backends: async () => {
    const [{ backends }, { capabilityNames }] = await Promise.all([
      import('../backends/index.js'),
      import('../kernel/backend.js'),
    ]);
    return backends.map(({ name, summary, has, profile }) => ({
      name,
      summary,
      has: capabilityNames(has),
      profile,
    }));
  },
  scenarios: async () => (await import('../scenarios/catalogue/index.js')).everyScenario,
  verifyScenarios: async () => (await import('../scenarios/verify/index.js')).verifyCatalogue,
  features: async () => (await import('../kernel/features/index.js')).features,
  functions: async () => (await import('../reference/listed-functions.js')).listedFunctions(),
  operations: async () => (await import('../reference/listed-operations.js')).listedOperations(),
  openFindings: async () => (await import('../known/open-findings.js')).openFindings,
  oracles: async () =>
    (await import('../oracles/index.js')).oracles.map(({ name, latent, summary }) => ({
      name,
      latent,
      summary,
    })),
  strategies: async () =>
    (await import('../explore/strategies/index.js')).strategies.map(({ name, summary }) => ({
      name,
      summary,
    })),
};

/** `modules`: those that the engine knows when it is asked. */
/** What is done with findings. */
function findingEngine(modules: () => Modules): Pick<Engine, 'replay' | 'ftrace' | 'minimise' | 'orderings'> {
  return {
    replay: async (finding, onFollowed) => {
      const { replayOrdered } = await import('../orderings/replayed.js');
      return replayOrdered(finding, modules(), onFollowed);
    },
    ftrace: async (finding) => (await import('../replay/ftrace/ftrace-of.js')).ftraceOf(finding, modules()),
    minimise: async (finding, pool, limits, signal, onProgress) => {
      const [{ minimiseFinding }, { HuntPool }] = await Promise.all([
        import('../minimise/minimise-finding.js'),
        import('../explore/pool.js'),
      ]);
      if (!(pool instanceof HuntPool)) throw new Error('a pool that this engine has not opened');
      return minimiseFinding(finding, pool, modules(), limits, signal, onProgress);
    },
    orderings: async (finding, { executions, steps, states }, onProgress) => {
      const { findOrderings } = await import('../orderings/found.js');
      const perTrial = Math.min(ORDERING_LIMITS.perTrial, executions);
      return findOrderings(finding, modules(), { perTrial, executions, steps, states }, onProgress);
    },
  };
}

function threadEngine(modules: () => Modules): Engine['threads'] {
  return {
    scenarios: async () => (await import('../scenarios/stress/munmap-storm.js')).stressScenarios,
    refused: async (variant) =>
      (await import('../stress/refused.js')).refusedOnThreads(variant, process.arch, modules().variants),
    selfTest: async () => (await import('../stress/self-test.js')).selfTest(),
    stress: async (request, scenarios) =>
      (await import('../stress/stress-campaign.js')).stressCampaign(request, scenarios, modules()),
    replay: async (finding) =>
      (await import('../lockstep/replay-on-threads.js')).replayOnThreads(finding, modules()),
  };
}

function studyEngine(modules: () => Modules): Engine['studies'] {
  return {
    list: async () => (await import('../study/index.js')).studies,
    withOwn: async (study, variants, beside) =>
      (await import('../study/own-rows.js')).withOwnRows(study, variants, beside, modules().variants),
    over: async (study, scenarios) => (await import('../study/per-scenario.js')).spreadOver(study, scenarios),
    shipped: async (study, memory) =>
      (await import('../study/shipped/shipped-proofs.js')).shippedProofs(study, memory),
    run: async (request, pool) => {
      const [{ runStudy }, { HuntPool }] = await Promise.all([
        import('../study/run-study.js'),
        import('../explore/pool.js'),
      ]);
      if (!(pool instanceof HuntPool)) throw new TypeError('a study needs the pool that openPool made');
      return runStudy(request, pool);
    },
    decide: async (request, file) =>
      (await import('../study/exhaustive/decide-cells.js')).decideStudy(request, file, modules()),
  };
}

function comparisonEngine(modules: () => Modules): Engine['comparisons'] {
  return {
    baseOf: async (variant) => {
      const { findVariant } = await import('../variants/index.js');
      const base = findVariant(variant, modules().variants)?.made?.base.name;
      return base !== undefined && findVariant(base, modules().variants) !== undefined ? base : null;
    },
    run: async (request, pool) => {
      const [{ compareVariants }, { HuntPool }] = await Promise.all([
        import('../compare/compare-variants.js'),
        import('../explore/pool.js'),
      ]);
      if (!(pool instanceof HuntPool)) throw new TypeError('a comparison needs the pool that openPool made');
      return compareVariants(request, pool);
    },
  };
}

async function huntOn(asked: AskedHunt | ProgramHuntRequest, pool: Pool): Promise<HuntResult> {
  const [{ hunt }, { HuntPool }] = await Promise.all([
    import('../explore/hunt.js'),
    import('../explore/pool.js'),
  ]);
  if (!(pool instanceof HuntPool)) throw new TypeError('a hunt needs the pool that openPool made');
  const request = 'program' in asked ? asked : await withOpenFindings(asked, pool.modules.variants);
  const result = (await import('../replay/explained.js')).explained(
    await hunt({ ...request, pool }),
    pool.modules,
  );
  if ('program' in request || request.asksBase !== true) return result;
  const base = await (await import('../replay/base-check.js')).checkBase(result, { ...request, pool });
  return base === null ? result : { ...result, verdict: { ...result.verdict, base } };
}

async function withOpenFindings(
  { pastOpenFindings, ...request }: AskedHunt,
  own: readonly Variant[],
): Promise<HuntRequest> {
  if (pastOpenFindings !== true) return request;
  const open = (await import('../known/of-variant.js')).knownOf(request.variant, request.scenarios, own);
  return open === undefined ? request : { ...request, known: [...open, ...(request.known ?? [])] };
}

async function importTrace(file: string, given: string | null): Promise<ImportedWindow> {
  const trace = await import('../trace/index.js');
  const chosen = given === null ? await trace.defaultWindowOf(file) : await trace.givenWindowOf(file, given);
  const { scenario, rule } = chosen;
  const { WINDOW_RULE, RELAXED_RULE } = trace;
  const by =
    rule === null
      ? 'given by --window'
      : `the first ${ruleWords(rule === 'strict' ? WINDOW_RULE : RELAXED_RULE)}`;
  const steps = scenario.scripts.reduce((sum, script) => sum + script.length, 0);
  const size =
    `${count(scenario.cpus, 'CPU')}, ${count(scenario.mms.length, 'mm')}, ` +
    `${count(scenario.pages, 'page')}, ${count(steps, 'script step')}`;
  const description = [
    { label: 'recording', text: recordingWords(chosen) },
    { label: 'window', text: `lines ${chosen.window.firstLine}..${chosen.window.lastLine}, ${by}` },
    { label: 'scenario', text: size },
  ];
  return { scenario, description };
}

async function traceInfo(
  file: string,
  onBytes?: (bytes: number) => void,
): Promise<{ text: string; json: object }> {
  const trace = await import('../trace/index.js');
  const info = await trace.traceInfoOf(file, onBytes);
  return { text: trace.renderTraceInfo(info), json: info };
}

async function importTraces(file: string, windows: number): Promise<readonly ImportedWindow[]> {
  const { richestWindowsOf } = await import('../trace/index.js');
  const found = await richestWindowsOf(file, windows);
  return found.map((chosen, index) => ({
    scenario: chosen.scenario,
    description: [
      ...(index === 0 ? [{ label: 'recording', text: recordingWords(chosen) }] : []),
      { label: 'window', text: windowWords(chosen.window) },
    ],
  }));
}

/** What of a window there is to count. */
function windowWords({ firstLine, lastLine, flushes, switches, returns }: ChosenScenario['window']): string {
  const nothing =
    returns === 0
      ? '; nobody comes back to an mm that another flushes: needless flushes at switches are not to ' +
        'be expected'
      : '';
  const facts = [
    count(flushes, 'flush', 'flushes'),
    count(switches, 'switch', 'switches'),
    count(returns, 'return'),
  ];
  return `lines ${firstLine}..${lastLine}: ${facts.join(', ')}${nothing}`;
}

function recordingWords({ recording: { name, meta, cpus }, events }: ChosenScenario): string {
  const kernel = meta === undefined ? '' : `Linux ${meta.kernel}, `;
  return `${name} (${kernel}${count(cpus, 'CPU')}, ${count(events, 'event')})`;
}

function ruleWords({ events, flushes, switches, returns, everyFlush }: WindowRule): string {
  const which = everyFlush === true ? 'modelled flushes' : 'flushes that can leave something stale';
  const wanted = [
    `${flushes} ${which}, of mms that another CPU loads`,
    switches > 0 ? `${switches} mm switches` : null,
    returns > 0 ? `${returns} returns of another CPU to a flushed mm` : null,
  ];
  return `block of ${events} events with at least ${wanted.filter((part) => part !== null).join(', ')}`;
}
