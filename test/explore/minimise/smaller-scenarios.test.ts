import { describe, expect, it } from 'vitest';
import {
  isIdle,
  partsOf,
  warmer,
  withoutCpu,
  withoutPart,
} from '../../../src/explore/minimise/smaller-scenarios.js';
import { checkScenario } from '../../../src/findings/schema.js';
import { catalogue } from '../../../src/scenarios/catalogue/index.js';
import { A, B, dontneed, read, run, script } from '../../../src/scenarios/steps.js';
import type { Scenario } from '../../../src/vocabulary/scenario.js';

const scenario: Scenario = {
  ...{ name: 'three', summary: 'three CPUs', cpus: 3, pages: 2, slots: 2, pcid: true, lazy: true, walks: 0 },
  mms: [{ cpumask: [2] }, {}],
  start: [{}, {}, { loadedMm: B }],
  scripts: [script(run(A), read(0), dontneed(0, 1)), [], script(read(1))],
};

describe('smaller scenarios', () => {
  it('have parts of every size, each operation in one of each', () => {
    const parts = partsOf(scenario);
    expect(parts[0]).toEqual({ cpu: 0, from: 0, count: 3 });
    const single = parts.filter(({ count }) => count === 1);
    expect(single).toHaveLength(4);
    for (const part of parts) expect(checkScenario(withoutPart(scenario, part), 'here')).toBeDefined();
    expect(withoutPart(scenario, { cpu: 0, from: 1, count: 1 }).scripts[0]).toEqual(
      script(run(A), dontneed(0, 1)),
    );
  });

  it('are without a CPU that does nothing and has nothing; others keep what is theirs', () => {
    expect([0, 1, 2].map((cpu) => isIdle(scenario, cpu))).toEqual([false, true, false]);
    const { cpus, mms, start, scripts } = withoutCpu(scenario, 1);
    expect({ cpus, mms }).toEqual({ cpus: 2, mms: [{ cpumask: [1] }, {}] });
    expect(start).toEqual([{}, { loadedMm: B }]);
    expect(scripts[1]).toEqual(script(read(1)));
    // Its bit is somebody's in a mask.
    expect(isIdle({ ...scenario, mms: [{ cpumask: [1] }, {}] }, 1)).toBe(false);
  });

  it('begin where the first operation, or a page fault, would have led', () => {
    const all = warmer(scenario);
    expect(all.map(({ done }) => done?.cpu ?? null)).toEqual([0, null, null, null, null]);
    expect(all[0].scenario.start?.[0]).toEqual({ loadedMm: A });
    expect(all[0].scenario.scripts[0]).toEqual(script(read(0), dontneed(0, 1)));
    const mapped = all.find(({ scenario: { mms } }) => mms[1].mapped?.[0].page === 1);
    const cached = mapped === undefined ? [] : warmer(mapped.scenario);
    expect(cached.find(({ done }) => done?.cpu === 2)?.scenario).toMatchObject({
      start: [{}, {}, { loadedMm: B, cached: [{ mm: B, page: 1 }] }],
    });
  });

  it('are scenarios, whatever they are made of', () => {
    // Of every size and kind; all of them take seconds.
    for (const whole of catalogue.filter((_, i) => i % 16 === 0))
      for (const { scenario: one } of warmer(whole))
        for (const { scenario: two } of [{ scenario: one }, ...warmer(one)])
          expect(checkScenario(two, whole.name)).toEqual(two);
  });
});
