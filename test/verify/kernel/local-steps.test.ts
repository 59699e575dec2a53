import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateLowered, type Fault, projectFile } from '../lowered.js';
import type * as Entry from './entry.js';

const load = (fault: Fault | null = null): Promise<typeof Entry> =>
  evaluateLowered(`export * from ${JSON.stringify(projectFile('test/verify/kernel/entry.ts'))};`, fault);

let entry: typeof Entry;

beforeAll(async () => {
  entry = await load();
}, 120_000);

/** Where executions end without a violation. */
const harmless = (ends: readonly string[]): readonly string[] =>
  ends.filter((end) => !end.startsWith('violation'));

describe('steps of a CPU of its own, executed at once', () => {
  it.each([
    ['6.18', 'dontneed-write', 'tso'],
    ['6.18', 'cow-read', 'tso'],
    ['6.18', 'munmap-walk', 'sc'],
    ['6.18', 'switch-back', 'tso'],
    ['6.18', 'lazy-exit', 'tso'],
    ['kvm', 'preempted-read', 'tso'],
    ['hypercall/v12', 'preempted-whole', 'tso'],
    ['native/v10', 'lazy-back-whole', 'sc'],
  ] as const)('%s in %s under %s: the same ends, of fewer states', { timeout: 120_000 }, (...asked) => {
    const [variant, name, memory] = asked;
    const scenario = entry.scenarioOf(name);
    const usual = entry.ends(variant, scenario, memory, {});
    const reduced = entry.ends(variant, scenario, memory, {}, true);
    expect(usual.complete && reduced.complete).toBe(true);
    expect(harmless(reduced.ends)).toEqual(harmless(usual.ends));
    expect(reduced.states).toBeLessThan(usual.states);
  });

  it.each([
    ['b1', 'switch-back-marked', 'tso', 'stale-use'],
    ['b2', 'lazy-table', 'tso', 'freed-table-walk'],
    ['b3', 'switch-back', 'tso', 'stale-use'],
    ['b27', 'preempted-read', 'tso', 'stale-use'],
    ['kvm/v5', 'preempted-whole', 'tso', 'stale-use'],
    ['native/v8', 'lazy-back-whole', 'sc', 'stale-use'],
    ['native/v1', 'slot-to-another', 'sc', 'stale-use'],
    ['twice', 'switch-back-marked', 'tso', 'assertion'],
  ] as const)(
    '%s in %s under %s: the same violation, on the machine too',
    { timeout: 120_000 },
    (...asked) => {
      const [variant, name, memory, ending] = asked;
      const usual = entry.search(variant, entry.scenarioOf(name), memory);
      const reduced = entry.reducedSearch(variant, entry.scenarioOf(name), memory);
      expect(usual.schedule).not.toBeNull();
      expect(reduced.ending).toBe(ending);
      expect(reduced.states).toBeLessThan(usual.states);
    },
  );

  const CONDITIONS = 'kernel/local-steps.ts';
  it.each([
    [
      'a load of a word that others change',
      'twice in switch-back-marked: the assertion that fails',
      {
        file: CONDITIONS,
        text: 'if (!footprints.isOnlyOf(cpu, a, isInterruptible)) return false;',
        by: '',
      },
      (faulty: typeof Entry) =>
        faulty.reducedSearch('twice', faulty.scenarioOf('switch-back-marked'), 'tso').ending,
      'assertion',
    ],
    [
      'a store that is in memory at once',
      '6.18 in switch-back under sc: a schedule that goes wrong on no machine',
      { file: CONDITIONS, text: " || machine.memory !== 'tso') return false", by: ') return false' },
      (faulty: typeof Entry) => faulty.reducedSearch('6.18', faulty.scenarioOf('switch-back'), 'sc').ending,
      null,
    ],
    [
      'a barrier that drains stores',
      'native/v8 in lazy-back-whole: a schedule that no machine follows',
      { file: CONDITIONS, text: 'if (machine.mem[block + H.SB_COUNT] > 0) return false;', by: '' },
      (faulty: typeof Entry) =>
        faulty.reducedSearch('native/v8', faulty.scenarioOf('lazy-back-whole'), 'tso').ending,
      'stale-use',
    ],
    [
      'a step with a ghost operation',
      'b1 in switch-back-marked: a schedule that no machine follows',
      {
        file: CONDITIONS,
        text: 'if (kind !== OP_PEEK || !footprints.isConstant(word)) return false;',
        by: 'if (kind !== OP_PEEK) return true; if (!footprints.isConstant(word)) return false;',
      },
      (faulty: typeof Entry) =>
        faulty.reducedSearch('b1', faulty.scenarioOf('switch-back-marked'), 'tso').ending,
      'stale-use',
    ],
  ] as const)('is not %s: %s', { timeout: 120_000 }, async (_what, _shown, fault, seen, right) => {
    expect(seen(entry)).toBe(right);
    const faulty = await load(fault);
    let told: string | null;
    try {
      told = seen(faulty);
    } catch (error) {
      told = String(error);
    }
    expect(told).not.toBe(right);
  });
});
