import { type BatchRequest, type BatchResult, type BatchWitness, measureLength, runBatch, simplifyWitness } from '../src/explore/batch.js';
import { type PairRequest, type PairResult, runPairs } from '../src/explore/pairs/pair-batch.js';
import { causeOf } from '../src/replay/cause-of.js';

/** Entry of an exploration worker: what a pool calls. */
export function batch(request: BatchRequest): BatchResult {
  return runBatch(request, causeOf);
}

export function length(request: BatchRequest): number {
  return measureLength(request);
}

export function simplified({ request, witness }: { readonly request: BatchRequest; readonly witness: BatchWitness }): BatchWitness {
  return simplifyWitness(request, witness, causeOf);
}

export function pairs(request: PairRequest): PairResult {
  return runPairs(request);
}
