import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import * as api from '../../src/index.js';
import { loadModules } from '../../src/modules/load.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { munmapStorm } from '../../src/scenarios/stress/munmap-storm.js';
import type { StressResult } from '../../src/stress/api.js';
import { StressEngine } from '../../src/stress/run.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { partOf } from '../at-length.js';
import { ModuleFolder } from '../modules/write-module.js';
import { acks, roundEnds, waits } from './own-modules.js';

/** What others' code meets on threads: ends of rounds, waits that stores of all kinds end. */

const folder = new ModuleFolder();
let engine: StressEngine;
let idle: Scenario;

beforeAll(async () => {
  const files = [
    folder.write('round-ends.ts', ...roundEnds),
    folder.write('waits.ts', ...waits),
    folder.write('acks.ts', ...acks),
  ];
  const own = await loadModules(files, { api, apiFile: sourceFile('index'), typeCheck: false });
  idle = own.scenarios.find(({ name }) => name === 'one-idles')!;
  engine = new StressEngine(own.modules);
});
afterAll(async () => {
  await engine.close();
  folder.remove();
});

const plan = { seed: 1, memory: 'tso', waiting: 'auto', perturbEvery: 50 } as const;
const named = (name: string): Scenario => catalogue.find((scenario) => scenario.name === name)!;
const kernel = (
  variant: string,
  scenario: Scenario,
  forMs = 500,
  waiting: 'auto' | 'token' = 'auto',
): Promise<StressResult> => engine.run({ ...plan, variant, scenario, cpus: scenario.cpus, forMs, waiting });

const wears = ['ping-pong-munmap', 'exit-while-lazy'];
const late = ['locks-in-handler', 'counts-plainly', 'sends-without-waiting', 'frees-in-handler'];

describe('the end of a round', () => {
  const all = late.flatMap((variant) =>
    wears.flatMap((scenario) =>
      (['auto', 'token'] as const).map((waiting) => ({ variant, scenario, waiting })),
    ),
  );
  it.each(partOf(all, 3))('tears nothing of $variant in $scenario, waiting: $waiting', async (one) => {
    const result = await kernel(one.variant, named(one.scenario), 500, one.waiting);
    expect(result).toMatchObject({ violations: [], latent: [], hang: null, dead: [] });
    expect(result.stepsMin).toBeGreaterThan(10);
  });

  it('is one for a CPU without a script too', async () => {
    const result = await kernel('6.18', idle, 500);
    expect(result).toMatchObject({ violations: [], hang: null, dead: [] });
    // Far more than the rounds up to the first restart.
    expect(result.stepsMax).toBeGreaterThan(100);
  });

  it('does not wait for an interrupt that is never taken', async () => {
    const result = await engine.run({ ...plan, program: 'ends-with-interrupts-off', forMs: 400 });
    expect(result).toMatchObject({ violations: [], hang: null, dead: [] });
    expect(result.rounds).toBeGreaterThan(20);
  });
});

describe('a store that ends a wait rings', () => {
  it.each(['by-plain-store', 'by-poke', 'by-and', 'by-pair', 'by-another-value', 'by-bits'])(
    '%s',
    async (program) => {
      const result = await engine.run({ ...plan, program, forMs: 400 });
      expect(result).toMatchObject({ violations: [], hang: null, dead: [] });
      expect(result.rounds).toBeGreaterThan(5);
      // A sleeper of whom nobody thinks wakes up by itself, once in each round.
      expect(result.unrung).toBeLessThan(Math.max(4, (result.rounds ?? 0) / 4));
    },
  );

  // Requests of hypercalls, broadcasts and remote actions are asked for in the same way as NMIs.
  it.each(['auto', 'token'] as const)('an NMI behind an IPI rings, waiting: %s', async (waiting) => {
    const result = await engine.run({ ...plan, program: 'by-nmi-behind-ipi', forMs: 400, waiting });
    expect(result).toMatchObject({ violations: [], hang: null, dead: [] });
    expect(result.rounds).toBeGreaterThan(5);
    expect(result.unrung).toBeLessThan(Math.max(4, (result.rounds ?? 0) / 4));
  });

  it.each(['acks-plainly', 'acks-by-poke', 'acks-by-xchg'])('%s', async (variant) => {
    const result = await kernel(variant, munmapStorm(2), 600);
    expect(result).toMatchObject({ violations: [], hang: null, dead: [] });
    expect(result.unrung).toBeLessThan(Math.max(4, result.shootdowns / 20));
  });
});

describe('a CPU that starves', () => {
  it('is told, and is no violation', async () => {
    const scenario = { ...munmapStorm(2), name: 'starving' };
    const result = await kernel('starves-one', scenario, 1200);
    expect(result).toMatchObject({ violations: [], hang: null, behind: [{ cpu: 1, scenario: 'starving' }] });
    const [{ steps, others }] = result.behind;
    expect([steps, others]).toEqual([result.stepsMin, result.stepsMax]);
  });
});
