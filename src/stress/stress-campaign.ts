import { NO_MODULES } from '../bundle/modules.js';
import type { Scenario } from '../vocabulary/scenario.js';
import type { StressPlan, StressResult } from './api.js';
import { mergeResults } from './merge-results.js';
import { StressEngine } from './run.js';

/**
 * A variant in a scenario, for a number of CPUs, which some scenarios are made for and others are replicated
 * to.
 */
export interface StressScenario {
  readonly variant: string;
  readonly name: string;
  readonly cpus: number;
  readonly scenario: Scenario;
}

/** A plain program of a user's module, with its number of CPUs. */
export interface StressProgram {
  readonly name: string;
  readonly program: string;
  readonly cpus: number;
}

export type StressTarget = StressScenario | StressProgram;

/**
 * Milliseconds of a target's first turn when several share the time, for each eight CPUs; turns double up to
 * the last.
 */
const TURN_MS = 250;
const TURN_MS_MAX = 8000;

export interface CampaignResult {
  readonly result: StressResult;
  /** The same for each target that was come to, in their order. */
  readonly byTarget: readonly StressResult[];
  /** What the violation, hang or death was seen in; null if all was well. */
  readonly failedIn: StressTarget | null;
}

/**
 * Runs the targets in turn until the time is up or one of them fails. `modules`: where they are defined that
 * the project does not bring.
 */
export async function stressCampaign(
  plan: StressPlan,
  targets: readonly StressTarget[],
  modules = NO_MODULES,
): Promise<CampaignResult> {
  const engine = new StressEngine(modules);
  const results: StressResult[] = [];
  const turns: StressResult[][] = targets.map(() => []);
  let failedIn: StressTarget | null = null;
  try {
    let left = plan.forMs;
    for (let turn = 0; left > 0 && failedIn === null; turn++) {
      const chosen = targets[turn % targets.length];
      const round = Math.floor(turn / targets.length);
      const forMs =
        targets.length === 1
          ? left
          : Math.min(left, TURN_MS_MAX, TURN_MS * Math.max(1, chosen.cpus / 8) * 2 ** round);
      // Another seed for each turn: a second look at a scenario is another run.
      const seed = (plan.seed + Math.imul(round, 0x9e3779b9)) >>> 0;
      const result = await engine.run({ ...plan, ...chosen, seed, forMs });
      results.push({ ...result, seed: plan.seed });
      turns[turn % targets.length].push({ ...result, seed: plan.seed });
      left -= result.seconds * 1000;
      if (result.violations.length > 0 || result.hang !== null || result.dead.length > 0) failedIn = chosen;
      if (result.interrupted) break;
    }
  } finally {
    await engine.close();
  }
  const byTarget = turns.filter((own) => own.length > 0).map(mergeResults);
  return { result: mergeResults(results), byTarget, failedIn };
}
