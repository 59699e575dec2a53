import { describe, expect, it } from 'vitest';
import { hunt } from '../../src/api/hunt.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';

/** What the RAR series had, and that it has it no longer: in the scenario that shows it soonest. */

const verdictOf = async (variant: string, scenario: string, executions: number) => {
  const scenarios = everyScenario.filter(({ name }) => name === scenario);
  return (await hunt({ variant, scenarios, executions })).verdict;
};

describe('an idle CPU that follows to a global ASID', () => {
  it('is not lazy any more, and leave_mm warns (b22d)', async () => {
    expect(await verdictOf('b22d', 'rar-idle', 1_000)).toMatchObject({
      violation: 'assertion',
      message: expect.stringContaining('leave_mm: the idle CPU is not lazy any more'),
    });
  });

  it.each(['b22d-fixed', 'rar'])('leaves the mm instead in %s', async (variant) => {
    expect(await verdictOf(variant, 'rar-idle', 1_000)).toMatchObject({ violation: null, latent: [] });
  });
});
