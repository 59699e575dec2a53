import { lowestBit } from '../kernel/cpumask.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';

/**
 * Which CPUs a flush reached: noted when each is asked, so that exactly those are updated afterwards. A mask
 * that is read again would be another set (race R11).
 */

export function* forgetTargets(cpu: KernelCpu): Protocol<void> {
  const flushed = cpu.layout.rule.flushed[cpu.id];
  for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(flushed + word, 0);
}

export function* noteTarget(cpu: KernelCpu, target: number, _by: number): Protocol<void> {
  const word = cpu.layout.rule.flushed[cpu.id] + (target >> 5);
  const bits = yield* cpu.peek(word);
  yield* cpu.poke(word, bits | (1 << (target & 31)));
}

/**
 * Lets the rule update every CPU that the flush reached, this one included where a hypercall flushed it too.
 */
export function* updateTargets(cpu: KernelCpu): Protocol<void> {
  const flushed = cpu.layout.rule.flushed[cpu.id];
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.peek(flushed + word);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      yield* cpu.fn.updateRemoteGen(cpu, word * 32 + bit);
    }
  }
}

/** For rules that act after the flush, on the CPUs that it reached. */
export const afterFlush = {
  beforeRemoteFlush: forgetTargets,
  targetAsked: noteTarget,
  afterRemoteFlush: updateTargets,
};
