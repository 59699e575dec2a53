import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../browser/report/charts.js';
import { Looked } from '../../browser/report/execution.js';
import { movedTo, moveOf } from '../../browser/report/keys.js';
import { orderedPairs } from '../../browser/report/ordered.js';
import { hashOf, placeOf } from '../../browser/report/place.js';
import { lanesIn } from '../../browser/report/timeline/lanes.js';
import { spoken } from '../../browser/report/timeline/rows.jsx';
import { labelledSpans } from '../../browser/report/timeline/spans.js';
import { bufferBars, slotsOf } from '../../src/report/bars.js';
import { functionSpans } from '../../src/report/function-spans.js';
import type { ResultRow } from '../../src/report/page/document.js';
import { longExecution } from '../report/executions.js';
import { Steps } from '../report/steps.js';

/** What the page computes from its data, without a browser. */

describe('charts', () => {
  const row = (change: Partial<ResultRow>): ResultRow => ({
    ...{ subject: 's', scenario: 'lazy', memory: 'tso', status: 'none', verdict: 'none', violation: null },
    ...{ message: null, remarks: [], states: null, steps: null, seconds: null, witness: null },
    ...{ executions: 1, strategy: 'pct' },
    ...change,
  });
  const of = (...rows: ResultRow[]) => chartsOf({ rows });

  it('are of what rows have, by group, and only where there is something to compare', () => {
    const measures = (value: number) => [{ key: 'k', title: 'Needless', value }];
    const charts = of(
      row({ label: 'v0', group: 'kvm', measures: measures(158.26) }),
      row({ label: 'v1', group: 'kvm', measures: measures(0), witness: 0, executions: 7 }),
      row({ label: 'v0', group: 'native', measures: measures(1_161.4) }),
      row({ subject: 'b1', witness: 1, executions: 1_200, strategy: 'delay' }),
      row({ measures: [] }),
    );
    expect(charts.map(({ title, most }) => [title, most])).toEqual([
      ['Executions to the first witness, by the strategy that met it', 1_200],
      ['Needless', 1_161.4],
    ]);
    expect(
      charts[0].groups.map(({ title, bars }) => [title, bars.map(({ label, text }) => `${label} ${text}`)]),
    ).toEqual([
      ['pct', ['v1 7']],
      ['delay', ['b1 1,200']],
    ]);
    expect(charts[1].groups.map(({ title, bars }) => [title, bars.map(({ text }) => text)])).toEqual([
      ['kvm', ['158', '0']],
      ['native', ['1,161']],
    ]);
    expect(of(row({ witness: 0 }))).toEqual([]);
  });
});

describe('orderings', () => {
  it('are the pairs that steps are marked with, in their order', () => {
    const { all } = new Steps()
      .add(0, 'a', { ordered: [{ ordering: 2, is: 'before', other: 2 }] })
      .add(1, 'b', { ordered: [{ ordering: 1, is: 'before', other: null }] })
      .add(1, 'c', { ordered: [{ ordering: 2, is: 'after', other: 0 }] });
    const pairs = orderedPairs(all).map(({ ordering, before, after }) => [
      ordering,
      before?.text,
      after?.text,
    ]);
    expect(pairs).toEqual([
      [1, 'b', undefined],
      [2, 'a', 'c'],
    ]);
    expect(spoken(all[0])).toBe('step 0, CPU0: a. Of ordering 2: before step 2');
  });
});

