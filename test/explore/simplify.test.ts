import { describe, expect, it } from 'vitest';
import { encodeSchedule } from '../../src/drive/schedule.js';
import { runBatch, simplifyWitness } from '../../src/explore/batch.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';

describe('simplify', () => {
  const scenario = catalogue.find(({ name }) => name === 'ping-pong-dontneed');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const request = {
    variant: '6.14',
    scenario,
    memory: 'tso',
    strategies: ['random'],
    seed: 3,
    first: 0,
    count: 400,
  } as const;
  const { witness } = runBatch(request);
  if (witness === null) throw new Error('nothing to simplify');
  const simple = simplifyWitness(request, witness);

  it('keeps the violation and needs fewer changes between agents', () => {
    expect(simple.violation.class).toBe(witness.violation.class);
    expect(encodeSchedule(simple.schedule).length).toBeLessThan(encodeSchedule(witness.schedule).length / 2);
  });

  it('is a function of the witness alone', () => {
    expect(simplifyWitness(request, witness)).toEqual(simple);
  });

  it('leaves what is simple as it is', () => {
    expect(simplifyWitness(request, simple).schedule).toEqual(simple.schedule);
  });
});
