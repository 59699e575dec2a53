import { hypercallBackend } from '../backends/hypercall.js';
import { kvmPvBackend } from '../backends/kvm-pv.js';
import { lazyAnswers } from '../rules/index.js';
import { v0 } from '../rules/v0-do-nothing.js';
import { lazy as lazyScenarios } from '../scenarios/catalogue/lazy.js';
import { remote } from '../scenarios/catalogue/remote.js';
import { lazyAnswer } from './answers/lazy.js';
import { findingColumn } from './columns/finding.js';
import { lazyReentryFlushes, lazyWakeups, needlessSwitchFlushes } from './columns/rates.js';
import { verdictColumn } from './columns/verdict.js';
import { ruleRows } from './rule-rows.js';
import type { Study } from './study.js';

/**
 * C2: a lazy CPU that is flushed for it stays lazy, and every flush that frees tables reaches it again. Which
 * answer to that costs what?
 */
export const lazy: Study = {
  name: 'lazy',
  rowTitle: 'ANSWER',
  summary:
    'lazy CPUs under paravirtual flush: left alone, sent an IPI, asked to leave, parked, or lazy mode ' +
    'off; what does each cost?',
  ...ruleRows([kvmPvBackend, hypercallBackend], [v0, ...lazyAnswers]),
  scenarios: [...lazyScenarios, ...remote.filter(({ name }) => name === 'lazy-targets')],
  probes: ['hunt', 'counts'],
  columns: [verdictColumn, lazyWakeups, needlessSwitchFlushes, lazyReentryFlushes, findingColumn],
  plan: {
    executions: 6_000,
    executionsMin: 600,
    counted: 2_000,
    countedUnsafe: 200,
    onBrokenHost: 0,
    budgetMs: 46_000,
  },
  explainsWitnesses: true,
  answer: lazyAnswer,
};
