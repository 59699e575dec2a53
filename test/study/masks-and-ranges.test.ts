/** The studies of mm_cpumask (C3) and of ranges (C11). */
import { describe, expect, it } from 'vitest';
import { study } from '../../src/study/api.js';

interface Seen {
  readonly seen?: string;
  readonly change?: number;
}

async function rowsOf(name: string, variants: readonly string[]) {
  const { rows, answer } = await study(name, { variants, count: 120, executions: 60 });
  const change = (variant: string, key: string): Seen => {
    const row = rows.find((one) => one.variant === variant);
    if (row === undefined) throw new Error(`no row ${variant}`);
    return row.columns[`${key}PerThousandOperations`] as Seen;
  };
  return { rows, answer: answer.join(' '), change };
}

describe('the study of mm_cpumask', () => {
  it('counts whom a mask reaches, and knows that others may not trim it', { timeout: 120_000 }, async () => {
    const { change, answer } = await rowsOf('cpumask', [
      'native/v0~filterLoadedMm',
      'native/v0~lazyCpumask',
      'native/mask-trimmed-by-others',
      'hypercall/v0~lazyCpumask',
    ]);
    expect(change('native/v0~filterLoadedMm', 'ipisForNothing').seen).toBe('more');
    expect(change('native/v0~lazyCpumask', 'cpusReached').seen).toBe('less');
    expect(change('hypercall/v0~lazyCpumask', 'cpusReached').seen).toBe('less');
    expect(answer).toMatch(/^Unsafe: native\/mask-trimmed-by-others\./);
  });
});

describe('the study of ranges', () => {
  it('counts those that become full flushes', { timeout: 120_000 }, async () => {
    const { change, answer } = await rowsOf('partial', ['native/range-in-turn', 'native/range-always']);
    expect(change('native/range-in-turn', 'degradedFlushes').seen).toBe('less');
    expect(change('native/range-in-turn', 'partialFlushes').seen).toBe('more');
    expect(answer).toMatch(/^Unsafe: native\/range-always\. On native, ranges made full .*range-in-turn/);
  });
});
