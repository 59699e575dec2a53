/** The verdict of a whole hunt, from the parts of its shards. */

import { createHash } from 'node:crypto';
import type { Verdict } from '../explore/api.js';
import type { BlobHunt, BlobPart } from '../findings/blob.js';
import { scopeName } from '../scenarios/scope-name.js';
import { findingSubject, PLAIN_PROGRAM } from '../vocabulary/finding.js';
import type { Kind } from './kinds.js';
import { sumCounters, sumEffects, sumLatent, sumMet, sumOf, sumScenarios } from './sums.js';

/** What all parts of a verdict have. */
interface Hunted {
  readonly hunt: Pick<BlobHunt, 'memory' | 'seed' | 'strategies'>;
}

/**
 * What all parts of a subject come to. `best`: the witness that the verdict is of, or null; `seconds` are
 * those of all shards together. Files and lines of users' code are not in it.
 */
export function totalOf({ hunt }: Hunted, parts: readonly BlobPart[], best: Kind | null): Verdict {
  const did = parts.map((part) => part.did);
  const { variant, program, optimisation } = did[0];
  const scenarios = sumScenarios(did.flatMap((one) => one.scenarios));
  const effects = did.flatMap(({ effect }) => effect ?? []);
  const effect = effects.length === did.length ? sumEffects(effects) : undefined;
  const finding = best?.witness.finding ?? null;
  const known = finding === null ? did.find((one) => (one.known ?? null) !== null)?.known : null;
  const only = scopeName(scenarios.map(({ scenario }) => scenario));
  return {
    variant,
    ...(program === undefined ? {} : { program }),
    ...(optimisation === undefined ? {} : { optimisation }),
    scenario: finding !== null ? findingSubject(finding).scenario : program ? PLAIN_PROGRAM : only,
    violation: finding?.violation.class ?? null,
    message: finding?.violation.message ?? null,
    latent: sumLatent(did.flatMap((one) => one.latent)),
    executions: sumOf(did.map((one) => one.executions)),
    steps: sumOf(did.map((one) => one.steps)),
    seconds: sumOf(did.map((one) => one.seconds)),
    strategy: finding?.strategy ?? hunt.strategies.join('+'),
    memory: hunt.memory,
    seed: hunt.seed,
    finding: null,
    counters: sumCounters(did.map((one) => one.counters)),
    scenarios,
    traceHash: hashOf(parts),
    interrupted: did.some((one) => one.interrupted),
    ...(effect === undefined ? {} : { effect }),
    ...(known === undefined ? {} : { known }),
    ...(did.some(({ met }) => met !== undefined) ? { met: sumMet(did.flatMap((one) => one.met ?? [])) } : {}),
  };
}

/** Of one part its own; of several a hash over theirs, by shard. */
function hashOf(parts: readonly BlobPart[]): string {
  if (parts.length === 1) return parts[0].did.traceHash;
  const text = parts.map(({ shard, did }) => `${shard} ${did.traceHash}`).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
