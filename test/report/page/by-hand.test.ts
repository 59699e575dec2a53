import { describe, expect, it } from 'vitest';
import { byHandOf } from '../../../src/report/page/by-hand.js';
import { sampleFinding } from '../../findings/sample.js';

describe('what a page can execute of a finding', () => {
  const finding = sampleFinding();
  const module = { file: 'own.ts', sha256: 'a'.repeat(64) };

  it('is a variant of the project in the scenario of the finding', () => {
    const { variant, scenario, memory, schedule } = finding;
    expect(byHandOf(finding)).toEqual({ subject: { variant, scenario, memory }, schedule });
  });

  it.each([
    ['a module', { ...finding, modules: [module] }, 'a module of its own'],
    ['a program', { ...finding, program: 'p', cpus: 2, modules: [module] }, 'a module of its own'],
    [
      "a kernel's C text",
      { ...finding, kernelSource: { tree: 't', variant: 'v', base: '6.18', config: [], files: [] } },
      "a kernel's C text",
    ],
  ])('is nothing of %s, and it says so', (_, given, why) => {
    expect(byHandOf(given)).toEqual({ why: expect.stringContaining(why) });
  });
});
