import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/cli/engine.js';
import type { Engine } from '../../src/cli/engine-api.js';
import { type BaselineEntry, parseBaseline, serializeBaseline } from '../../src/findings/baseline.js';
import { fakeEngine, hunted, sampleReplay } from '../cli/fake-engine.js';
import { sampleFinding } from '../findings/sample.js';
import { sampleVerdict } from '../report/verdicts.js';
import type { Subject } from './subjects.js';

/** Commands that make another finding of one, a page without one, and an entry for a cause. */

export const WITNESS = fileURLToPath(new URL('../../data/witnesses/hypercall--v1.json', import.meta.url));
const prepare: Subject['prepare'] = (at) => writeFileSync(at('finding.json'), readFileSync(WITNESS));

const findVariant = async (name: string): Promise<string> => name;

function smaller(): Awaited<ReturnType<Engine['minimise']>> {
  const finding = sampleFinding({ variant: 'b1', steps: 9 });
  const replayed = { former: null, circumstance: null, namedCause: null, told: [] };
  const size = { cpus: 2, operations: 4, steps: 17, switches: 3 };
  return {
    ...{
      finding,
      replay: { ...sampleReplay(finding), ...replayed },
      before: size,
      after: { ...size, steps: 9 },
    },
    ...{ isShortest: true, notShortest: null, executions: 40, states: 100 },
  };
}

const namedCause = {
  ...{ kind: 'noIpi', isBuffered: false, isRaised: false, isClaimed: false },
  circumstance: null,
} as const;
const KNOWN: BaselineEntry = {
  ...{ variant: '6.15-rc6', memory: 'tso', scenario: 'fork-cow', class: 'stale-use', cause: 'no IPI' },
  namedCause,
};

export const FINDING_SUBJECTS: readonly Subject[] = [
  {
    name: 'minimise',
    exitCode: 0,
    prepare,
    argv: (at) => ['minimise', at('finding.json'), '--out', at('out')],
    findings: 1,
    engine: () => fakeEngine({ findVariant, minimise: async () => smaller() }),
  },
  {
    name: 'orderings --write',
    exitCode: 0,
    prepare,
    argv: (at) => ['orderings', at('finding.json'), '--write', '--out', at('out')],
    findings: 1,
    engine: () => {
      const engine = fakeEngine({ findVariant });
      return {
        ...engine,
        orderings: async (...asked) => ({ ...(await engine.orderings(...asked)), named: [] }),
      };
    },
  },
  {
    name: 'explore',
    exitCode: 0,
    argv: (at) => ['explore', '--output', at('page.html')],
    old: { 'page.html': '<!doctype html><p>old</p></html>' },
    written: ['page.html'],
    findings: 0,
    engine: createEngine,
  },
  byCause({
    name: 'hunt --baseline-by cause',
    file: 'known.json',
    old: { 'known.json': serializeBaseline([KNOWN]) },
    stays: {
      'known.json': (text) =>
        parseBaseline(text, 'known.json').violations.some(({ scenario }) => scenario === KNOWN.scenario),
    },
  }),
  byCause({ name: 'hunt with a baseline in a new directory', file: 'lists/of/known.json' }),
];

function byCause({
  file,
  ...change
}: Pick<Subject, 'name' | 'old' | 'stays'> & { readonly file: string }): Subject {
  return {
    ...change,
    exitCode: 0,
    argv: (at) => [
      ...['hunt', '--variant', 'b1', '--out', at('out'), '--baseline', at(file)],
      ...['--baseline-by', 'cause', '--update-baseline'],
    ],
    written: [file],
    findings: 1,
    engine: () =>
      fakeEngine({
        hunt: async ({ variant }) => {
          const seen = {
            class: 'stale-use',
            cause: 'no IPI',
            namedCause,
            executions: 3,
            execution: 5,
          } as const;
          const met = [
            { ...seen, scenario: 'two-mm-switch', isKnown: true, knownFrom: KNOWN.scenario },
            { ...seen, scenario: 'fork-cow', cause: 'another', namedCause: null, isKnown: false },
          ];
          const finding = sampleFinding({ variant });
          return hunted(sampleVerdict({ variant, violation: 'stale-use', met }), finding);
        },
      }),
  };
}
