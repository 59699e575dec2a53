import { EV_ADDED_LOCKED } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { PACKED_GEN_MAX, PACKED_TAG_BITS_MAX, packedGen, packSlot } from '../kernel/packed-slots.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V17: a slot is one word, a tag of the ctx_id above the generation; the owner stores it whole, a remote
 * compare-exchanges it. The owner tells its slots apart by full ctx_ids, which nobody else reads. Assumes
 * that no two mms with the same tag follow each other in a slot at the same generation; with a tag of two
 * bits every fourth mm has the same one.
 */
export function* readPackedGen(cpu: KernelCpu, asid: number): Protocol<number> {
  const word = yield* cpu.readOnce(cpu.own.tlbstate.ctxs[asid].tlbGen);
  return packedGen(word);
}

export function* storePackedSlot(
  cpu: KernelCpu,
  asid: number,
  ctxId: number,
  tlbGen: number,
): Protocol<void> {
  // Its own memory: nobody else reads it.
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].ctxId, ctxId);
  yield* cpu.assert(tlbGen <= PACKED_GEN_MAX, 'the generation fits into a packed slot');
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, packSlot(cpu.packedTagBits, ctxId, tlbGen));
}

export function* storePackedGen(cpu: KernelCpu, asid: number, tlbGen: number): Protocol<void> {
  const ctxId = yield* cpu.readOnce(cpu.own.tlbstate.ctxs[asid].ctxId);
  yield* cpu.assert(tlbGen <= PACKED_GEN_MAX, 'the generation fits into a packed slot');
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, packSlot(cpu.packedTagBits, ctxId, tlbGen));
}

export function* raisePacked(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  yield* cpu.assert(tlbGen <= PACKED_GEN_MAX, 'the generation fits into a packed slot');
  const ctxs = cpu.per[target].tlbstate.ctxs;
  const wanted = packSlot(cpu.packedTagBits, ctxId, tlbGen);
  for (let asid = 0; asid < ctxs.length; asid++) {
    let word = yield* cpu.readOnce(ctxs[asid].tlbGen);
    while (word !== 0 && word - packedGen(word) === wanted - tlbGen && packedGen(word) < tlbGen) {
      yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
      const seen = yield* cpu.cmpxchg(ctxs[asid].tlbGen, word, wanted);
      if (seen === word) break;
      word = seen;
    }
  }
}

function packed(name: string, tagBits: number, summary: string): Rule {
  return {
    name,
    action: `compare-exchanges a slot that is one word, generation and a tag of ${tagBits} bits`,
    summary,
    assumes:
      'no two mms with the same tag follow each other in a slot at the same generation; the flush ' +
      'was complete',
    packedTagBits: tagBits,
    senseless: fitsAll,
    functions: (backend) => ({
      ...afterFlush,
      ...completeFlush(backend),
      readSlotTlbGen: readPackedGen,
      storeSlot: storePackedSlot,
      storeSlotTlbGen: storePackedGen,
      updateRemoteGen: raisePacked,
    }),
  };
}

export const v17: Rule = packed(
  'v17',
  PACKED_TAG_BITS_MAX,
  'keeps tag and generation in one word, which a remote compare-exchanges (tag of 11 bits)',
);
export const v17Short: Rule = packed('v17-tag2', 2, 'as v17, with a tag of 2 bits, which recurs');
