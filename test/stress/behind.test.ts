import { describe, expect, it } from 'vitest';
import { stressLines } from '../../src/report/stress-words.js';
import { cpusBehind, kindOfScript } from '../../src/stress/behind.js';
import { sampleResult } from './sample-result.js';

const cpu = (kind: string | null, steps: number, waited = 0.5) => ({ kind, steps, waited });

describe('a CPU far behind the others', () => {
  it('is one that made a tenth of the steps of those that do the same', () => {
    expect(cpusBehind('s', [cpu('a', 3778), cpu('a', 42, 0.98)])).toEqual([
      { cpu: 1, steps: 42, others: 3778, waited: 0.98, scenario: 's' },
    ]);
    expect(cpusBehind('s', [cpu('a', 1000), cpu('a', 101)])).toEqual([]);
    expect(
      cpusBehind('s', [cpu('a', 900), cpu('a', 0), cpu('a', 1000), cpu(null, 0)]).map((one) => one.cpu),
    ).toEqual([1]);
  });

  it('is none where nobody got far, or where it does something else and did not only wait', () => {
    expect(cpusBehind('s', [cpu('a', 99), cpu('a', 1)])).toEqual([]);
    expect(cpusBehind('s', [cpu('a', 1e6), cpu('b', 50, 0.9)])).toEqual([]);
    expect(cpusBehind('s', [cpu('a', 1e6), cpu('b', 50, 0.99)]).map((one) => one.cpu)).toEqual([1]);
  });

  it('does the same whatever its pages', () => {
    const touch = (page: number) => kindOfScript([{ op: 'access', page, write: true }]);
    expect(touch(0)).toBe(touch(7));
    expect(kindOfScript([])).toBeNull();
  });

  it('is told in words, and is no verdict', () => {
    const behind = [{ cpu: 1, steps: 42, others: 3778, waited: 0.981, scenario: 's' }];
    const lines = stressLines(sampleResult({ scenario: 's', behind }));
    expect(lines).toContainEqual({
      label: 'behind',
      text: 'CPU1 made 42 steps where the others made 3,778 (98 % of the time asleep in waits)',
    });
    expect(lines).toContainEqual({ label: 'verdict', text: 'no violation seen' });
    const merged = stressLines(sampleResult({ scenario: 'catalogue', behind }));
    expect(merged.find(({ label }) => label === 'behind')?.text).toMatch(/^s: CPU1 made/);
  });
});
