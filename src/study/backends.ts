import { backends as allBackends } from '../backends/index.js';
import { everyScenario } from '../scenarios/catalogue/index.js';
import { backendsAnswer } from './answers/backends.js';
import { backendColumns } from './columns/backends.js';
import type { Study, StudyRow } from './study.js';

/** Every way to flush a remote TLB, in the same scenarios. */

/** Threads that come and go, lazy CPUs, vCPUs that their host takes away, and batches of reclaim. */
const SCENARIOS = ['global-switch', 'lazy-targets', 'preempted-targets', 'global-reclaim'];

export const backends: Study = {
  name: 'backends',
  rowTitle: 'BACKEND',
  summary:
    'every way to reach a remote TLB in the same scenarios: IPIs, hypercalls, broadcasts, and the flushes ' +
    'that come of them',
  groups: [{ name: 'backends', heading: 'backends' }],
  rows: allBackends.map(
    ({ name }): StudyRow => ({ group: 'backends', variant: name, label: name, baseline: null }),
  ),
  scenarios: everyScenario.filter(({ name }) => SCENARIOS.includes(name)),
  isPerScenario: true,
  probes: ['counts'],
  columns: backendColumns,
  plan: {
    executions: 0,
    executionsMin: 0,
    counted: 1_000,
    countedUnsafe: 0,
    onBrokenHost: 0,
    budgetMs: 46_000,
  },
  explainsWitnesses: false,
  answer: backendsAnswer,
};
