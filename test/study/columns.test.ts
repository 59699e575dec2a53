import { describe, expect, it } from 'vitest';
import { COUNTERS } from '../../src/oracles/counters.js';
import { isPermanent, lostFlushColumn } from '../../src/study/columns/lost-flush.js';
import { lockedOperations, needlessSwitchFlushes, ownerLockedOps } from '../../src/study/columns/rates.js';
import { verdictColumn } from '../../src/study/columns/verdict.js';
import { concurrentFlush } from '../../src/study/concurrent-flush.js';
import { studies } from '../../src/study/index.js';
import { totalsOf } from '../../src/study/paired-counts.js';
import { roundsOf } from '../../src/study/rounds.js';
import type { Counts, RowResult } from '../../src/study/study.js';
import { StudyTable } from '../../src/study/study-table.js';
import { findVariant } from '../../src/variants/index.js';
import { sampleVerdict } from '../report/verdicts.js';
import { pairsOf } from './pairs.js';

const row = { group: 'g', variant: 'g/v4', label: 'v4', baseline: 'g/v0' };
const counts = (change: Partial<Counts>): Counts => ({
  ...(Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counts),
  ...change,
});
const result = (change: Partial<RowResult>): RowResult => ({
  ...{
    row,
    verdict: null,
    finding: null,
    replay: null,
    known: null,
    counts: null,
    pairs: null,
    comparisons: 1,
    brokenHost: null,
    rounds: null,
    proof: null,
  },
  ...change,
});
const latent = { class: 'gen-ahead', executions: 5, scenario: 's', execution: 1, message: 'ahead' } as const;

describe('columns', () => {
  it('tells a rate alone where there is nothing to compare it with', () => {
    const base = result({
      counts: counts({ operations: 200, needlessSwitchFlushes: 10, degradedFlushes: 2 }),
    });
    expect(needlessSwitchFlushes.text(base, null)).toBe('50.0');
    expect(needlessSwitchFlushes.value(base, null)).toEqual({ value: 50 });
    expect(needlessSwitchFlushes.text(result({}), base)).toBe('-');
    expect(needlessSwitchFlushes.text(result({ counts: counts({}) }), base)).toBe('-');
  });

  it('compares rates with the baseline in the same executions, and says how sure it is', () => {
    const changed = (needless: (i: number) => number) => {
      const pairs = pairsOf(100, (i) => [
        { operations: 10, needlessSwitchFlushes: 4 },
        { operations: 10, needlessSwitchFlushes: needless(i) },
      ]);
      return result({ pairs, counts: totalsOf(pairs, 'patch') });
    };
    const less = changed((i) => 1 + (i % 3));
    expect(needlessSwitchFlushes.text(less, null)).toMatch(/^199 \(-201 ±1\d\)$/);
    expect(needlessSwitchFlushes.value(less, null)).toMatchObject({
      value: 199,
      base: 400,
      change: -201,
      seen: 'less',
      pairs: 100,
    });
    expect(
      needlessSwitchFlushes.text(
        changed((i) => (i % 2 === 0 ? 3 : 5)),
        null,
      ),
    ).toBe('400 (none seen)');
    expect(
      needlessSwitchFlushes.text(
        changed(() => 4),
        null,
      ),
    ).toBe('400 (none seen)');
    expect(lockedOperations.text(less, null)).toBe('none seen');
  });

  it('counts locked operations per switch', () => {
    const here = result({ counts: counts({ ownerLockedOps: 3, switchFlushes: 4, noFlushSwitches: 2 }) });
    expect(ownerLockedOps.value(here, null)).toBe(0.5);
  });

  it('tells harm before what is latent, and never calls latent harm', () => {
    const text = (change: object) => verdictColumn.text(result({ verdict: sampleVerdict(change) }), null);
    expect(text({ violation: 'stale-use', executions: 1234, seconds: 0.42, latent: [latent] })).toBe(
      'stale-use after 1,234',
    );
    expect(text({ violation: null, executions: 300, latent: [latent] })).toBe('latent gen-ahead');
    expect(text({ violation: null, executions: 300, latent: [] })).toBe('none in 300');
  });

  it(
    'keeps every cell of a verdict within its column, and says below how often what is ' + 'latent was seen',
    () => {
      const [study] = studies;
      const table = new StudyTable(study, ['v4']);
      const seen = { ...latent, class: 'gen-above-mm', executions: 1234 } as const;
      const [line, below] = table
        .row(
          result({ verdict: sampleVerdict({ violation: null, executions: 12_345, latent: [seen] }) }),
          null,
        )
        .split('\n');
      expect('latent gen-above-mm'.length).toBeLessThanOrEqual(verdictColumn.width);
      expect(line).toMatch(/^v4 +latent gen-above-mm {2,}/);
      expect(below).toBe('    seen in 1,234 of 12,345 executions, first in s: ahead');
    },
  );

  it('names a witness that is known where this run has none', () => {
    const [study] = studies;
    const table = new StudyTable(study, ['v4']);
    const lines = (violation: 'stale-use' | null): string[] =>
      table.row(result({ verdict: sampleVerdict({ violation }), known: 'stale-use' }), null).split('\n');
    expect(lines(null)[1]).toBe(
      '    known: stale-use, by a witness of the package; this run did not meet it',
    );
    expect(lines('stale-use')).toHaveLength(1);
  });

  it.each([
    [{}, '-', null],
    [{ lostHostFlushes: 3 }, 'undecided: 3', null],
    [{ lostHostFlushes: 3, lostFlushesHealed: 2 }, 'healed 2 of 2', false],
    [{ lostHostFlushes: 9, lostFlushesHealed: 2, lostFlushesKept: 5 }, 'kept 5 of 7', true],
  ])('tells what became of lost flushes: %j', (change, text, permanent) => {
    const here = result({ brokenHost: counts(change) });
    expect(lostFlushColumn.text(here, null)).toBe(text);
    expect(isPermanent(here)).toBe(permanent);
  });
});

describe('every study', () => {
  it.each(studies.map((study) => [study.name, study] as const))(
    '%s names variants that exist, each baseline before its rows',
    (_name, study) => {
      expect(study.groups.map(({ name }) => name)).toEqual([
        ...new Set(study.rows.map(({ group }) => group)),
      ]);
      for (const { group, variant, baseline, senseless } of study.rows) {
        if (senseless === undefined) expect(findVariant(variant), variant).toBeDefined();
        const [first] = study.rows.filter((other) => other.group === group);
        expect(first.baseline).toBeNull();
        expect(baseline ?? first.variant).toBe(first.variant);
      }
    },
  );
});

describe('rounds', () => {
  it('overlap only where both flushes go on at once, and are the same each time', () => {
    const scenarios = concurrentFlush.rows[0].scenarios ?? [];
    const before = roundsOf('native-5.10/v0', scenarios);
    const after = roundsOf('native/v0', scenarios);
    expect(before.shootdowns).toBe(after.shootdowns);
    expect(before.overlap.max).toBe(0);
    expect(after.overlap.max).toBeGreaterThan(0);
    expect(after.overlap.max).toBeLessThanOrEqual(after.local.max);
    expect(roundsOf('native/v0', scenarios)).toEqual(after);
  });
});
