import { describe, expect, it } from 'vitest';
import { kindsOf } from '../../src/merge/kinds.js';
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
