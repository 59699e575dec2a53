import { describe, expect, it } from 'vitest';
import { controlWords } from '../../src/stress/control.js';
import { Perturbation, type PerturbationSettings } from '../../src/stress/perturbation.js';

/**
 * What a CPU with these settings goes through: walks with their page, preemptions, and the boundaries in
 * between.
 */
function story(settings: Partial<PerturbationSettings>, times = 300): (number | string)[] {
  const words = new Int32Array(new SharedArrayBuffer(4 * controlWords(2)));
  const all = { seed: 1, perturbEvery: 100, walkPages: 4, virtual: true, ...settings };
  const perturbation = new Perturbation(words, 1, all, true);
  const told: (number | string)[] = [];
  const cpu = {
    speculate: (page: number) => told.push(`walk ${page}`),
    preempt: () => told.push('preempted'),
  };
  for (let i = 0; i < times; i++) told.push(perturbation.perturb(cpu as never));
  return told;
}

const kinds = (told: readonly (number | string)[]): string[] =>
  [...new Set(told.filter((one) => typeof one === 'string').map((one) => one.split(' ')[0]))].sort();

describe('perturbation', () => {
  it('is the same for the same seed', () => {
    expect(story({})).toEqual(story({}));
    expect(story({})).not.toEqual(story({ seed: 2 }));
  });

  it('is what the machine has: walks, preemption, neither', () => {
    expect(kinds(story({}))).toEqual(['preempted', 'walk']);
    expect(kinds(story({ virtual: false }))).toEqual(['walk']);
    expect(kinds(story({ virtual: false, walkPages: 0 }))).toEqual([]);
    expect(kinds(story({ perturbEvery: 0 }))).toEqual([]);
  });

  it('comes after so many boundaries on average', () => {
    const gaps = story({ virtual: false, walkPages: 0 }, 2000).filter((one) => typeof one === 'number');
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean).toBeGreaterThan(90);
    expect(mean).toBeLessThan(110);
  });
});
