import { describe, expect, it } from 'vitest';
import {
  cpumaskAnyOther,
  cpumaskClearCpu,
  cpumaskSetCpu,
  cpumaskTestCpu,
  lowestBit,
} from '../../src/kernel/cpumask.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { plainProgram } from '../../src/programs/plain-program.js';
import { Drive } from './drive.js';

/** cpumask operations of one CPU of 64, on a mask of two words. */
function onMask(
  id: number,
  initial: [number, number],
  body: (cpu: KernelCpu, mask: number) => Generator<undefined, void, number>,
) {
  const program = plainProgram({
    name: 'cpumask',
    words: { mask: initial },
    cpus: Array.from(
      { length: 64 },
      (_, other) =>
        function* (cpu, at) {
          if (other === id)
            yield* body(Object.assign(cpu, { maskWords: 2 }) as unknown as KernelCpu, at.mask);
        },
    ),
  });
  const drive = new Drive(program);
  drive.runAll(id);
  return {
    words: [drive.machine.mem[program.at.mask], drive.machine.mem[program.at.mask + 1]],
    steps: drive.machine.step,
  };
}

describe('a cpumask', () => {
  for (const target of [0, 1, 30, 31, 32, 33, 62, 63]) {
    it(`sets, tests and clears CPU ${target} and no other`, () => {
      const results: boolean[] = [];
      const { words } = onMask(5, [0, 0], function* (cpu, mask) {
        results.push(yield* cpumaskTestCpu(cpu, target, mask));
        yield* cpumaskSetCpu(cpu, target, mask);
        for (let other = 0; other < 64; other++) {
          const is = yield* cpumaskTestCpu(cpu, other, mask);
          if (is !== (other === target)) throw new Error(`CPU ${other} is ${is}`);
        }
        results.push(yield* cpumaskTestCpu(cpu, target, mask));
      });
      expect(results).toEqual([false, true]);
      expect(words).toEqual(target < 32 ? [1 << target, 0] : [0, 1 << (target & 31)]);
      const cleared = onMask(5, [-1, -1], function* (cpu, mask) {
        yield* cpumaskClearCpu(cpu, target, mask);
      });
      expect(cleared.words).toEqual(target < 32 ? [~(1 << target), -1] : [-1, ~(1 << (target & 31))]);
    });
  }

  it.each([
    [31, [1 << 31, 0], false],
    [31, [1 << 31, 1], true],
    [31, [1 << 30, 0], true],
    [32, [0, 1], false],
    [32, [1 << 31, 1], true],
    [63, [0, 1 << 31], false],
    [63, [0, (1 << 31) | 1], true],
    [0, [1, 0], false],
    [0, [0, 0], false],
  ])('knows for CPU %i with words %j whether another one is in it', (id, words, expected) => {
    let answer: boolean | undefined;
    const { steps } = onMask(id as number, words as [number, number], function* (cpu, mask) {
      answer = yield* cpumaskAnyOther(cpu, mask);
    });
    expect(answer).toBe(expected);
    expect(steps).toBeLessThanOrEqual(2);
  });

  it('finds the lowest bit up to bit 31', () => {
    for (let bit = 0; bit < 32; bit++) {
      expect(lowestBit(1 << bit)).toBe(bit);
      expect(lowestBit((1 << bit) | (1 << 31))).toBe(bit);
    }
  });
});
