import { describe, expect, it } from 'vitest';
import { catalogue, compare, replayFinding, study } from '../../src/index.js';

/** `compare` and `study` from a script: what the commands print with --json, and the witnesses. */

const scenarios = catalogue.filter(({ name }) => name === 'lazy-targets' || name === 'ping-pong-dontneed');

describe('compare', () => {
  it('answers verdicts, what is new, and counters with their intervals', async () => {
    const { isNew, verdicts, counters, findings } = await compare('6.18', '6.18~filterSwitching', {
      scenarios,
      executions: 400,
    });
    expect([isNew, verdicts.map(({ violation }) => violation)]).toEqual([true, [null, 'stale-use']]);
    expect(counters.ipis).toMatchObject({
      seen: 'less',
      apart: { base: expect.any(Number), low: expect.any(Number) },
    });
    expect(findings).toHaveLength(1);
    expect(replayFinding(findings[0]).reproduced).toBe(true);
  });

  it('refuses what is no variant', async () => {
    await expect(compare('6.18', '6.99')).rejects.toThrow('there is no variant "6.99"');
  });
});

describe('study', () => {
  it('answers rows, with what is known of them, and the answer in words', async () => {
    const result = await study('remote-tlb-gen', {
      variants: ['kvm/v6', 'hypercall/v5'],
      scenarios,
      executions: 40,
    });
    expect(result.rows.map(({ variant, knownWitness }) => [variant, knownWitness])).toEqual([
      ['hypercall/v0', null],
      ['hypercall/v5', 'stale-use'],
      ['kvm/v0', null],
      ['kvm/v6', 'stale-use'],
    ]);
    for (const { known } of result.rows) expect(known).toBeNull();
    expect(result.rows[1].effect).toMatchObject({ pairs: 40, changedNothing: false });
    expect(result.rows[0].effect).toBeNull();
    expect(result.answer.join(' ')).toContain('No, not v6');
  });

  it.each([
    [() => study('remote'), 'there is no study "remote"'],
    [() => study('lazy', { variants: ['kvm/v99'] }), 'the study has no row "kvm/v99"'],
  ])('refuses what there is not', async (asked, message) => {
    await expect(asked()).rejects.toThrow(message);
  });
});
