import type { StudyRequest } from './run-study.js';
import type { StudyPlan } from './study.js';

/** What somebody asks a study for instead of what is planned. */
export interface AskedAmount {
  /** Executions of a row's hunt; its counts come from as many pairs. */
  readonly executions?: number;
  /** Pairs of executions that a row's counts come from. */
  readonly count?: number;
  /** Wall time for all rows. */
  readonly budgetMs?: number;
  /** All of the study's rows, not some. */
  readonly isWhole: boolean;
}

/** How much is run, and for how long. */
export type StudyAmount = Pick<
  StudyRequest,
  | 'executions'
  | 'executionsMin'
  | 'proof'
  | 'counted'
  | 'countedUnsafe'
  | 'countedIn'
  | 'onBrokenHost'
  | 'budgetMs'
>;

/** How much of a study is run: as it is planned, unless something else is asked for. */
export function amountOf(plan: StudyPlan, asked: AskedAmount): StudyAmount {
  const { executions, count, budgetMs } = asked;
  const isPlanned = executions === undefined && budgetMs === undefined;
  const isCountPlanned = isPlanned && count === undefined;
  return {
    executions: isPlanned ? plan.executions : executions,
    executionsMin: isPlanned ? plan.executionsMin : 1,
    // So many executions are asked for where nothing else is to take time.
    proof: executions === undefined ? plan.proof : undefined,
    counted: count ?? executions ?? (isPlanned ? plan.counted : undefined),
    countedUnsafe: isCountPlanned ? plan.countedUnsafe : undefined,
    countedIn: isCountPlanned && asked.isWhole ? plan.countedIn : undefined,
    // Fewer executions than planned: fewer are run there too.
    onBrokenHost: Math.min(plan.onBrokenHost, executions ?? plan.onBrokenHost),
    budgetMs: isPlanned ? plan.budgetMs : budgetMs,
  };
}
