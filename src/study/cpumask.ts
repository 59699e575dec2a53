import { hypercallBackend } from '../backends/hypercall.js';
import { nativeBackend } from '../backends/native.js';
import { maskAnswers } from '../rules/index.js';
import { everyScenario } from '../scenarios/catalogue/index.js';
import { comparedAnswer } from './answers/compared.js';
import { findingColumn } from './columns/finding.js';
import { cpusLookedAt, cpusReached, ipisForNothing, moreLocked } from './columns/flushes.js';
import { verdictColumn } from './columns/verdict.js';
import type { Study, StudyRow } from './study.js';

/** mms whose threads come and go, so that masks grow. */
const SCENARIOS = [
  'two-flushers',
  'ping-pong-dontneed',
  'far-generations',
  'lazy-other-mm',
  'slots-recycled',
];

const rowsOf = (
  backend: string,
  variants: readonly (readonly [variant: string, label: string])[],
): StudyRow[] => {
  const baseline = `${backend}/v0`;
  return [
    { group: backend, variant: baseline, label: 'lazy mask', baseline: null },
    ...variants.map(([variant, label]): StudyRow => ({ group: backend, variant, label, baseline })),
  ];
};

/**
 * C3: 6.14 leaves mm_cpumask bits set at switch-out, looks at loaded_mm instead, and trims once in a while.
 * What does each part of that cost, and may somebody else trim?
 */
export const cpumask: Study = {
  name: 'cpumask',
  rowTitle: 'MASK',
  summary:
    'mm_cpumask: bits cleared at switch-out or left, with and without the filter by loaded_mm, never ' +
    'trimmed, or trimmed by others; and what becomes of it where no flush function runs',
  groups: [nativeBackend, hypercallBackend].map(({ name, summary }) => ({
    name,
    heading: `${name}: ${summary}`,
  })),
  rows: [
    ...rowsOf(nativeBackend.name, [
      ['native/v0~filterLoadedMm', 'without the filter'],
      ['native/v0~lazyCpumask', 'cleared at switch'],
      ['native/v0~lazyCpumask~filterLoadedMm', 'cleared, no filter'],
      ...maskAnswers.map(({ name }) => [`${nativeBackend.name}/${name}`, name] as const),
    ]),
    ...rowsOf(hypercallBackend.name, [['hypercall/v0~lazyCpumask', 'cleared at switch']]),
  ],
  scenarios: everyScenario.filter(({ name }) => SCENARIOS.includes(name)),
  probes: ['hunt', 'counts'],
  columns: [verdictColumn, cpusReached, ipisForNothing, cpusLookedAt, moreLocked, findingColumn],
  plan: {
    executions: 3_000,
    executionsMin: 300,
    counted: 1_000,
    countedUnsafe: 100,
    onBrokenHost: 0,
    budgetMs: 46_000,
  },
  explainsWitnesses: true,
  answer: (results) => comparedAnswer(results, cpusReached, 'CPUs reached (IPIs, or exits of running vCPUs)'),
};
