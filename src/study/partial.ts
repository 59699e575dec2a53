import { nativeBackend } from '../backends/native.js';
import { rangeAnswers } from '../rules/index.js';
import { v0 } from '../rules/v0-do-nothing.js';
import { everyScenario } from '../scenarios/catalogue/index.js';
import { comparedAnswer } from './answers/compared.js';
import { findingColumn } from './columns/finding.js';
import { fullFlushes, partialFlushes } from './columns/flushes.js';
import { degradedFlushes } from './columns/rates.js';
import { verdictColumn } from './columns/verdict.js';
import { ruleRows } from './rule-rows.js';
import type { Study } from './study.js';

/** Several CPUs that flush ranges of one mm at once. */
const SCENARIOS = ['full-and-partial', 'two-flushers', 'concurrent-dontneed', 'full-against-partial'];

/**
 * C11: a range is flushed as one only if it is the next generation and the newest; how often do concurrent
 * ranges become full flushes for that, and is it too strict?
 */
export const partial: Study = {
  name: 'partial',
  rowTitle: 'RANGES',
  summary:
    'when is a range flushed as one? as in the kernel, if it is the newest and the next; if it is the ' +
    'next; always',
  ...ruleRows([nativeBackend], [v0, ...rangeAnswers]),
  scenarios: everyScenario.filter(({ name }) => SCENARIOS.includes(name)),
  probes: ['hunt', 'counts'],
  columns: [verdictColumn, degradedFlushes, fullFlushes, partialFlushes, findingColumn],
  plan: {
    executions: 6_000,
    executionsMin: 600,
    counted: 2_000,
    countedUnsafe: 200,
    onBrokenHost: 0,
    budgetMs: 46_000,
  },
  explainsWitnesses: true,
  answer: (results) => comparedAnswer(results, degradedFlushes, 'ranges made full'),
};
