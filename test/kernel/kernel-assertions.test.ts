import { describe, expect, it } from 'vitest';
import { catalogue, hunt, type KernelAssertions } from '../../src/index.js';
import { defineVariant } from '../../src/variants/define.js';

const scenarios = catalogue.filter(({ name }) => name === 'ping-pong-dontneed');
let made = 0;

/** A hunt of 6.18 with assertions; nothing else is changed. */
const hunted = (assertions: KernelAssertions) =>
  hunt({ variant: defineVariant({ name: `asserted-${made++}`, ...assertions }), scenarios, executions: 5 });

describe("a variant's assertions", () => {
  it('hold or do not, at every step and at the end', async () => {
    const young: KernelAssertions['always'] = (read, { cpus }) =>
      cpus.every(({ tlbstate }) => tlbstate.ctxs.every(({ tlbGen }) => read(tlbGen) < 2)) || 'too old';
    const [always, final, holds] = [
      await hunted({ always: young }),
      await hunted({ final: young }),
      await hunted({ always: () => true, final: () => true }),
    ];
    expect(always.verdict).toMatchObject({
      violation: 'assertion',
      message: expect.stringMatching(/^too old; (CPU\d's )?ctxs\[\d\]\.tlb_gen became 2 at step \d+/),
    });
    expect(final.verdict).toMatchObject({
      violation: 'assertion',
      message: expect.stringMatching(/^too old; at the end (CPU\d's )?ctxs\[\d\]\.tlb_gen is /),
    });
    expect(always.finding?.steps).toBeLessThan(final.finding?.steps ?? 0);
    expect([always, final].map(({ replay }) => replay?.reproduced)).toEqual([true, true]);
    expect(holds.verdict).toMatchObject({ violation: null, executions: 5 });
  });

  it('stand for themselves where nothing else is changed: no effect is asked for', async () => {
    expect((await hunted({ final: () => true })).verdict.effect).toBeUndefined();
  });

  it.each([
    ['no answer', () => undefined as never, 'an assertion answers true, false or a sentence, not undefined'],
    ['of the allocator', (read, { mmu }) => read(mmu.freeTop) > 0, 'where the kernel has no word'],
    ['registers', (read, { hardwareBase }) => read(hardwareBase) > 0, 'where the kernel has no word'],
    ['nothing', (read) => read(Number.NaN) > 0, 'address NaN, where the kernel has no word'],
  ] as [string, NonNullable<KernelAssertions['final']>, string][])(
    'are refused where they give or read %s',
    async (_, final, message) => {
      await expect(hunted({ final })).rejects.toThrow(message);
    },
  );

  it.each([
    ['always', 7],
    ['final', 'true'],
    ['final', function* final() {}],
  ])('%s is a plain function', (which, judge) => {
    expect(() => defineVariant({ name: 'asserted-badly', [which]: judge })).toThrow(
      `${which} is not a plain function of (read, kernel)`,
    );
  });
});
