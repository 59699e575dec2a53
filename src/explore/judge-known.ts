/** A batch's violations beside what its request knows of. */

import { PLAIN_PROGRAM } from '../vocabulary/finding.js';
import type { BatchRequest, BatchWitness, CauseOf } from './batch.js';
import { findKnown, type KnownViolation, type MetViolation } from './known.js';

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Its cause is asked only where the class is the same: that takes a replay. */
export function isSought(
  request: BatchRequest,
  sought: KnownViolation,
  seen: BatchWitness,
  causeOf?: CauseOf,
): boolean {
  return seen.violation.class === sought.class && causeOf?.(request, seen).cause === sought.cause;
}

/** Whether the request knows of the violation; counts it in `met`, by kind. */
export function isKnown(
  request: BatchRequest,
  seen: BatchWitness,
  met: Map<string, Writable<MetViolation>>,
  causeOf?: CauseOf,
): boolean {
  if (request.known === undefined) return false;
  if (causeOf === undefined)
    throw new Error('a batch with known violations needs to be told how to recognise them');
  const scenario = 'program' in request ? PLAIN_PROGRAM : request.scenario.name;
  const { cause, former, circumstance, namedCause } = causeOf(request, seen);
  const violation: KnownViolation = {
    ...{ scenario, class: seen.violation.class, cause },
    ...(former === null ? {} : { former }),
    ...(circumstance === null ? {} : { circumstance }),
    ...(namedCause === null ? {} : { namedCause }),
  };
  const known = findKnown(request.known, violation);
  const key = JSON.stringify([violation.class, cause, circumstance]);
  const before = met.get(key);
  const finding = known?.finding === undefined ? {} : { finding: known.finding };
  const from = known === undefined || known.scenario === scenario ? {} : { knownFrom: known.scenario };
  if (before !== undefined) before.executions++;
  else
    met.set(key, {
      ...violation,
      ...finding,
      ...from,
      isKnown: known !== undefined,
      executions: 1,
      execution: seen.execution,
    });
  return known !== undefined;
}
