import type { Blob, BlobPart } from '../../src/findings/blob.js';
import { sampleFinding } from '../findings/sample.js';
import { sampleVerdict } from '../report/verdicts.js';

/** What a shard did, and what a test changes of it. */
export function samplePart(shard: number, change: Partial<BlobPart['did']> = {}): BlobPart {
  const { variant, executions, steps, seconds, latent, counters, scenarios, traceHash, interrupted } =
    sampleVerdict();
  const did = { variant, executions, steps, seconds, latent, counters, scenarios, traceHash, interrupted };
  return { shard, did: { ...did, variant: 'b1', ...change }, witness: null };
}

/** The same, and what it found. */
export function withWitness(
  part: BlobPart,
  change: Parameters<typeof sampleFinding>[0] = {},
  cause: string | null = 'no IPI',
): BlobPart {
  return { ...part, witness: { finding: sampleFinding(change), cause } };
}

export function sampleBlob(parts: readonly BlobPart[], change: Partial<Blob['hunt']> = {}): Blob {
  return {
    format: 'shootdown-blob',
    version: 1,
    hunt: {
      ...{ shootdown: '0.1.0', memory: 'tso', seed: 1, strategies: ['random'] },
      ...{ subjects: ['b1', 'b1-fixed'], shards: 4 },
      ...change,
    },
    notes: [],
    parts,
  };
}
