import { describe, expect, it } from 'vitest';
import { amountOf } from '../../src/study/amount.js';
import { remoteTlbGen } from '../../src/study/remote-tlb-gen.js';

const { plan } = remoteTlbGen;

describe('how much of a study is run', () => {
  it('is what is planned, and fewer pairs of some groups where all rows are', () => {
    const whole = amountOf(plan, { isWhole: true });
    const { counted, countedIn, countedUnsafe, budgetMs, executions } = plan;
    expect(whole).toMatchObject({
      counted,
      countedIn,
      countedUnsafe,
      budgetMs,
      executions,
      proof: plan.proof,
    });
    expect(Object.values(countedIn ?? {}).every((pairs) => pairs < counted)).toBe(true);
    expect(amountOf(plan, { isWhole: false })).toEqual({ ...whole, countedIn: undefined });
  });

  it('is what is asked for, of every row alike', () => {
    const alike = { countedIn: undefined, countedUnsafe: undefined };
    expect(amountOf(plan, { executions: 7, isWhole: true })).toMatchObject({
      ...{ ...alike, executions: 7, executionsMin: 1, counted: 7, onBrokenHost: 7 },
      ...{ budgetMs: undefined, proof: undefined },
    });
    expect(amountOf(plan, { budgetMs: 9, isWhole: true })).toMatchObject({
      ...{ ...alike, executions: undefined, counted: undefined, budgetMs: 9, proof: plan.proof },
    });
    expect(amountOf(plan, { count: 5, isWhole: true })).toMatchObject({
      ...{ ...alike, executions: plan.executions, counted: 5, budgetMs: plan.budgetMs },
    });
  });
});
