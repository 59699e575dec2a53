/**
 * A slot as one word: a tag of the mm's ctx_id above the generation, so that one compare-exchange can look at
 * both. Tags are the low bits of ctx_id and wrap on purpose; generations beyond PACKED_GEN_MAX are refused.
 */
export const PACKED_GEN_BITS = 20;
export const PACKED_GEN_MAX = (1 << PACKED_GEN_BITS) - 1;
/** Most bits that a tag can have in a word that stays positive. */
export const PACKED_TAG_BITS_MAX = 31 - PACKED_GEN_BITS;

/** `tlbGen` is at most PACKED_GEN_MAX: who stores the word asserts that. */
export function packSlot(tagBits: number, ctxId: number, tlbGen: number): number {
  return ((ctxId & ((1 << tagBits) - 1)) << PACKED_GEN_BITS) | tlbGen;
}

export function packedGen(word: number): number {
  return word & PACKED_GEN_MAX;
}
