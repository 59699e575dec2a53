import { type BatchRequest, type BatchResult, type BatchWitness, measureLength, runBatch, simplifyWitness } from '../src/explore/batch.js';
import { type PairRequest, type PairResult, runPairs } from '../src/explore/pairs/pair-batch.js';
import { causeOf } from '../src/replay/cause-of.js';
import { type Answered, answering } from '../src/seal/answered.js';

/** Entry of an exploration worker: what a pool calls. */
export function batch(request: BatchRequest): Promise<Answered<BatchResult>> {
  return answering(() => runBatch(request, causeOf));
}

export function length(request: BatchRequest): Promise<Answered<number>> {
  return answering(() => measureLength(request));
}

export function simplified({
  request,
  witness,
}: {
  readonly request: BatchRequest;
  readonly witness: BatchWitness;
}): Promise<Answered<BatchWitness>> {
  return answering(() => simplifyWitness(request, witness, causeOf));
}

export function pairs(request: PairRequest): Promise<Answered<PairResult>> {
  return answering(() => runPairs(request));
}
