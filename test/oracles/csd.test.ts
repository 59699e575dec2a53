import { describe, expect, it } from 'vitest';
import { CSD_FLAGS, CSD_INFO } from '../../src/index.js';
import type { KernelFunctions } from '../../src/kernel/functions.js';
import { A, dontneed, repeat, run, script, write } from '../../src/scenarios/steps.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { runMany } from '../kernel/harness.js';

/** Replacements that are right and say nothing of themselves: no oracle may take their silence for a bug. */

const scenario: Scenario = {
  name: 'csds',
  summary: '',
  cpus: 2,
  mms: [{}],
  pages: 3,
  slots: 3,
  pcid: true,
  lazy: true,
  walks: 0,
  scripts: [script(run(A), repeat(3, write(0), dontneed(0, 1))), script(run(A), repeat(3, write(0, 0)))],
};

const runCsd: KernelFunctions['runCsd'] = function* (cpu, csd) {
  const initiator = yield* cpu.readOnce(csd + CSD_INFO);
  yield* cpu.fn.flushTlbFunc(cpu, initiator);
  yield* cpu.fn.csdUnlock(cpu, csd);
};

const csdUnlock: KernelFunctions['csdUnlock'] = function* (cpu, csd) {
  yield* cpu.storeRelease(csd + CSD_FLAGS, 0);
};

describe('the csd oracles', () => {
  it.each<[string, Partial<KernelFunctions>]>([
    ['runCsd', { runCsd }],
    ['csdUnlock', { csdUnlock }],
    ['both', { runCsd, csdUnlock }],
  ])('do not miss the notes of %s', (_, replace) => {
    const tally = runMany(scenario, { replace, executions: 60, seed: 7 });
    expect(tally.harm).toEqual({});
    expect(tally.latent).toEqual({});
  });
});
