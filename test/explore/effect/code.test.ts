import { expect, it } from 'vitest';
import type { CoveredFile } from '../../../src/bundle/cover.js';
import { CodeTally } from '../../../src/explore/effect/code.js';

/** Lines and branches of users' files that ran. */

const FILE: CoveredFile = {
  file: 'mine.ts',
  functions: [{ name: 'mine', line: 1, mentions: [] }],
  sites: [
    { line: 2, branch: null, func: 0 },
    { line: 2, branch: 'if true', func: 0 },
    { line: 3, branch: null, func: 0 },
    { line: 4, branch: null, func: 0 },
  ],
};
const SCENARIOS = ['one', 'two'];
const ran = (...sites: number[]) => [{ file: 'mine.ts', sites }];

it('adds up what hunts before ran, and says what ran first', () => {
  const first = new CodeTally([FILE], SCENARIOS);
  first.add(0, ran(0, 1));
  first.add(0, ran(0, 2));
  first.add(0, ran(0));
  expect(first.first).toEqual([
    { scenario: 'one', file: 'mine.ts', sites: [0, 1] },
    { scenario: 'one', file: 'mine.ts', sites: [2] },
  ]);
  const lines = (tally: CodeTally) => tally.reports(['mine']).map(({ never, partly }) => ({ never, partly }));
  expect(lines(first)).toEqual([{ never: [{ from: 4, to: 4 }], partly: [] }]);

  const second = new CodeTally([FILE], SCENARIOS, first.first);
  expect(lines(second)).toEqual(lines(first));
  second.add(1, ran(0, 3));
  expect(second.first).toEqual([{ scenario: 'two', file: 'mine.ts', sites: [0, 3] }]);
  const inOne = { line: 3, scenarios: ['one'] };
  expect(lines(second)).toEqual([{ never: [], partly: [inOne, { line: 4, scenarios: ['two'] }] }]);
  second.add(0, ran(0, 1, 3));
  expect(second.first.at(-1)).toEqual({ scenario: 'one', file: 'mine.ts', sites: [3] });
});
