/** A verification as the report of a hunt, for reports that CI systems read. */

import type { Verdict } from '../explore/api.js';
import type { Shard } from '../explore/shard.js';
import type { HuntReport, HuntResult } from '../report/reporters/hunt-report.js';
import { VERSION } from '../vocabulary/version.js';
import type { VerifyVerdict } from './api.js';
import type { Refused } from './document.js';
import { shortWords, type VerifyResult } from './page.js';
import { verdictLine, verifyRestsOn } from './words.js';

/** What such a report has in the place of a strategy. */
const ALL = 'all executions';
/** All executions are looked at in no order that a hash could tell of. */
const NO_HASH = '00000000';

export interface VerifyEnd {
  readonly memory: Verdict['memory'];
  readonly shard: Shard | undefined;
  readonly interrupted: boolean;
  /** What was not seen through. */
  readonly refused: readonly Refused[];
  /** What an interruption came before. */
  readonly notReached: readonly string[];
}

export function verifyHuntReport(
  results: readonly VerifyResult[],
  { memory, shard, interrupted, refused, notReached }: VerifyEnd,
): HuntReport {
  return {
    ...{ version: VERSION, command: 'verify', seed: 0, memory, strategies: [], shard },
    results: [...results.map(resultOf), ...refused.map((one) => refusedResult(one, memory))],
    ...{ notReached, interrupted, notes: [], baseline: null },
  };
}

function resultOf({ verdict, witness }: VerifyResult): HuntResult {
  const { states, transitions, depth, memory } = verdict;
  return {
    ...{ verdict: sampled(verdict), grounds: verifyRestsOn([verdict]) },
    witness: witness === null ? null : { ...witness, trace: witness.execution?.trace ?? [] },
    decided: {
      ...{ short: shortWords(verdict), whole: verdictLine(verdict) },
      numbers: { states, transitions, depth, memory },
    },
  };
}

/** As a hunt has it, but for what only `decided` tells: nothing was sampled. */
function sampled(verdict: VerifyVerdict): Verdict {
  const { variant, program, scenario, violation, message, depth, seconds, memory, finding, ended } = verdict;
  return {
    ...EMPTY,
    ...{ variant, ...(program ? { program: true as const } : {}), scenario, violation, message },
    latent: verdict.latent.map((one) => ({ ...one, executions: 1, scenario, execution: 0 })),
    ...{ steps: depth, seconds, memory, finding, interrupted: ended === 'interrupted' },
    scenarios: [{ scenario, executions: 0, steps: depth, counters: {} }],
    ...(verdict.shard === undefined ? {} : { shard: verdict.shard }),
  };
}

const EMPTY = { executions: 0, strategy: ALL, seed: 0, counters: {}, traceHash: NO_HASH } as const;

/** A failure: nobody knows anything of what it was to decide. */
function refusedResult({ name, why }: Refused, memory: Verdict['memory']): HuntResult {
  return {
    verdict: {
      ...{ ...EMPTY, variant: name, scenario: name, violation: null, message: null, latent: [], memory },
      ...{ steps: 0, seconds: 0, finding: null, scenarios: [], interrupted: false },
    },
    witness: null,
    expected: { project: name, text: 'code that is seen through', isMet: false },
    decided: { short: `none: ${why}`, whole: why, numbers: { memory } },
    grounds: [],
  };
}
