import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import type { Rule } from './rule.js';

/**
 * Ranges (question C11), answer (a): a request for the generation right after the slot's is carried out as
 * the range that it names though the mm is further by now; the slot then claims the request's generation and
 * no more (fact F3). The kernel flushes everything there, and is done with what is still to come.
 */
export function* inTurn(
  cpu: KernelCpu,
  newTlbGen: number,
  localTlbGen: number,
  _mmTlbGen: number,
): Protocol<boolean> {
  const isNext = newTlbGen === localTlbGen + 1;
  yield* cpu.poke(cpu.layout.rule.held[cpu.id], isNext ? newTlbGen : 0);
  return isNext;
}

export function* storeRequests(cpu: KernelCpu, asid: number, tlbGen: number): Protocol<void> {
  const word = cpu.layout.rule.held[cpu.id];
  const ofRange = yield* cpu.peek(word);
  yield* cpu.poke(word, 0);
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, ofRange === 0 ? tlbGen : ofRange);
}

export const rangeInTurn: Rule = {
  name: 'range-in-turn',
  action: 'flushes the range of the generation that is next, though the mm is further',
  summary: 'a request for the next generation flushes its range though the mm is further by now',
  assumes: 'a range says what changed at its own generation, and nothing of others',
  senseless: ({ name }) => (name === 'native' ? null : 'a question about flush_tlb_func'),
  functions: () => ({ isPartialFlush: inTurn, storeSlotTlbGen: storeRequests }),
};
