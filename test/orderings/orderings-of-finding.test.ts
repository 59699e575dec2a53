import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { askedOf, orderingsOf } from '../../src/orderings/orderings-of-finding.js';
import { plainProgram } from '../../src/programs/plain-program.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import type { Finding } from '../../src/vocabulary/finding.js';

/** Store buffering: each CPU's load comes before the other's store is in memory. */
const storeBuffering = plainProgram({
  name: 'store-buffering',
  words: { x: 0, y: 0, seenX: 9, seenY: 9, other: 0 },
  cpus: [
    function* first(cpu, at) {
      yield* cpu.writeOnce(at.other, 1);
      yield* cpu.writeOnce(at.x, 1);
      const seen = yield* cpu.readOnce(at.y);
      yield* cpu.writeOnce(at.seenY, seen);
    },
    function* second(cpu, at) {
      yield* cpu.readOnce(at.other);
      yield* cpu.writeOnce(at.y, 1);
      const seen = yield* cpu.readOnce(at.x);
      yield* cpu.writeOnce(at.seenX, seen);
    },
  ],
  final: (read, at) => read(at.seenX) + read(at.seenY) > 0 || 'both saw nothing',
});
/** The same, and what is buffered leaves the buffer by a barrier of the CPU's. */
const withBarriers = plainProgram({
  name: 'with-barriers',
  words: { x: 0, y: 0, seenX: 9, seenY: 9 },
  cpus: [
    function* first(cpu, at) {
      yield* cpu.writeOnce(at.x, 1);
      const seen = yield* cpu.readOnce(at.y);
      yield* cpu.smpMb();
      yield* cpu.poke(at.seenY, seen);
    },
    function* second(cpu, at) {
      yield* cpu.writeOnce(at.y, 1);
      const seen = yield* cpu.readOnce(at.x);
      yield* cpu.smpMb();
      yield* cpu.poke(at.seenX, seen);
    },
  ],
  final: (read, at) => read(at.seenX) + read(at.seenY) > 0 || 'both saw nothing',
});
const modules = { ...NO_MODULES, programs: [storeBuffering, withBarriers] };
const plan = {
  ...{ seed: 1, strategies: ['random'], memory: 'tso' as const, jobs: 1, executions: 3_000 },
  pool: new InlinePool(undefined, modules),
};

function whole({ finding }: { readonly finding: Finding | null }): Finding {
  if (finding === null) throw new Error('nothing found');
  return finding;
}

const words = ({ orderings }: ReturnType<typeof orderingsOf>) =>
  orderings?.map(({ before, after }) => `CPU${before.cpu} ${before.text} | CPU${after.cpu} ${after.text}`);

describe('the orderings that suffice', () => {
  it('are those of store buffering, and no other of its steps', async () => {
    const finding = whole(await hunt({ ...plan, program: 'store-buffering' }));
    const told = orderingsOf(askedOf(finding, modules));
    expect(words(told)?.sort()).toEqual([
      expect.stringMatching(/^CPU0 y is 0.* \| CPU1 y = 1 reaches memory$/),
      expect.stringMatching(/^CPU1 x is 0.* \| CPU0 x = 1 reaches memory$/),
    ]);
    // Whoever has to wait waits: hardly any execution goes another way.
    expect(told.failing).toBeGreaterThan(900);
    for (const { without } of told.orderings ?? []) expect(without).not.toBeNull();
    expect(orderingsOf(askedOf(finding, modules))).toEqual(told);
  });

  it('hold a store up that a barrier would drain', async () => {
    const finding = whole(await hunt({ ...plan, program: 'with-barriers' }));
    const told = orderingsOf(askedOf(finding, modules));
    expect(told.orderings).toHaveLength(2);
    for (const one of words(told) ?? [])
      expect(one).toMatch(/^CPU\d (\w) is 0.* \| CPU\d .*\b\1\b.* reaches memory$/);
    expect(told.failing).toBeGreaterThan(900);
  });

  it('are those found by then where the steps are used up, none of which is said to be needed', async () => {
    const finding = whole(await hunt({ ...plan, program: 'store-buffering' }));
    const limits = { perTrial: 100, executions: 1_000 };
    const [none, some] = [500, 4_000].map((steps) =>
      orderingsOf(askedOf(finding, modules), { ...limits, steps }),
    );
    expect(none).toMatchObject({ orderings: null, isWhole: false });
    expect(some.isWhole).toBe(false);
    expect(some.orderings?.length).toBeGreaterThan(2);
    for (const { without } of some.orderings ?? []) expect(without).toBeNull();
    expect(some.executed).toBeLessThan(500);
  });

  it('say of a kernel that lacks an IPI what came too early', async () => {
    const scenarios = verifyCatalogue.filter(({ name }) => name === 'preempted-read');
    const finding = whole(await hunt({ ...plan, variant: 'b31', scenarios }));
    const freed = [expect.stringMatching(/^CPU0 free frame \d \| CPU1 .*completes the emulated access/)];
    // What a few executions leave in the set, many take out.
    expect(
      words(orderingsOf(askedOf(finding, modules), { perTrial: 3, executions: 300, steps: 1e9 })),
    ).toEqual(freed);
  });
});
