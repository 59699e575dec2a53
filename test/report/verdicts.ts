import type { Verdict } from '../../src/explore/api.js';

/** A verdict without a witness, and what a test changes of it. */
export function sampleVerdict(change: Partial<Verdict> = {}): Verdict {
  return {
    variant: 'b1-fixed',
    scenario: 'two-mm-switch',
    violation: null,
    message: null,
    latent: [],
    executions: 30_000,
    steps: 12_345_678,
    seconds: 9.87,
    strategy: 'random+pct',
    memory: 'tso',
    seed: 1,
    finding: null,
    counters: {},
    scenarios: [{ scenario: 'two-mm-switch', executions: 30_000, steps: 12_345_678, counters: {} }],
    traceHash: '00000000',
    interrupted: false,
    ...change,
  };
}
