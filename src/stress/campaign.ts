import type { Scenario } from '../scenarios/scenario.js';
import type { StressRequest, StressResult } from './api.js';
import { mergeResults } from './merge.js';
import { StressEngine } from './run.js';

/** A scenario for a number of CPUs, which some are made for and others are replicated to. */
export interface StressScenario {
  readonly name: string;
  readonly cpus: number;
  readonly scenario: Scenario;
}

/** Milliseconds of a scenario's first turn when several share the time, for each eight CPUs; turns double up to the last. */
const TURN_MS = 250;
const TURN_MS_MAX = 8000;

export interface CampaignResult {
  readonly result: StressResult;
  /** The scenario that the violation, hang or death was seen in; null if all was well. */
  readonly failedIn: StressScenario | null;
}

/** Runs the scenarios in turn until the time is up or one of them fails. */
export async function stressCampaign(
  request: Omit<StressRequest, 'scenario' | 'cpus'>,
  scenarios: readonly StressScenario[],
): Promise<CampaignResult> {
  const engine = new StressEngine();
  const results: StressResult[] = [];
  let failedIn: StressScenario | null = null;
  try {
    let left = request.forMs;
    for (let turn = 0; left > 0 && failedIn === null; turn++) {
      const chosen = scenarios[turn % scenarios.length];
      const round = Math.floor(turn / scenarios.length);
      const forMs = scenarios.length === 1 ? left : Math.min(left, TURN_MS_MAX, TURN_MS * Math.max(1, chosen.cpus / 8) * 2 ** round);
      // Another seed for each turn: a second look at a scenario is another run.
      const seed = (request.seed + Math.imul(round, 0x9e3779b9)) >>> 0;
      const result = await engine.run({ ...request, seed, scenario: chosen.scenario, cpus: chosen.cpus, forMs });
      results.push({ ...result, seed: request.seed });
      left -= result.seconds * 1000;
      if (result.violations.length > 0 || result.hang !== null || result.dead.length > 0) failedIn = chosen;
      if (result.interrupted) break;
    }
  } finally {
    await engine.close();
  }
  return { result: mergeResults(results), failedIn };
}
