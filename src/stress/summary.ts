import { COUNTERS, type CounterName } from '../oracles/counters.js';
import { findVariant } from '../variants/index.js';
import type { Variant } from '../variants/variant.js';
import { isLatent } from '../vocabulary/violation.js';
import { personally, type ViolationFacts, violationWords } from '../vocabulary/violation-facts.js';
import type { Hang, ProgramStressRequest, StressRequest, StressResult } from './api.js';
import { cpusBehind } from './behind.js';
import type { CpuReport } from './cpu-thread.js';
import type { PostMortem } from './post-mortem.js';
import { neverRan, replacedNames } from './replaced-calls.js';
import type { StressSubject } from './stress-subject.js';

/** What is known when the threads of a run have stopped. */
export interface EndedRun {
  readonly subject: StressSubject;
  readonly request: StressRequest | ProgramStressRequest;
  /** Users' variants, by whose names the request may ask. */
  readonly variants: readonly Variant[];
  readonly postMortem: PostMortem;
  /** By CPU; null: the thread did not come back. */
  readonly reports: readonly (CpuReport | null)[];
  readonly dead: readonly string[];
  /** What the variant's own counters say of the memory in which the threads have stopped. */
  readonly ownCounters: Readonly<Record<string, number>>;
  readonly hang: Hang | null;
  readonly interrupted: boolean;
  readonly cores: number;
  readonly seconds: number;
  readonly startSeconds: number;
  readonly waiting: 'doorbell' | 'token';
  readonly waitingReason: string;
}

/** A run's result, from what its threads reported and what memory shows of those that did not. */
export function summary(ended: EndedRun): StressResult {
  const { subject, request, reports, hang, interrupted, cores, seconds, startSeconds } = ended;
  const { waiting, waitingReason } = ended;
  const { memory, seed } = request;
  const counters = countersOf(reports);
  const { fullFlushes: full, partialFlushes: partial, switchFlushes: atSwitch } = counters;
  const died = reports.flatMap((report, id) =>
    report?.error != null ? [`CPU${id}: ${report.error.stack}`] : [],
  );
  return {
    variant: subject.name,
    scenario: subject.scenario,
    cpus: subject.cpus,
    ...{ cores, seconds, startSeconds },
    shootdowns: counters.shootdowns,
    ipis: counters.ipisServed,
    flushes: { full, partial, atSwitch },
    counters: { ...counters, ...ended.ownCounters },
    ...progress(ended),
    ...replacedParts(ended),
    ...violations(subject, reports),
    hang,
    dead: [...ended.dead, ...died],
    ...{ waiting, waitingReason, memory, seed, interrupted },
  };
}

function countersOf(reports: EndedRun['reports']): Record<CounterName, number> {
  const sum = (i: number): number => reports.reduce((all, report) => all + (report?.counters[i] ?? 0), 0);
  return Object.fromEntries(COUNTERS.map((name, i) => [name, sum(i)])) as Record<CounterName, number>;
}

/** How far each CPU came, and what it waited. */
function progress({
  subject,
  request,
  reports,
  postMortem,
  seconds,
}: EndedRun): Pick<
  StressResult,
  'rounds' | 'progressed' | 'sleeps' | 'unrung' | 'stepsMin' | 'stepsMax' | 'behind'
> {
  const steps = reports.map((_, cpu) => postMortem.steps(cpu));
  const idle = (cpu: number): boolean => subject.kinds[cpu] === null;
  const served = COUNTERS.indexOf('ipisServed');
  const cpus = subject.kinds.map((kind, cpu) => ({
    kind,
    steps: steps[cpu],
    waited: postMortem.waitedUs(cpu) / 1e6 / seconds,
  }));
  return {
    ...('program' in request ? { rounds: Math.min(...steps) } : {}),
    progressed: steps.filter(
      (count, cpu) => count > 0 || (idle(cpu) && (reports[cpu]?.counters[served] ?? 0) > 0),
    ).length,
    sleeps: reports.reduce((sum, _, cpu) => sum + postMortem.sleeps(cpu), 0),
    unrung: reports.reduce((sum, _, cpu) => sum + postMortem.unrung(cpu), 0),
    stepsMin: Math.min(...steps),
    stepsMax: Math.max(...steps),
    behind: cpusBehind(subject.scenario, cpus),
  };
}

/** Whether what the variant replaces ran. */
function replacedParts({
  request,
  variants,
  reports,
}: EndedRun): Pick<StressResult, 'replaced' | 'changedNothing'> {
  const variant = 'program' in request ? undefined : findVariant(request.variant, variants);
  const replaced = replacedNames(variant).map((name, i) => ({
    name,
    calls: reports.reduce((sum, report) => sum + (report?.replaced[i] ?? 0), 0),
  }));
  return { replaced, changedNothing: neverRan(variant, replaced) };
}

function violations(
  subject: StressSubject,
  reports: EndedRun['reports'],
): Pick<StressResult, 'violations' | 'latent'> {
  const known = reports.filter((report) => report !== null);
  const words = (facts: ViolationFacts): string => violationWords(facts, personally(subject.program.layout));
  return {
    violations: known.flatMap(({ violation }) =>
      violation === null
        ? []
        : [{ class: violation.facts.class, cpu: violation.facts.cpu, message: words(violation.facts) }],
    ),
    latent: known.flatMap(({ latent }) =>
      latent.flatMap(({ facts, times }) =>
        isLatent(facts.class) ? [{ class: facts.class, cpu: facts.cpu, message: words(facts), times }] : [],
      ),
    ),
  };
}
