import { describe, expect, it } from 'vitest';
import type { FairTail } from '../../src/drive/fair-tail.js';
import type { RawStep } from '../../src/explain/raw-step.js';
import { isFairlyOver } from '../../src/replay/fairly-over.js';

const step = (agent: number, value: number): RawStep =>
  ({ agent, kind: 1, a: 5, b: 0, c: 0, d: 0, e: 0, value }) as RawStep;
const rounds = (count: number, round: readonly RawStep[]): RawStep[] =>
  Array.from({ length: count }, () => round).flat();
/** `fairTo`: the shortest end in which everybody moved who could. */
const fair = (steps: number, fairTo = Number.POSITIVE_INFINITY): FairTail =>
  ({ steps, isFairTo: (last: number) => last >= fairTo }) as FairTail;

describe('an execution that could go on makes no progress', () => {
  it('where everybody moved in turn for long', () => {
    expect(isFairlyOver([], fair(2_000))).toBe(true);
    expect(isFairlyOver([], fair(1_999))).toBe(false);
  });

  it('where rounds that are fair to everybody were gone for as long', () => {
    const round = [step(0, 0), step(0, 1), step(16, 0)];
    expect(isFairlyOver(rounds(700, round), fair(1, 3))).toBe(true);
    expect(isFairlyOver([step(0, 7), ...rounds(700, round)], fair(1, 3))).toBe(true);
    expect(isFairlyOver(rounds(600, round), fair(1, 3))).toBe(false);
  });

  it('not where somebody is kept from moving in each round', () => {
    expect(isFairlyOver(rounds(2_100, [step(0, 0)]), fair(1, 2))).toBe(false);
  });

  it('not where what is seen counts on', () => {
    const counting = Array.from({ length: 3_000 }, (_, index) => step(0, index));
    expect(isFairlyOver(counting, fair(1, 1))).toBe(false);
    // Two rounds are not yet one that repeats.
    const long = Array.from({ length: 1_500 }, (_, index) => step(0, index));
    expect(isFairlyOver(rounds(2, long), fair(1, 1))).toBe(false);
    expect(isFairlyOver(rounds(3, long), fair(1, 1))).toBe(true);
  });
});
