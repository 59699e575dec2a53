import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import type { ScriptStep } from '../../src/vocabulary/scenario.js';
import { account } from '../kernel/accounting.js';
import { runMany } from '../kernel/harness.js';

/** Steps that end in a flush of somebody's TLB. */
const FLUSHES = ['munmap', 'mprotect', 'madvise', 'fork', 'exit', 'reclaim'];
const PROFILES = ['6.12', '6.17.5', '6.18'];
/** `npx tsx bench/clean.ts` does as many as time allows. */
const EXECUTIONS = 60;

const has = (script: readonly ScriptStep[], ops: readonly string[]): boolean =>
  script.some((step) => ops.includes(step.op));
/** Runs two mms, or leaves and comes back. */
const switches = (script: readonly ScriptStep[]): boolean =>
  script.filter((step) => step.op === 'run').length > 1;

describe('the catalogue', () => {
  it('has 12 to 40 scenarios with names of their own', () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(12);
    expect(catalogue.length).toBeLessThanOrEqual(40);
    expect(new Set(catalogue.map((scenario) => scenario.name)).size).toBe(catalogue.length);
    for (const scenario of catalogue) expect(scenario.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('shares no name with the small scenarios, or a name would mean one to hunt and another to verify', () => {
    const names = [...catalogue, ...verifyCatalogue].map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('is mostly of 2-3 CPUs, 2-3 mms, 1-3 pages and 2-6 slots', () => {
    const mostly = (holds: (scenario: (typeof catalogue)[number]) => boolean): void => {
      expect(catalogue.filter(holds).length).toBeGreaterThan(catalogue.length * 0.75);
    };
    mostly(({ cpus }) => cpus === 2 || cpus === 3);
    mostly(({ mms }) => mms.length === 2 || mms.length === 3);
    mostly(({ pages }) => pages >= 1 && pages <= 3);
    mostly(({ slots }) => slots >= 2 && slots <= 6);
  });

  it('is well-formed', () => {
    for (const { name, cpus, scripts, pages, mms, slots, walks } of catalogue) {
      expect(scripts.length, name).toBe(cpus);
      expect(pages <= 64 && slots >= 1 && slots <= 6 && walks >= 0, name).toBe(true);
      for (const step of scripts.flat()) {
        if ('mm' in step) expect(step.mm, name).toBeLessThan(mms.length);
        if ('page' in step) expect(step.page, name).toBeLessThan(pages);
        if ('end' in step)
          expect(step.start >= 0 && step.start < step.end && step.end <= pages, name).toBe(true);
        if (step.op === 'fork') expect(mms[step.child].alive, name).toBe(false);
      }
    }
  });

  it('in half of them CPUs switch while others flush', () => {
    const mixed = catalogue.filter(({ scripts }) =>
      scripts.some(
        (flusher, i) => has(flusher, FLUSHES) && scripts.some((switcher, j) => i !== j && switches(switcher)),
      ),
    );
    expect(mixed.length).toBeGreaterThanOrEqual(catalogue.length / 2);
  });

  it('is what it was written as: two runs of the module give the same bytes', () => {
    expect(JSON.parse(JSON.stringify(catalogue))).toEqual(catalogue);
  });
});

describe.each(PROFILES)('every scenario under %s', (profile) => {
  it.each(catalogue.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
    let ends = 0;
    const tally = runMany(scenario, {
      profile,
      // 6.12 frees tables at once, and a CPU in the middle of a switch may still walk there: its own test is
      // test/variants/open-findings.
      features: { rcuTableFree: true },
      executions: EXECUTIONS,
      seed: 3,
      atEnd: (machine, program) => {
        ends++;
        expect(account(machine, program)).toEqual([]);
      },
    });
    expect({ harm: tally.harm, latent: tally.latent, first: tally.first }).toEqual({
      harm: {},
      latent: {},
      first: null,
    });
    expect(ends).toBe(EXECUTIONS);
    const mean = tally.steps / EXECUTIONS;
    expect(mean).toBeGreaterThanOrEqual(150);
    expect(mean).toBeLessThanOrEqual(800);
  });
});
