import { type BatchRequest, type BatchResult, measureLength, runBatch } from '../src/explore/batch.js';

/** Entry of an exploration worker: what a pool calls. */
export default function batch(request: BatchRequest): BatchResult {
  return runBatch(request);
}

export function length(request: BatchRequest): number {
  return measureLength(request);
}
