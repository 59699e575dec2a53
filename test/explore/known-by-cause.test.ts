import { describe, expect, it } from 'vitest';
import type { BatchRequest } from '../../src/explore/batch.js';
import { BatchOrder, targetsOf } from '../../src/explore/batch-order.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { entriesBy, findKnown, isSeen, type KnownViolation } from '../../src/explore/known.js';
import { causeOf } from '../../src/replay/cause-of.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';

/** Baselines whose entries hold by cause: for the same bug in another scenario, and for no other bug. */

const switching = {
  kind: 'sawSwitching',
  ...{ isBuffered: false, isRaised: false, isClaimed: false },
  circumstance: 'inSwitching',
} as const;
const WORDS = 'no IPI: should_flush_tlb saw SWITCHING';
const entry: KnownViolation = {
  ...{ scenario: 'no-pcid', class: 'stale-use', cause: WORDS, namedCause: switching },
};

describe('executions of 6.14, which has two open findings of one class', () => {
  const pool = new InlinePool((request, witness) => causeOf(request, witness));
  const scenario = catalogue.find(({ name }) => name === 'lazy-other-mm')!;
  /** One execution; the length is what the scenario is measured to have. */
  const runs = (first: number, known: readonly KnownViolation[]) => {
    const hunt = { memory: 'tso', strategies: ['random', 'pct', 'delay'], seed: 1 } as const;
    const request: BatchRequest = { ...hunt, variant: '6.14', scenario, known, first, count: 1 };
    return pool.run(request);
  };
  /** Of lazy-other-mm: the first execution that meets b3, and the first that meets b2. */
  const [SAME_BUG, OTHER_BUG] = [361, 59];

  it('are known by the entry of another scenario where that is asked for', async () => {
    const { witness, met } = await runs(SAME_BUG, entriesBy('cause', [entry]));
    expect(met).toMatchObject([
      { scenario: 'lazy-other-mm', cause: WORDS, namedCause: switching, isKnown: true, knownFrom: 'no-pcid' },
    ]);
    expect(witness).toBeNull();
  });

  it('are new where it is not', async () => {
    const { witness, met } = await runs(SAME_BUG, entriesBy('scenario', [entry]));
    expect(met).toMatchObject([{ cause: WORDS, isKnown: false }]);
    expect(met[0].knownFrom).toBeUndefined();
    expect(witness).not.toBeNull();
  });

  it('are new where it is another bug of the same class', async () => {
    const { witness, met } = await runs(OTHER_BUG, entriesBy('cause', [entry]));
    expect(met).toMatchObject([
      { class: entry.class, namedCause: { kind: 'sawOther', isBuffered: true }, isKnown: false },
    ]);
    expect(witness?.violation.class).toBe(entry.class);
  });
});

describe('batches of a hunt', () => {
  it('are told of entries for their scenario, and of those that hold by cause', async () => {
    const at = (name: string) => catalogue.find((one) => one.name === name)!;
    const scenarios = [at('no-pcid'), at('lazy-other-mm')];
    const other = { ...entry, scenario: 'lazy-other-mm', cause: 'other' };
    const knownOfBatches = async (known: readonly KnownViolation[]) => {
      const pool = Object.assign(new InlinePool(), { length: async () => 1 });
      const plan = { strategies: ['random'], seed: 1, memory: 'tso', jobs: 1, pool } as const;
      const request = { ...plan, variant: '6.14', scenarios, known };
      const order = new BatchOrder(request, targetsOf(request));
      await order.measure();
      const first = order.next();
      await order.measure();
      return [first, order.next()].map((batch) => batch?.request.known);
    };
    const asked = entriesBy('cause', [entry, other]);
    expect(await knownOfBatches([entry, other])).toEqual([[entry], [other]]);
    expect(await knownOfBatches(asked)).toEqual([asked, asked]);
  });
});

describe('an entry that holds by cause', () => {
  const [asked] = entriesBy('cause', [entry]);
  const met: KnownViolation = { ...entry, scenario: 'fork-cow' };

  it.each<[string, Partial<KnownViolation>]>([
    ['another class', { class: 'deadlock' }],
    ['another kind', { namedCause: { ...switching, kind: 'sawLazy' } }],
    ['a newer value in the store buffer', { namedCause: { ...switching, isBuffered: true } }],
    ['a slot that another CPU had written', { namedCause: { ...switching, isRaised: true } }],
    ['a generation that was not flushed', { namedCause: { ...switching, isClaimed: true } }],
    ['another circumstance', { namedCause: { ...switching, circumstance: 'genBeforeSwitching' } }],
    ['no circumstance', { namedCause: { ...switching, circumstance: null } }],
    ['no named cause', { namedCause: null }],
    ['no cause as data', { namedCause: undefined }],
  ])('is not of a violation with %s', (_, change) => {
    expect(findKnown([asked], met)).toBe(asked);
    expect(isSeen(asked, [met])).toBe(true);
    expect(findKnown([asked], { ...met, ...change })).toBeUndefined();
    expect(isSeen(asked, [{ ...met, ...change }])).toBe(false);
  });

  it('is of none where it has no cause itself, though the words are the same', () => {
    for (const namedCause of [null, undefined]) {
      const [bare] = entriesBy('cause', [{ ...entry, namedCause }]);
      expect(findKnown([bare], { ...met, namedCause })).toBeUndefined();
      expect(findKnown([bare], { ...entry, namedCause })).toBe(bare);
    }
  });

  it('comes after open findings and after entries for the scenario itself', () => {
    const own = { ...entry, scenario: met.scenario };
    const named = { ...own, finding: 'b3', circumstance: 'there' };
    expect(findKnown([asked, own], met)).toBe(own);
    expect(findKnown([asked, own, named], { ...met, circumstance: 'there' })).toBe(named);
  });
});
