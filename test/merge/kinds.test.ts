import { describe, expect, it } from 'vitest';
import { Random } from '../../src/explore/random.js';
import { kindsOf } from '../../src/merge/kinds.js';
import type { ScriptStep } from '../../src/vocabulary/scenario.js';
import { sampleScenario } from '../findings/sample.js';
import { samplePart, withWitness } from './sample-blobs.js';

describe('witnesses of several shards', () => {
  it('of one class and cause in one scenario are one bug, told by the shortest', () => {
    const parts = [
      withWitness(samplePart(3), { steps: 40, execution: 1 }),
      withWitness(samplePart(1), { steps: 20, execution: 9, traceHash: 'bbbbbbbb' }),
      withWitness(samplePart(2), { steps: 20, execution: 7, traceHash: 'aaaaaaaa' }),
    ];
    const [kind, ...others] = kindsOf(parts);
    expect(others).toEqual([]);
    expect(kind.witness.finding).toMatchObject({ steps: 20, execution: 7 });
    expect(kind.shards).toEqual([1, 2, 3]);
  });

  it('are told by the shortest, then by the first execution, then by hash, in any order', () => {
    const random = new Random();
    for (let round = 0; round < 200; round++) {
      random.seed(1, 0, round);
      const parts = Array.from({ length: 2 + random.below(4) }, (_, shard) =>
        withWitness(samplePart(shard + 1), {
          steps: 20 + random.below(2),
          execution: random.below(3),
          traceHash: `0000000${random.below(10)}`,
        }),
      );
      const findings = parts.flatMap(({ witness }) => witness?.finding ?? []);
      const [best] = findings.toSorted(
        (a, b) => a.steps - b.steps || a.execution - b.execution || (a.traceHash < b.traceHash ? -1 : 1),
      );
      const { steps, execution, traceHash } = best;
      for (const some of [parts, parts.toReversed()])
        expect(kindsOf(some)[0].witness.finding).toMatchObject({ steps, execution, traceHash });
    }
  });

  it('are of one bug whatever CPUs and pages are called, and of two where one does something else', () => {
    const random = new Random();
    for (let round = 0; round < 100; round++) {
      random.seed(2, 0, round);
      const cpus = 2 + random.below(3);
      const scripts = Array.from({ length: cpus }, () => scriptAt(random));
      const [order, pages] = [shuffled(random, cpus), shuffled(random, PAGES)];
      const renamed = order.map((cpu) => scripts[cpu].map((step) => renamedStep(step, pages)));
      const [more] = [renamed.with(0, [...renamed[0], { op: 'access', page: 0, write: true }])];
      const witnessIn = (shard: number, of: ScriptStep[][]) =>
        withWitness(samplePart(shard), {
          scenario: sampleScenario({ mms: [{}], start: undefined, cpus, pages: PAGES, scripts: of }),
        });
      const here = witnessIn(1, scripts);
      expect(kindsOf([here, witnessIn(2, renamed)])).toHaveLength(1);
      expect(kindsOf([here, witnessIn(2, more)])).toHaveLength(2);
    }
  });

  it('of two causes are two bugs, the one with the shorter witness first', () => {
    const parts = [
      withWitness(samplePart(1), { steps: 40 }, 'no IPI'),
      withWitness(samplePart(2), { steps: 20 }, 'no flush'),
    ];
    expect(kindsOf(parts).map(({ witness }) => witness.cause)).toEqual(['no flush', 'no IPI']);
  });

  it('of two classes or two scenarios are two bugs', () => {
    const other = sampleScenario({ slots: 3 });
    const violation = { class: 'cross-mm', step: 16, cpu: 1, message: 'another mm' } as const;
    expect(
      kindsOf([
        withWitness(samplePart(1)),
        withWitness(samplePart(2), { scenario: other }),
        withWitness(samplePart(3), { violation }),
      ]),
    ).toHaveLength(3);
  });

  it('in scenarios that differ in the names of CPUs and pages are of one bug', () => {
    const plain = { mms: [{}], start: undefined };
    const here = sampleScenario({
      ...plain,
      scripts: [[{ op: 'access', page: 0, write: true }], [{ op: 'munmap', start: 1, end: 2 }]],
    });
    const there = sampleScenario({
      ...plain,
      name: 'elsewhere',
      scripts: [[{ op: 'munmap', start: 0, end: 1 }], [{ op: 'access', page: 1, write: true }]],
    });
    const one = withWitness(samplePart(1), { scenario: here });
    expect(kindsOf([one, withWitness(samplePart(2), { scenario: there })])).toHaveLength(1);
    // What is done to a page is no name.
    const reads = sampleScenario({
      ...plain,
      scripts: [[{ op: 'munmap', start: 0, end: 1 }], [{ op: 'access', page: 1, write: false }]],
    });
    expect(kindsOf([one, withWitness(samplePart(2), { scenario: reads })])).toHaveLength(2);
  });

  it('are compared as they are where trying all names would take too long', () => {
    const script = (page: number) => Array(60).fill({ op: 'access', page, write: true });
    const scenario = (pages: readonly number[]) =>
      sampleScenario({ mms: [{}], start: undefined, cpus: 6, pages: 8, scripts: pages.map(script) });
    const here = withWitness(samplePart(1), { scenario: scenario([0, 0, 0, 0, 0, 1]) });
    const there = withWitness(samplePart(2), { scenario: scenario([1, 0, 0, 0, 0, 0]) });
    const began = process.cpuUsage();
    // Each is laid out 720 times, until a merge has done enough of that.
    expect(kindsOf([here, there])).toHaveLength(1);
    const many = Array.from({ length: 400 }, (_, shard) => ({ ...(shard % 2 === 0 ? here : there), shard }));
    expect(kindsOf(many)).toHaveLength(2);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(30);
  });

  it('without a cause are one bug only where they are one execution', () => {
    const parts = [
      withWitness(samplePart(1), {}, null),
      withWitness(samplePart(2), {}, null),
      withWitness(samplePart(3), { traceHash: 'ffffffff' }, null),
    ];
    expect(kindsOf(parts)).toHaveLength(2);
  });
});

const PAGES = 4;

/** Some operations, each on one page. */
function scriptAt(random: Random): ScriptStep[] {
  return Array.from({ length: 1 + random.below(3) }, (): ScriptStep => {
    const page = random.below(PAGES);
    if (random.below(2) === 0) return { op: 'access', page, write: random.below(2) === 0 };
    return { op: 'munmap', start: page, end: page + 1 };
  });
}

function shuffled(random: Random, count: number): number[] {
  const left = Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0]);
}

function renamedStep(step: ScriptStep, pages: readonly number[]): ScriptStep {
  if (step.op === 'access') return { ...step, page: pages[step.page] };
  return step.op === 'munmap' ? { ...step, start: pages[step.start], end: pages[step.start] + 1 } : step;
}
