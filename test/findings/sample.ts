import type { KernelFinding } from '../../src/vocabulary/finding.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';

/** A scenario and a finding with every kind of field in them. The engine never runs them. */

export function sampleScenario(change: Partial<Scenario> = {}): Scenario {
  return {
    name: 'two-mm-switch',
    summary: 'Two CPUs switch between two mms while one of them flushes.',
    cpus: 2,
    mms: [{}, { alive: true, tlbGen: 3, vmas: [[0, 2, true]], cpumask: [1] }],
    pages: 2,
    slots: 2,
    pcid: true,
    lazy: true,
    walks: 4,
    start: [
      { loadedMm: 0 },
      { loadedMm: 1, lazy: false, slots: [{ mm: 1, tlbGen: 3 }, null], loadedMmAsid: 0, nextAsid: 1 },
    ],
    scripts: [
      [
        { op: 'run', mm: 0 },
        { op: 'access', page: 1, write: true },
        { op: 'munmap', start: 0, end: 1, nominalPages: 40 },
      ],
      [{ op: 'kthread' }, { op: 'idle', deep: true }, { op: 'run', mm: 1 }, { op: 'exit' }],
    ],
    ...change,
  };
}

export function sampleFinding(change: Partial<KernelFinding> = {}): KernelFinding {
  return {
    format: 'shootdown-finding',
    version: 1,
    shootdown: '0.1.0',
    variant: 'b1',
    scenario: sampleScenario(),
    memory: 'tso',
    strategy: 'random',
    seed: 1,
    execution: 42,
    schedule: ['0*12', '1b', '=3', '1i', '1w*2'],
    steps: 17,
    violation: {
      class: 'stale-use',
      step: 16,
      cpu: 1,
      message: 'CPU1 stores through a translation that munmap has revoked.',
    },
    latent: [{ class: 'gen-ahead', step: 9, cpu: 1, message: 'slot 0 says 4, its entry is of 3.' }],
    traceHash: '1a2b3c4d',
    ...change,
  };
}
