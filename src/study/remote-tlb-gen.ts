import { hypercallBackend } from '../backends/hypercall.js';
import { hypervBackend } from '../backends/hyperv.js';
import { invlpgbBackend } from '../backends/invlpgb.js';
import { kvmPvBackend } from '../backends/kvm-pv.js';
import { nativeBackend } from '../backends/native.js';
import { nativeOthersBackend } from '../backends/native-others.js';
import { rarBackend } from '../backends/rar.js';
import { xenBackend } from '../backends/xen.js';
import { rules } from '../rules/index.js';
import { catalogue } from '../scenarios/catalogue/index.js';
import { remote } from '../scenarios/catalogue/remote.js';
import { quickProofs, verifyCatalogue } from '../scenarios/verify/index.js';
import { remoteTlbGenAnswer } from './answers/remote-tlb-gen.js';
import { findingColumn } from './columns/finding.js';
import { lostFlushColumn } from './columns/lost-flush.js';
import {
  degradedFlushes,
  initiatorLockedOps,
  lockedOperations,
  lostRaises,
  needlessSwitchFlushes,
  ownerLockedOps,
  switchFlushes,
} from './columns/rates.js';
import { verdictColumn } from './columns/verdict.js';
import { provedAnswer } from './exhaustive/proved-answer.js';
import { ruleRows } from './rule-rows.js';
import type { Study } from './study.js';

const BACKENDS = [
  hypercallBackend,
  hypervBackend,
  xenBackend,
  kvmPvBackend,
  nativeBackend,
  nativeOthersBackend,
  invlpgbBackend,
  rarBackend,
];

/**
 * The question that the laboratory was built for (C1): after a remote flush, may the initiator write the
 * target's tlb_gen?
 */
export const remoteTlbGen: Study = {
  name: 'remote-tlb-gen',
  rowTitle: 'RULE',
  summary:
    "may an initiator write the remote CPU's tlb_gen after a flush that was done for it? by which rule, " +
    'at what gain and cost?',
  ...ruleRows(BACKENDS, rules),
  scenarios: [...remote, ...catalogue.filter(({ name }) => name === 'full-and-partial')],
  probes: ['hunt', 'counts', 'broken-host'],
  columns: [
    verdictColumn,
    needlessSwitchFlushes,
    switchFlushes,
    degradedFlushes,
    lostRaises,
    ownerLockedOps,
    initiatorLockedOps,
    lockedOperations,
    lostFlushColumn,
    findingColumn,
  ],
  plan: {
    executions: 2_000,
    executionsMin: 100,
    counted: 650,
    countedUnsafe: 130,
    // A flush hypercall makes most flushes at switches needless, so that rules differ there by far.
    countedIn: { hypercall: 260, hyperv: 260, xen: 260 },
    onBrokenHost: 200,
    budgetMs: 50_000,
    proof: { shipped: verifyCatalogue, scenarios: quickProofs, statesMax: 100_000, untilMs: 54_000 },
  },
  explainsWitnesses: true,
  answer: remoteTlbGenAnswer,
  exhaustive: { scenarios: verifyCatalogue, answer: provedAnswer },
};
