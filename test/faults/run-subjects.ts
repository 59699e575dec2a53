import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Engine } from '../../src/cli/engine-api.js';
import { defineConfig, definedConfig } from '../../src/config/define-config.js';
import type { Reached, ReachedBefore } from '../../src/explore/reach/reached.js';
import { serializeBlob } from '../../src/findings/blob.js';
import { fakeEngine, hunted } from '../cli/fake-engine.js';
import { sampleFinding } from '../findings/sample.js';
import { sampleBlob, samplePart, withWitness } from '../merge/sample-blobs.js';
import { sampleVerdict } from '../report/verdicts.js';
import type { Subject } from './subjects.js';

/** `run` in both modes, beside a corpus in which another search has kept a batch; and `init`. */

const VARIANT = '6.14';
const SCENARIO = 'two-mm-switch';
const EXECUTIONS = 10;
const CONFIG = definedConfig(
  defineConfig({ projects: [{ name: 'mine', variant: VARIANT, scenario: SCENARIO }] }),
);
const OTHER_SEARCH = 'corpus/batches/0123456789abcdef/000000.json';

function keepOtherSearch(at: (name: string) => string): void {
  mkdirSync(dirname(at(OTHER_SEARCH)), { recursive: true });
  const part = withWitness(samplePart(1, { variant: VARIANT }), { variant: VARIANT }, 'what it met');
  writeFileSync(at(OTHER_SEARCH), serializeBlob(sampleBlob([part], { subjects: [VARIANT], shards: 1 })));
}

/** One pair more than is known, by a schedule of its own. */
function reachedPast(covers: ReachedBefore | undefined): Reached | undefined {
  if (covers === undefined) return undefined;
  const pair = covers.scenarios.flatMap(({ pairs }) => pairs).length;
  const execution = { scenario: SCENARIO, strategy: 'random', seed: 1, execution: pair, pairs: 1 };
  const schedule = ['0*12', '1b'];
  return { scenarios: [{ scenario: SCENARIO, pairs: [pair] }], schedules: [{ ...execution, schedule }] };
}

/** Ten executions a hunt; finds one bug, where it is not told to go past it. */
function engine(): Engine {
  return fakeEngine({
    loadConfig: async () => {
      if (CONFIG === undefined) throw new Error('not defined');
      const place = (): string => 'c.ts:1';
      return { config: CONFIG, file: 'c.ts', directory: '/', place, placeOf: place };
    },
    hunt: async ({ variant, memory, seed, known = [], covers }) => {
      const isKnown = known.some(({ cause }) => cause === 'no IPI');
      const did = {
        variant,
        memory,
        scenario: SCENARIO,
        executions: EXECUTIONS,
        reached: reachedPast(covers),
      };
      if (isKnown) return { verdict: sampleVerdict(did), finding: null, replay: null };
      const finding = sampleFinding({ variant, seed });
      const { message } = finding.violation;
      return hunted(sampleVerdict({ ...did, violation: 'stale-use', message }), finding);
    },
  });
}

const argv = (at: (name: string) => string): string[] => {
  const limits = ['--executions', String(2 * EXECUTIONS), '--jobs', '1'];
  return ['run', '--corpus', at('corpus'), '--out', at('out'), ...limits];
};

/** Two batches: one that finds something, and one that is clean. */
export const BATCHES: Subject = {
  name: 'run --mode batch',
  exitCode: 1,
  prepare: keepOtherSearch,
  argv: (at) => [...argv(at), '--mode', 'batch'],
  findings: 1,
  engine,
};

export const RUN_SUBJECTS: readonly Subject[] = [
  {
    name: 'run --mode change',
    exitCode: 1,
    prepare: keepOtherSearch,
    argv: (at) => [...argv(at), '--reporter', 'junit', '--reporter-file', at('a.xml')],
    old: { 'a.xml': '<?xml version="1.0"?><testsuites></testsuites>\n' },
    written: ['a.xml'],
    findings: 1,
    engine,
  },
  BATCHES,
  {
    name: 'init',
    exitCode: 0,
    prepare: (at) => mkdirSync(at('project')),
    directory: 'project',
    argv: () => ['init'],
    written: ['project/shootdown.config.ts', 'project/.github/workflows/shootdown.yml'],
    findings: 0,
    engine,
  },
];
