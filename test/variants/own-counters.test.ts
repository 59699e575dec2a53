import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { restsOn } from '../../src/report/rests-on.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { lazy } from '../../src/study/lazy.js';
import { withOwnRows } from '../../src/study/own-rows.js';
import type { StudyRow } from '../../src/study/study.js';
import { studyReport } from '../../src/study/study-report.js';
import { StudyTable } from '../../src/study/study-table.js';
import { defineVariant } from '../../src/variants/define.js';

/** What a row that was hunted only has not. */
const NOTHING = {
  ...{ finding: null, replay: null, known: null, counts: null, pairs: null, comparisons: 1 },
  ...{ brokenHost: null, rounds: null, proof: null },
};

/** A variant's own counters: read at the end of each execution, summed over all of them. */

const counting = defineVariant({
  name: 'counting',
  replace: {
    *sendCallFunctionIpis(cpu) {
      const [asked] = cpu.layout.own.perCpu[cpu.id];
      yield* cpu.poke(asked, (yield* cpu.peek(asked)) + 1);
      const bits = yield* cpu.peek(cpu.own.cfd.cpumaskIpi);
      for (let target = 0; target < cpu.per.length; target++)
        if ((bits & (1 << target)) !== 0) yield* cpu.sendIpi(target);
    },
  },
  ownWords: { perCpu: [{ name: 'asked' }], perMm: [], machine: [] },
  counters: {
    asked: (read, { own }) => own.perCpu.reduce((sum, [word]) => sum + read(word), 0),
    executed: () => 1,
  },
});

describe('own counters', () => {
  const scenarios = catalogue.filter(({ name }) => ['ping-pong-dontneed', 'two-flushers'].includes(name));
  const modules = { ...NO_MODULES, variants: [counting] };
  const plan = {
    ...{ variant: 'counting', scenarios, executions: 40, strategies: ['random'], seed: 1 },
    ...{ memory: 'tso' as const, jobs: 1, pool: new InlinePool(undefined, modules) },
  };

  it('are summed over executions and told with the verdict', async () => {
    const { verdict } = await hunt(plan);
    const { counters } = verdict;
    expect(counters.executed).toBe(verdict.executions);
    // Whoever has asked somebody has been a shootdown; one that finds nobody asks nobody.
    expect(counters.asked).toBeGreaterThan(0);
    expect(counters.asked).toBeGreaterThanOrEqual(counters.shootdowns);
    const ofScenarios = verdict.scenarios.map((tally) => tally.counters.asked);
    expect(ofScenarios.reduce((sum, one) => sum + one, 0)).toBe(counters.asked);
    expect(restsOn(verdict)).toContainEqual(
      expect.stringMatching(new RegExp(`^counted: asked ${counters.asked}, \\d+\\.\\d\\d an execution$`)),
    );
  });

  it('stand beneath the row of a study, and in its document', async () => {
    const { verdict } = await hunt(plan);
    const study = withOwnRows(lazy, ['counting'], false, [counting]);
    const row = study.rows.find(({ variant }) => variant === 'counting') as StudyRow;
    const result = { row, verdict, ...NOTHING };
    const { asked, executed } = verdict.counters;
    expect(new StudyTable(study, [row.label]).row(result, null)).toContain(`\n    counted: asked ${asked}, `);
    const [told] = studyReport({ ...study, answer: () => [] }, [result], [], false).rows;
    expect(told.counters).toEqual({ asked, executed });
  });

  it.each([
    ['shootdowns', () => 1, /none of the lab's, not "shootdowns"/],
    ['a b', () => 1, /letters and digits/],
    ['steps', 3 as never, /counters\.steps is not a plain function/],
  ])('%s is refused', (name, count, message) => {
    expect(() => defineVariant({ name: 'refused', counters: { [name]: count } })).toThrow(message);
  });
});
