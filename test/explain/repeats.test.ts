import { describe, expect, it } from 'vitest';
import { PlainNames } from '../../src/explain/plain-names.js';
import type { RawStep } from '../../src/explain/raw-step.js';
import { repeats } from '../../src/explain/repeats.js';
import { Layout } from '../../src/machine/layout.js';
import { OP_READ_ONCE, OP_WRITE_ONCE } from '../../src/machine/op-kinds.js';

/** Rounds at the end of an execution. */

const layout = new Layout();
const [x, y] = ['x', 'y'].map((name) => layout.alloc(name, 1, 'number'));
const names = new PlainNames(layout);

const operations = (each: readonly (readonly [kind: number, a: number, value: number])[]): RawStep[] =>
  each.map(([kind, a, value], step) => ({
    step,
    agent: 0,
    cpu: 0,
    kind,
    a,
    b: value,
    c: 0,
    d: 0,
    e: 0,
    value,
    events: [],
    site: null,
    asserted: null,
    handlerDepth: 0,
    unseen: null,
    found: null,
    writes: [],
    drained: [],
  }));

const told = (steps: readonly RawStep[]): string[] =>
  repeats(steps, new Set([0]), names).map(({ words }) => words);

describe('what a CPU repeats', () => {
  it('is told from its first round on', () => {
    const round = [
      [OP_READ_ONCE, x, 1],
      [OP_READ_ONCE, y, 0],
    ] as const;
    const steps = operations([[OP_WRITE_ONCE, x, 1], ...round, ...round, ...round, ...round]);
    expect(told(steps)).toEqual(['CPU0 repeats 2 steps from step 1 on (x is 1, y is 0)']);
    expect(repeats(steps, new Set([0]), names)[0].marks[0].step.step).toBe(1);
  });

  it('may count on: then the operations are the same', () => {
    const steps = operations([0, 1, 2, 3, 4, 5].map((value) => [OP_READ_ONCE, x, value] as const));
    expect(told(steps)).toEqual(['CPU0 repeats one step from step 0 on (x is 5)']);
  });

  it('is nothing where nothing stands three times', () => {
    const steps = operations([
      [OP_READ_ONCE, x, 0],
      [OP_READ_ONCE, y, 0],
      [OP_READ_ONCE, x, 0],
      [OP_READ_ONCE, y, 0],
      [OP_WRITE_ONCE, x, 0],
    ]);
    expect(told(steps)).toEqual([]);
  });
});
