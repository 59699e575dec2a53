import type { StressResult } from '../../src/stress/api.js';
import type { SelfTest } from '../../src/stress/self-test.js';

/** A stress run in which all went well, and a computer that is fine. */

export function sampleResult(change: Partial<StressResult> = {}): StressResult {
  return {
    variant: '6.17.5',
    scenario: 'two-mm-switch',
    cpus: 2,
    cores: 2,
    seconds: 2,
    startSeconds: 0.1,
    shootdowns: 1000,
    ipis: 900,
    flushes: { full: 300, partial: 600, atSwitch: 12 },
    counters: { shootdowns: 1000, ipisServed: 900 },
    replaced: [],
    changedNothing: false,
    progressed: 2,
    sleeps: 40,
    unrung: 0,
    behind: [],
    stepsMin: 100,
    stepsMax: 120,
    violations: [],
    latent: [],
    hang: null,
    dead: [],
    waiting: 'doorbell',
    waitingReason: 'a core for each CPU (2)',
    memory: 'tso',
    seed: 1,
    interrupted: false,
    ...change,
  };
}

export function sampleSelfTest(change: Partial<SelfTest> = {}): SelfTest {
  return {
    node: 'v20.20.2',
    v8: '11.3',
    arch: 'x64',
    cores: 2,
    tests: [
      { test: 'SB', stores: 'plain', tries: 20_000, forbidden: 0, reordered: 50 },
      { test: 'MP', stores: 'plain', tries: 20_000, forbidden: 0, reordered: 0 },
    ],
    storeBuffering: 0.0025,
    atomicStores: false,
    reason: 'plain stores behave as on x86',
    failed: false,
    ...change,
  };
}
