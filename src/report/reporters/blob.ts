/** `--reporter blob`: a shard's share of the hunt, for `shootdown merge`. */

import type { Verdict } from '../../explore/api.js';
import {
  BLOB_FORMAT,
  BLOB_VERSION,
  type Blob,
  type BlobPart,
  type BlobVerdict,
  serializeBlob,
} from '../../findings/blob.js';
import type { HuntReport } from './hunt-report.js';
import type { Reporter } from './reporter.js';

export const blobReporter: Reporter = {
  name: 'blob',
  kind: 'document',
  open: (to) => ({ end: (report) => to.print(serializeBlob(report.merged?.blob ?? blobOf(report))) }),
};

export function blobOf(report: HuntReport): Blob {
  const { version, memory, seed, strategies, shard, results, notReached, notes } = report;
  const subjects = [...results.map(({ verdict }) => verdict.variant), ...notReached];
  const parts = results.map(({ verdict, witness }): BlobPart => {
    const found = witness === null ? null : { finding: witness.finding, cause: witness.cause };
    return { shard: shard?.index ?? 1, did: didOf(verdict), witness: found };
  });
  const hunt = { shootdown: version, memory, seed, strategies, subjects, shards: shard?.of ?? 1 };
  return { format: BLOB_FORMAT, version: BLOB_VERSION, hunt, notes, parts };
}

/** What of a verdict can be added up; what is left out a reader may miss, and never misread. */
export function didOf(verdict: Verdict): BlobVerdict {
  const { variant, program, optimisation, executions, steps, seconds, latent, counters, scenarios } = verdict;
  const { traceHash, interrupted, effect, known, met, reached } = verdict;
  return {
    ...{ variant, program, optimisation, executions, steps, seconds, latent, counters, scenarios },
    ...{ traceHash, interrupted, effect, known, met, reached },
  };
}
