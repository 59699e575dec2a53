import { delay } from './delay.js';
import { pct } from './pct.js';
import { random } from './random.js';
import type { StrategyInfo } from './strategy.js';

/** Every strategy; the default portfolio alternates between all of them within each scenario. */
export const strategies: readonly StrategyInfo[] = [random, pct, delay];

export function findStrategy(name: string): StrategyInfo | undefined {
  return strategies.find((strategy) => strategy.name === name);
}
