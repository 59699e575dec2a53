import type { Shard } from '../../../src/explore/shard.js';
import type { SearchResult } from '../../../src/verify/search.js';
import type { PartVerdict, SharedSearch, VerifyBlob, VerifyPart } from '../../../src/verify/shards/blob.js';
import { verifyBlob } from '../../../src/verify/shards/blob.js';
import { sampleFinding } from '../../findings/sample.js';

/** What shards have looked at, for tests of what becomes of it. */

const SUBJECT = { variant: 'p', program: true, scenario: 'plain program' } as const;
const SPLIT = { depth: 6, before: 100, states: 90, own: 30, hash: '0123abcd' };

/** A shard that has looked at all of its part, and what a test changes of it. */
export function samplePart(
  index: number,
  {
    shard = {},
    ...change
  }: Partial<Omit<PartVerdict, 'shard'>> & { shard?: Partial<PartVerdict['shard']> } = {},
): VerifyPart {
  const verdict: PartVerdict = {
    ...SUBJECT,
    ...{ memory: 'tso', complete: false, completeWithinSwitches: false, withinSteps: 20, ended: null },
    ...{ violation: null, message: null, isShortest: false, latent: [], states: 400, expanded: 400 },
    ...{ transitions: 900, depth: 21, seconds: 1.5, peakMemoryBytes: 2 ** 20, reductions: [], finding: null },
    bounds: { switches: null, storeBufferDepth: 8, walks: 0, preemptions: 0 },
    ...change,
    shard: { index, of: 3, split: SPLIT, complete: true, isCut: false, ...shard },
  };
  const { violation: name } = verdict;
  if (name === null) return { verdict, witness: null };
  const { variant: _variant, scenario: _scenario, ...found } = sampleFinding({ latent: [] });
  const violation = { ...found.violation, class: name };
  return { verdict, witness: { ...found, program: 'p', cpus: 2, modules: [], violation } };
}

export function sampleVerifyBlob(
  parts: readonly VerifyPart[],
  change: Partial<SharedSearch> = {},
): VerifyBlob {
  return verifyBlob({ memory: 'tso', switches: null, shards: 3, subjects: [SUBJECT], ...change }, parts);
}

/** The part of a shard, of what its search has come to. */
export function partOf({ index, of }: Shard, result: SearchResult): VerifyPart {
  const { split, complete, isCut, schedule, isLivelock, depth } = result;
  return samplePart(index, {
    complete: complete && split === null,
    violation: schedule === null ? null : isLivelock ? 'livelock' : 'assertion',
    isShortest: split === null,
    depth: schedule?.length ?? depth,
    withinSteps: Math.max(0, depth - 1),
    ...{ states: result.states, expanded: result.expanded, transitions: result.transitions },
    shard: { of, split, complete, isCut },
  });
}
