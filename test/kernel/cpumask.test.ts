import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM } from '../../src/kernel/constants.js';
import {
  cpumaskAnyOther,
  cpumaskClearCpu,
  cpumaskEqualAll,
  cpumaskLast,
  cpumaskSetCpu,
  cpumaskTestCpu,
  lowestBit,
} from '../../src/kernel/cpumask.js';
import { A, B, dontneed, kthread, munmap, read, run, script, write } from '../../src/scenarios/steps.js';
import type { ScriptStep } from '../../src/vocabulary/scenario.js';
import { account } from './accounting.js';
import { Bench, quiet, runMany } from './harness.js';

/** Masks of more than one word, and the bit that is a sign. */
const MM_A = FIRST_USER_MM;

describe('cpumask', () => {
  it('finds the lowest bit, the highest included', () => {
    for (let bit = 0; bit < 32; bit++) {
      expect(lowestBit(1 << bit)).toBe(bit);
      expect(lowestBit((1 << bit) | -0x80000000)).toBe(bit);
    }
    expect(lowestBit(-1)).toBe(0);
  });

  it.each([0, 1, 31, 32, 33, 63])('sets, tests and clears CPU %i alone', (target) => {
    const bench = new Bench(quiet({ cpus: 64 }));
    const mask = bench.layout.mms[MM_A].cpumask;
    bench.run(function* (cpu) {
      yield* cpumaskSetCpu(cpu, target, mask);
      for (let other = 0; other < 64; other++)
        expect(yield* cpumaskTestCpu(cpu, other, mask)).toBe(other === target);
      expect(yield* cpumaskAnyOther(cpu, mask)).toBe(target !== 0);
      yield* cpumaskClearCpu(cpu, target, mask);
      expect(yield* cpumaskTestCpu(cpu, target, mask)).toBe(false);
      expect(yield* cpumaskAnyOther(cpu, mask)).toBe(false);
    });
    expect([bench.word(mask), bench.word(mask + 1)]).toEqual([0, 0]);
  });

  it.each([
    [1, [1], true, 0],
    [32, [-1], true, 31],
    [33, [-1, 1], true, 32],
    [33, [-1, 0], false, 31],
    [40, [0, 0], false, -1],
    [64, [-1, -1], true, 63],
    [64, [-1, 0x7fffffff], false, 62],
  ] as const)('of %i CPUs, words %j: all of them %s, the last %i', (cpus, words, all, last) => {
    const bench = new Bench(quiet({ cpus }));
    const mask = bench.layout.mms[MM_A].cpumask;
    for (const [word, bits] of words.entries()) bench.set(mask + word, bits);
    bench.run(function* (cpu) {
      expect(yield* cpumaskEqualAll(cpu, mask)).toBe(all);
      expect(yield* cpumaskLast(cpu, mask)).toBe(last);
    });
  });

  it('clears one of many, the sign bit too', () => {
    const bench = new Bench(quiet({ cpus: 64 }));
    const mask = bench.layout.mms[MM_A].cpumask;
    bench.set(mask, -1).set(mask + 1, -1);
    bench.run(function* (cpu) {
      yield* cpumaskClearCpu(cpu, 31, mask);
      yield* cpumaskClearCpu(cpu, 63, mask);
    });
    expect([bench.word(mask), bench.word(mask + 1)]).toEqual([0x7fffffff, 0x7fffffff]);
  });
});

/** CPUs that take part; all others idle. */
function wide(cpus: number, active: Record<number, ScriptStep[]>) {
  return quiet({
    name: `wide-${cpus}`,
    cpus,
    mms: [{}, {}],
    walks: 4,
    scripts: Array.from({ length: cpus }, (_, id) => active[id] ?? []),
  });
}

describe.each([40, 64])('a machine of %i CPUs', (cpus) => {
  const last = cpus - 1;
  const scenario = wide(cpus, {
    0: script(run(A), write(0, 1), dontneed(0, 1), write(0), munmap(1, 2)),
    31: script(run(A), read(0, 1), run(B), read(0), run(A), read(0, 1)),
    32: script(run(A), write(0), dontneed(0, 2), read(0)),
    [last]: script(run(A), read(0, 1), kthread, run(A), read(0, 1)),
  });

  it.each(['6.12', '6.18'])('runs to its end under %s, and nobody is forgotten', (profile) => {
    let ends = 0;
    const tally = runMany(scenario, {
      profile,
      executions: 25,
      atEnd: (machine, program) => {
        ends++;
        expect(account(machine, program)).toEqual([]);
      },
    });
    expect({ harm: tally.harm, latent: tally.latent, ends }).toEqual({ harm: {}, latent: {}, ends: 25 });
    expect(tally.counters.ipisServed).toBeGreaterThan(20);
  });

  it.each([31, 32, last])('an IPI reaches CPU %i', (target) => {
    const bench = new Bench(
      quiet({ cpus, start: Array.from({ length: cpus }, (_, id) => (id === target ? { loadedMm: 0 } : {})) }),
    );
    bench.run((cpu) => cpu.fn.flushTlbMm(cpu, MM_A));
    expect(bench.ops.filter((op) => op.startsWith('send IPI'))).toEqual([`send IPI ${target}`]);
    const slot = bench.layout.cpus[target].tlbstate.ctxs[0];
    expect(bench.word(slot.tlbGen)).toBe(bench.word(bench.layout.mms[MM_A].tlbGen));
  });
});

it('a machine of 256 CPUs needs no frame that an entry cannot name', () => {
  const bench = new Bench(quiet({ cpus: 256 }));
  expect(bench.layout.mmu.frames).toBeLessThanOrEqual(512);
  bench.run((cpu) => cpu.fn.flushTlbMm(cpu, MM_A));
});
