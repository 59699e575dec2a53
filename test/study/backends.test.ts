/** What each backend does in the same scenarios. */
import { describe, expect, it } from 'vitest';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';
import { study } from '../../src/study/api.js';
import { backends } from '../../src/study/backends.js';
import { spreadOver } from '../../src/study/per-scenario.js';

const named = (...names: string[]) => everyScenario.filter(({ name }) => names.includes(name));

describe('the study of backends', () => {
  it('counts what each reaches other CPUs by, scenario by scenario', async () => {
    const { rows, answer } = await study('backends', {
      scenarios: named('global-switch', 'lazy-targets'),
      count: 20,
    });
    expect(rows.map(({ group }) => group).filter((group, i, all) => all.indexOf(group) === i)).toEqual([
      'lazy-targets',
      'global-switch',
    ]);
    for (const { variant, columns } of rows) {
      const of = (key: string): number => columns[`${key}PerThousandOperations`] as number;
      const isPosted = ['hypercall', 'hyperv', 'xen'].includes(variant);
      expect(of('ipis') > 0, variant).toBe(!isPosted);
      expect(of('hypercalls') > 0, variant).toBe(isPosted);
      expect(of('exits') > 0, variant).toBe(isPosted);
      expect(of('broadcasts') > 0, variant).toBe(['invlpgb', 'rar'].includes(variant));
      expect(of('ipisHeldUp') > 0, variant).toBe(!isPosted);
      expect(of('fullFlushes'), variant).toBeGreaterThan(0);
    }
    expect(answer.join(' ')).toMatch(/hypercall: [\d.]+ to [\d.]+ hypercalls per 1,000 operations\./);
    expect(answer.join(' ')).toMatch(/invlpgb: .* IPIs, .* broadcasts per 1,000 operations\./);
  });

  it('says why a backend makes no sense in a scenario', () => {
    const { rows } = spreadOver(backends, named('no-pcid'));
    expect(rows.filter(({ senseless }) => senseless !== undefined)).toMatchObject([
      { variant: 'invlpgb', senseless: expect.stringContaining('INVLPGB needs PCIDs') },
    ]);
  });
});
