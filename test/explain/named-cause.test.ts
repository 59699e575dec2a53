import { describe, expect, it } from 'vitest';
import { flushCause } from '../../src/explain/cause.js';
import { CIRCUMSTANCES } from '../../src/explain/circumstance.js';
import { namedCause } from '../../src/explain/named-cause.js';

describe('a cause as data', () => {
  it('has its kind, what it was decided from, and where somebody stood', () => {
    const { inSwitching } = CIRCUMSTANCES;
    expect(namedCause(flushCause('sawSwitching', true), inSwitching)).toEqual({
      kind: 'sawSwitching',
      ...{ isBuffered: true, isRaised: false, isClaimed: false },
      circumstance: 'inSwitching',
    });
    expect(namedCause(flushCause('noIpi', false, true), null)).toMatchObject({
      ...{ kind: 'noIpi', isRaised: true, circumstance: null },
    });
  });

  it('is none where only the outcome is known, or no reason was found', () => {
    const facts = {
      class: 'stale-use',
      cpu: 0,
      mm: 0,
      page: 0,
      isWrite: false,
      frame: null,
      isBuffered: false,
    } as const;
    expect(namedCause({ kind: 'outcome', facts }, null)).toBeNull();
    expect(namedCause({ kind: 'stuck', waiting: [] }, null)).toBeNull();
    expect(namedCause(flushCause('nothing'), null)).toBeNull();
  });
});
