import type { StressResult } from './api.js';

/**
 * Several runs as one: the whole catalogue in turn, or one scenario several times. Rates stay those of the
 * time that ran; what is per CPU takes the worst.
 */
export function mergeResults(results: readonly StressResult[]): StressResult {
  const [first] = results;
  if (results.length === 1) return first;
  const sum = (value: (result: StressResult) => number): number =>
    results.reduce((total, result) => total + value(result), 0);
  const names = Object.keys(first.counters);
  const hung = results.find(({ hang }) => hang !== null);
  // What is shown was shown by one of them, which ended the campaign.
  const failed = results.find(
    ({ violations, hang, dead }) => violations.length > 0 || hang !== null || dead.length > 0,
  );
  const isOne = results.every(
    ({ variant, scenario }) => variant === first.variant && scenario === first.scenario,
  );
  // The run in which the fewest CPUs got anywhere speaks for all.
  const least = results.reduce((worst, result) =>
    result.cpus - result.progressed > worst.cpus - worst.progressed ? result : worst,
  );
  return {
    ...first,
    ...(failed === undefined || isOne
      ? {}
      : { failedIn: first.rounds === undefined ? failed.scenario : failed.variant }),
    ...(first.rounds === undefined ? {} : { rounds: sum(({ rounds = 0 }) => rounds) }),
    ...(first.rounds === undefined && !isOne ? { scenario: 'catalogue' } : {}),
    cpus: least.cpus,
    progressed: least.progressed,
    seconds: sum(({ seconds }) => seconds),
    shootdowns: sum(({ shootdowns }) => shootdowns),
    ipis: sum(({ ipis }) => ipis),
    flushes: {
      full: sum(({ flushes }) => flushes.full),
      partial: sum(({ flushes }) => flushes.partial),
      atSwitch: sum(({ flushes }) => flushes.atSwitch),
    },
    replaced: first.replaced.map(({ name }, i) => ({
      name,
      calls: sum(({ replaced }) => replaced[i].calls),
    })),
    changedNothing: results.every(({ changedNothing }) => changedNothing),
    counters: Object.fromEntries(names.map((name) => [name, sum(({ counters }) => counters[name])])),
    sleeps: sum(({ sleeps }) => sleeps),
    unrung: sum(({ unrung }) => unrung),
    stepsMin: Math.min(...results.map(({ stepsMin }) => stepsMin)),
    stepsMax: Math.max(...results.map(({ stepsMax }) => stepsMax)),
    behind: results.flatMap(({ behind }) => behind),
    violations: results.flatMap(({ violations }) => violations),
    latent: results.flatMap(({ latent }) => latent),
    hang: hung?.hang ?? null,
    dead: results.flatMap(({ dead }) => dead),
    interrupted: results.some(({ interrupted }) => interrupted),
  };
}
