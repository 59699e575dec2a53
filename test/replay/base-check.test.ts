import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import type { HuntRequest } from '../../src/explore/api.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import type { BatchRunner } from '../../src/explore/pool.js';
import { shouldFlushTlb } from '../../src/kernel/should-flush-tlb.js';
import { checkBase } from '../../src/replay/base-check.js';
import { causeOf } from '../../src/replay/cause-of.js';
import { explained } from '../../src/replay/explained.js';
import { baseWords } from '../../src/report/effect-words.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { defineVariant, type VariantSpec } from '../../src/variants/define.js';

/** A violation of a variant that was made from another: is it in that one as well? */

async function checked(
  variant: string,
  scenario: string,
  executions: number,
  specs: readonly Omit<VariantSpec, 'name'>[] = [],
) {
  const modules = { ...NO_MODULES, variants: specs.map((spec) => defineVariant({ ...spec, name: variant })) };
  const pool = new InlinePool((asked, witness) => causeOf(asked, witness, modules), modules);
  const scenarios = catalogue.filter(({ name }) => name === scenario);
  const request: HuntRequest & { pool: BatchRunner } = {
    ...{
      variant,
      scenarios,
      strategies: ['random', 'pct', 'delay'],
      seed: 1,
      memory: 'tso',
      jobs: 1,
      executions,
      pool,
    },
  };
  const outcome = explained(await hunt(request), modules);
  const base = await checkBase(outcome, request);
  return { base, words: base === null ? null : baseWords({ ...outcome.verdict, base }) };
}

/** Never an IPI: what every kernel needs is not done. */
const silent: VariantSpec['replace'] = {
  *shouldFlushTlb(cpu, target) {
    yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);
    return false;
  },
};

describe('a violation that the base has too', () => {
  it('is told where the very schedule shows it', async () => {
    const { base, words } = await checked('mine', 'reclaim-two-tables', 3_000, [
      { base: '5.10', replace: { shouldFlushTlb } },
    ]);
    expect(base).toMatchObject({ variant: '5.10', hasIt: true, schedule: { isSame: true }, executions: 0 });
    expect(words).toBe('the base has this too: 5.10 does the same on this very schedule');
  });

  it('is told where other executions of the same seed show it', async () => {
    // B1's base has the bug; a read more in a place that every flush passes makes its schedules others.
    const { base } = await checked('mine', 'ping-pong-munmap', 4_000, [
      {
        base: 'b1',
        replace: {
          *incMmTlbGen(cpu, mm) {
            for (let i = 0; i < 7; i++) yield* cpu.readOnce(cpu.mms[mm].tlbGen);
            return yield* cpu.incReturn(cpu.mms[mm].tlbGen);
          },
        },
      },
    ]);
    expect(base).toMatchObject({ variant: 'b1', hasIt: true });
    expect(base!.schedule.isSame || base!.execution !== null).toBe(true);
  });
});

describe("a violation that is the variant's own", () => {
  it('is not seen in a base that is right', async () => {
    const { base, words } = await checked('mine', 'ping-pong-munmap', 200, [
      { base: '6.18', replace: silent },
    ]);
    expect(base).toMatchObject({
      variant: '6.18',
      hasIt: false,
      executions: 200,
      execution: null,
      interrupted: false,
    });
    expect(words).toMatch(
      /^not seen in the base: 6\.18 has nothing on this schedule, which fits.*; not seen in 200 executions of/,
    );
  });

  it('is told from one of the same class and another cause', async () => {
    // b1 goes wrong here too, by SWITCHING in a store buffer.
    const { base } = await checked('mine', 'ping-pong-munmap', 600, [{ base: 'b1', replace: silent }]);
    expect(base).toMatchObject({ variant: 'b1', hasIt: false });
  });

  it('is that of a switched feature', async () => {
    expect((await checked('6.18~filterSwitching', 'ping-pong-dontneed', 1_000)).base).toMatchObject({
      variant: '6.18',
      hasIt: false,
    });
  });
});

it('nobody asks of a variant that stands for itself', async () => {
  expect((await checked('b1', 'ping-pong-munmap', 1_000)).base).toBeNull();
});