describe('bars', () => {
  it('last from a store until it reaches memory, or to the end', () => {
    const whole = longExecution(3);
    // As if the last store were still in its buffer at the end.
    const execution = { ...whole, links: whole.links.filter(({ from }) => from !== 12) };
    const bars = bufferBars(execution).map(({ cpu, slot, from, to, label }) => ({
      cpu,
      slot,
      from,
      to,
      label,
    }));
    const last = execution.trace.length - 1;
    expect(bars.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [4, 5],
      [8, 9],
      [12, last],
    ]);
    expect(bars.every(({ cpu, slot }) => cpu === 0 && slot === 0)).toBe(true);
    expect(bars[3].label).toBe('late = 1 (buffered)');
  });

  it('of the same time stand beside each other', () => {
    const bars = [
      { cpu: 0, slot: 0, from: 0, to: 4, label: 'a' },
      { cpu: 0, slot: 1, from: 1, to: 3, label: 'b' },
      { cpu: 1, slot: 4, from: 1, to: 3, label: 'c' },
    ];
    expect([slotsOf(bars, 0), slotsOf(bars, 1), slotsOf(bars, 2)]).toEqual([2, 5, 0]);
  });
});

describe('spans of functions', () => {
  const steps = new Steps()
    .add(0, 'a', { functions: ['outer', 'inner'] })
    .add(0, 'b', { functions: ['outer', 'inner'] })
    .add(1, 'c', { functions: ['other'] })
    .add(0, 'd', { functions: ['handler'], handlerDepth: 1 })
    .add(0, 'e', { functions: ['outer', 'inner'] })
    .add(0, 'f', { functions: ['outer'] }).all;

  it('nest, go on behind a handler, and are named once', () => {
    const spans = labelledSpans(functionSpans(steps)).map(
      ({ cpu, name, depth, from, to, label }) => `${cpu} ${name} ${depth} ${from}-${to} "${label}"`,
    );
    expect(spans).toEqual([
      '0 outer 0 0-5 ""',
      '0 inner 1 0-4 "outer › inner"',
      '1 other 0 2-2 "other"',
      '0 handler 2 3-3 "handler"',
    ]);
  });
});

describe('an execution', () => {
  const looked = new Looked(longExecution(20));

  it('has its words at every step', () => {
    const x = looked.words.words.findIndex(({ name }) => name === 'x');
    expect([-1, 0, 1, 4, 5, 80].map((at) => looked.words.after(x, at))).toEqual([
      '0',
      '0',
      '1',
      '1',
      '2',
      '20',
    ]);
  });

  it('begins at the step that the cause speaks of', () => {
    expect(looked.begin).toBe(7);
    expect(looked.indexOf(9_999)).toBe(looked.steps.length - 1);
  });

  it('has lanes that do not overlap, as wide as the window where it has room', () => {
    for (const width of [300, 900, 1_600]) {
      const { lanes, width: all } = lanesIn(looked, width);
      for (const [index, lane] of lanes.entries()) {
        expect(lane.left + lane.textWidth).toBeLessThanOrEqual(lane.band);
        expect(lane.right).toBeLessThanOrEqual(lanes[index + 1]?.left ?? all);
      }
      if (width === 900) expect(all).toBeLessThanOrEqual(width);
    }
  });
});

describe('keys and addresses', () => {
  it('a key moves, and one with Ctrl is the browser’s', () => {
    const key = { ctrlKey: false, metaKey: false, altKey: false };
    expect(moveOf({ ...key, key: 'n' })).toBe('nextDeciding');
    expect(moveOf({ ...key, key: 'n', ctrlKey: true })).toBeNull();
    expect(moveOf({ ...key, key: 'toString' })).toBeNull();
    expect(['next', 'previousDeciding', 'last'].map((move) => movedTo(move as 'next', 5, 9, [2, 7]))).toEqual(
      [6, 2, 8],
    );
  });

  it('an address leads back to the same place, and a wrong one nowhere', () => {
    const place = {
      ...{ witness: 2, step: 14, view: 'functions' as const, filter: 'a&b=c#', status: 'none' },
      sorted: { column: 'steps', isDescending: true },
      ...{
        hand: { kept: 12, entries: '0*12 1b =3' },
        variant: '6.14+x~y',
        scenario: 'a&b',
        memory: 'sc' as const,
      },
    };
    expect(placeOf(hashOf(place))).toEqual(place);
    expect(placeOf('#witness=-1&step=x&view=toString&kept=7&memory=toString')).toEqual(placeOf(''));
  });
});
