import { type Modules, NO_MODULES } from '../bundle/modules.js';
import type { HuntPlan } from '../explore/api.js';
import { type HuntOutcome, hunt as huntOn } from '../explore/hunt.js';
import { InlinePool } from '../explore/inline-pool.js';
import { type BaselineScope, entriesBy } from '../explore/known.js';
import { type BatchRunner, openPool } from '../explore/pool.js';
import { strategies as allStrategies } from '../explore/strategies/index.js';
import type { Baseline } from '../findings/baseline.js';
import { knownOf } from '../known/of-variant.js';
import type { PlainProgram } from '../programs/plain-program.js';
import { causeOf } from '../replay/cause-of.js';
import { type Explained, explained } from '../replay/explained.js';
import { renderTimeline } from '../report/timeline.js';
import { fittingScenarios } from '../scenarios/fitting.js';
import { findVariant } from '../variants/index.js';
import type { Variant } from '../variants/variant.js';
import { InputError } from '../vocabulary/errors.js';
import { findingSubject } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { modulesOf, type Subject } from './subject.js';

/** What is hunted, and how hard; everything but the subject may be left out. */
export interface HuntOptions extends Partial<HuntPlan> {
  /** What defineVariant returned, or a variant's name. */
  readonly variant?: Variant | string;
  /** What plainProgram returned, or the name of a program that the pool's modules define. */
  readonly program?: PlainProgram | string;
  /** Where a variant runs. Default: the scenarios of the catalogue that are usual for it. */
  readonly scenarios?: readonly Scenario[];
  /** Violations that are known: what `readBaseline` returned. */
  readonly baseline?: Baseline;
  /** Where its entries hold: in their own `scenario` (default), or by `cause` in any. */
  readonly baselineBy?: BaselineScope;
  /**
   * Who runs it. Default: this thread; with `jobs`, that many worker threads, for names of built-in
   * variants.
   */
  readonly pool?: BatchRunner;
}

/** A hunt's answer: the verdict, and of a violation the finding and the witness, replayed and explained. */
export interface HuntAnswer extends Explained {
  /** The witness as text, CPUs beside each other, around the steps that decided; null without one. */
  readonly timeline: string | null;
}

const EXECUTIONS_DEFAULT = 10_000;

/**
 * Hunts a variant in scenarios, or a plain program, at most 10,000 executions unless `executions` or
 * `budgetMs` say otherwise.
 *
 *     const { verdict, timeline } = await hunt({ variant: mine });
 *     console.log(verdict.message ?? 'none', timeline ?? '');
 *
 * A variant or program that is at hand as an object is hunted in this thread; on worker threads it comes out
 * of its module: `openPool(2, await loadModules(['mine.ts']))`. Open findings of the kernel beneath are no
 * failure, and are told in `verdict.met`; `known: []` makes them one.
 *
 * Throws InputError for a name that is nobody's, for a scenario that makes no sense with the variant, for
 * none at all, and for a mistake in a user's module.
 */
export async function hunt(options: HuntOptions): Promise<HuntAnswer> {
  const {
    variant,
    program,
    pool,
    jobs,
    baseline,
    baselineBy = 'scenario',
    scenarios: given,
    ...rest
  } = options;
  const { seed = 1, memory = 'tso', strategies = allStrategies.map(({ name }) => name), ...plan } = rest;
  const subject = variant ?? program;
  if (subject === undefined || (variant !== undefined && program !== undefined))
    throw new InputError('hunt takes a variant or a program', 'give { variant: mine } or { program: mine }');
  const isLimited = plan.executions !== undefined || plan.budgetMs !== undefined;
  return onRunner(subject, pool, jobs, async (runner, modules) => {
    const whole = {
      ...plan,
      ...(isLimited ? {} : { executions: EXECUTIONS_DEFAULT }),
      ...{ seed, memory, strategies, jobs: runner.jobs, pool: runner },
    };
    const name = nameOf(subject);
    const listed =
      baseline === undefined
        ? undefined
        : entriesBy(
            baselineBy,
            baseline.violations.filter((one) => one.variant === name && one.memory === memory),
          );
    if (program !== undefined)
      return answerOf(await huntOn({ ...whole, ...withKnown(plan, listed), program: name }), modules);
    const scenarios = fittingScenarios([findVariant(name, modules.variants)], given);
    // What is known of the kernel beneath is no failure of what is made of it.
    const open = knownOf(name, scenarios, modules.variants);
    const known = withKnown(plan, listed, open);
    return answerOf(await huntOn({ ...whole, ...known, variant: name, scenarios }), modules);
  });
}

function answerOf(outcome: HuntOutcome, modules: Modules): HuntAnswer {
  const answer = explained(outcome, modules);
  const { finding, replay } = answer;
  if (finding === null || replay === null) return { ...answer, timeline: null };
  const { cpus } = findingSubject(finding);
  return { ...answer, timeline: renderTimeline(replay.trace, { cpus, aroundDeciding: true }) };
}

const nameOf = (subject: Subject | string): string => (typeof subject === 'string' ? subject : subject.name);

/** What the request is told is known: what it says itself, else the baseline and the open findings. */
function withKnown(
  { known }: Partial<HuntPlan>,
  listed: HuntPlan['known'],
  open: HuntPlan['known'] = undefined,
): Pick<HuntPlan, 'known'> {
  if (known !== undefined) return { known };
  if (listed === undefined) return open === undefined ? {} : { known: open };
  return { known: [...listed, ...(open ?? [])] };
}

async function onRunner<Result>(
  subject: Subject | string,
  pool: BatchRunner | undefined,
  jobs: number | undefined,
  work: (runner: BatchRunner, modules: Modules) => Promise<Result>,
): Promise<Result> {
  if (pool !== undefined) return work(pool, pool.modules);
  if (jobs === undefined) {
    const modules = typeof subject === 'string' ? NO_MODULES : modulesOf(subject);
    return work(new InlinePool((request, witness) => causeOf(request, witness, modules), modules), modules);
  }
  if (typeof subject !== 'string')
    throw new InputError(
      `${subject.name}: worker threads take it from its module`,
      `give pool: openPool(${jobs}, await loadModules([FILE])), or leave jobs out`,
    );
  const own = openPool(jobs);
  try {
    return await work(own, NO_MODULES);
  } finally {
    await own.close();
  }
}
