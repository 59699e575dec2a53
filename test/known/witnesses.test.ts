import { describe, expect, it } from 'vitest';
import { readFinding } from '../../src/findings/read.js';
import { allKnownWitnesses, knownWitnesses } from '../../src/known/witnesses.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { findVariant, listVariants } from '../../src/variants/index.js';

/**
 * The witnesses that travel with the package. One that does not replay any more: npx tsx
 * scripts/known-witnesses.ts --variant NAME.
 */

describe('known witnesses', () => {
  it('are of variants that there are, one each', () => {
    const names = allKnownWitnesses().map(({ variant }) => variant);
    expect(names.length).toBeGreaterThan(20);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(findVariant(name)?.name).toBe(name);
  });

  it.each(allKnownWitnesses().map((witness) => [witness.variant, witness] as const))(
    'of %s replays',
    (variant, { file, class: name }) => {
      const finding = readFinding(file);
      const { reproduced, reason, violation } = replayFinding(finding, false);
      expect({ reproduced, reason, class: violation?.class }).toEqual({
        reproduced: true,
        reason: null,
        class: name,
      });
      expect(finding.modules ?? []).toEqual([]);
      expect(knownWitnesses(variant)).toHaveLength(1);
    },
  );

  it('are known where a short hunt meets none: v6 on a hypercall, v5 too', () => {
    for (const name of ['hypercall/v5', 'hypercall/v6', 'kvm/v5', 'native/v6'])
      expect(knownWitnesses(name), name).not.toEqual([]);
  });

  it('are of no rule that does nothing, nor of a kernel', () => {
    for (const { name } of listVariants().filter(({ rule }) => rule === undefined || rule.name === 'v0'))
      expect(knownWitnesses(name), name).toEqual([]);
  });
});
