import type { Modules } from '../bundle/modules.js';
import { decodeSchedule, encodeSchedule } from '../drive/schedule.js';
import type { BatchRequest, BatchWitness } from '../explore/batch.js';
import { hex } from '../explore/hex.js';
import type { Minimised } from '../explore/minimise/minimise.js';
import type { HuntPool } from '../explore/pool.js';
import { strategies } from '../explore/strategies/index.js';
import type { Subject } from '../programs/subject.js';
import { type Replay, replayFinding } from '../replay/replay-finding.js';
import type { VerifyVerdict } from '../verify/api.js';
import { Verifier } from '../verify/verify.js';
import { InputError } from '../vocabulary/errors.js';
import { type Finding, isProgramFinding } from '../vocabulary/finding.js';
import { type FindingSize, sizeOf } from './finding-size.js';
import { MINIMISE_LIMITS, type MinimiseLimits, type MinimiseProgress } from './limits.js';

/**
 * A finding with less in it: by leaving out and hunting again (explore/minimise), then by all executions of
 * what is left, where those are few enough. What both are allowed is counted in executions and states and
 * never in time, so the same finding becomes the same one everywhere.
 */

const MEMORY_BYTES = 2 ** 30;
const PROGRESS_MS = 200;

type OnProgress = (progress: MinimiseProgress) => void;

export interface MinimisedFinding {
  readonly finding: Finding;
  /** The finding, seen again. */
  readonly replay: Replay;
  readonly before: FindingSize;
  readonly after: FindingSize;
  /** No execution of that scenario or program comes to a violation of any kind in fewer steps. */
  readonly isShortest: boolean;
  /** Why it is not known to be the shortest; null where it is. */
  readonly notShortest: string | null;
  readonly executions: number;
  readonly states: number;
}

/**
 * Throws InputError for a finding that does not replay. Class, cause and circumstance stay what they are;
 * what the finding becomes is executed again before it is answered. Null where `signal` was aborted before
 * anything was known; whoever opened the pool closes it.
 */
export async function minimiseFinding(
  finding: Finding,
  pool: HuntPool,
  modules: Modules,
  limits: MinimiseLimits = MINIMISE_LIMITS,
  signal?: AbortSignal,
  onProgress: OnProgress = () => undefined,
): Promise<MinimisedFinding | null> {
  const seen = replayFinding(finding, false, modules);
  if (!seen.reproduced)
    throw new InputError(`not reproduced: ${seen.reason}`, 'minimise a finding that replays');
  const left = await leftOut(pool, finding, limits.executions, signal, onProgress);
  if (left === null) return null;
  const { subject, witness, executions } = left;
  const smaller = findingOf(finding, subject, witness);
  const shortest = await searched(smaller, seen, modules, limits.states, { signal, onProgress });
  const chosen = shortest.finding ?? smaller;
  const replay = replayFinding(chosen, true, modules);
  if (!replay.reproduced || !isSame(replay, seen))
    throw new Error(`a minimised finding is another one: ${replay.reason ?? replay.cause}`);
  const message = replay.sentence ?? chosen.violation.message;
  return {
    finding: { ...chosen, violation: { ...chosen.violation, message } },
    replay,
    ...{ before: sizeOf(finding), after: sizeOf(chosen) },
    ...{ isShortest: shortest.why === null, notShortest: shortest.why },
    ...{ executions, states: shortest.states },
  };
}

/** Without what a worker of the pool found that it can do without; null where `signal` was aborted before. */
async function leftOut(
  pool: HuntPool,
  finding: Finding,
  executionsMax: number,
  signal: AbortSignal | undefined,
  onProgress: OnProgress,
): Promise<Minimised | null> {
  const told = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const executed = new Int32Array(told);
  const looking = setInterval(
    () => onProgress({ stage: 'executions', done: Atomics.load(executed, 0) }),
    PROGRESS_MS,
  );
  try {
    const request = requestOf(finding);
    const minimised = pool.minimise({ request, witness: witnessOf(finding), executionsMax, told });
    // Of a pool that is closed meanwhile nobody wants to hear.
    minimised.catch(() => undefined);
    return await Promise.race([minimised, aborted(signal)]);
  } finally {
    clearInterval(looking);
  }
}

/** Null as soon as it is aborted; a worker is ended with its pool. */
function aborted(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve(null);
    signal?.addEventListener('abort', () => resolve(null), { once: true });
  });
}

interface Searched {
  /** One that is shorter, if there is one of the same cause. */
  readonly finding: Finding | null;
  /** Why the shortest of that cause is not known; null where it is. */
  readonly why: string | null;
  readonly states: number;
}

/** By all executions, up to so many states. */
async function searched(
  finding: Finding,
  wanted: Replay,
  modules: Modules,
  statesMax: number,
  { signal, onProgress }: { readonly signal: AbortSignal | undefined; readonly onProgress: OnProgress },
): Promise<Searched> {
  const none = (why: string, states = 0): Searched => ({ finding: null, why, states });
  if (statesMax === 0) return none('all executions were not asked for');
  const verifier = new Verifier(modules);
  try {
    const { verdict, finding: found } = await verifier.verify({
      ...{ subject: subjectOf(finding), memory: finding.memory, memoryLimit: MEMORY_BYTES, statesMax },
      signal,
      onProgress: ({ states }) => onProgress({ stage: 'states', done: states }),
    });
    if (found === null) return none(unfound(verdict, statesMax), verdict.states);
    if (!isSame(replayFinding(found, false, modules), wanted))
      return none('another violation comes in fewer steps', verdict.states);
    const shorter = found.steps < finding.steps ? found : null;
    return { finding: shorter, why: null, states: verdict.states };
  } catch (error) {
    // Code that is not seen through can be minimised all the same.
    if (error instanceof InputError) return none(error.what);
    throw error;
  } finally {
    verifier.close();
  }
}

function unfound({ ended, complete }: VerifyVerdict, statesMax: number): string {
  if (complete) throw new Error('a search of all executions does not meet the violation of a witness');
  return ended === 'states'
    ? `it has more than ${statesMax} states up to there`
    : `the search was ended by ${ended}`;
}

function isSame(a: Replay, b: Replay): boolean {
  return (
    a.violation?.class === b.violation?.class && a.cause === b.cause && a.circumstance === b.circumstance
  );
}

function subjectOf(finding: Finding): Subject {
  if (isProgramFinding(finding)) return { program: finding.program };
  return { variant: finding.variant, scenario: finding.scenario };
}

function requestOf(finding: Finding): BatchRequest {
  const { memory, seed } = finding;
  const hunt = { memory, seed, strategies: strategies.map(({ name }) => name), first: 0, count: 1 };
  return { ...subjectOf(finding), ...hunt };
}

function witnessOf(finding: Finding): BatchWitness {
  const { execution, strategy, schedule, steps, traceHash, violation, latent } = finding;
  return {
    ...{ execution, strategy, steps, violation, latent },
    schedule: decodeSchedule(schedule),
    hash: Number.parseInt(traceHash, 16) | 0,
  };
}

function findingOf(finding: Finding, subject: Subject, witness: BatchWitness): Finding {
  const { execution, strategy, schedule, steps, hash, violation, latent } = witness;
  const found = {
    ...{ execution, strategy, steps, violation, latent },
    schedule: encodeSchedule(schedule),
    traceHash: hex(hash),
    // Those of the other execution.
    orderings: undefined,
  };
  if (isProgramFinding(finding) || 'program' in subject) return { ...finding, ...found };
  return { ...finding, ...found, scenario: subject.scenario };
}
