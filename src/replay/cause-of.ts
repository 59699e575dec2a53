import { encodeSchedule } from '../drive/schedule.js';
import type { BatchRequest, BatchWitness } from '../explore/batch.js';
import { hex } from '../explore/hex.js';
import type { CauseFound } from '../explore/known.js';
import { NO_DEFINITIONS } from '../programs/definitions.js';
import { programOf } from '../programs/subject.js';
import { replayProgram } from './replay-finding.js';

/** What went wrong in a batch's witness, the same for every witness of one bug. */
export function causeOf(
  request: BatchRequest,
  { schedule, violation, steps, hash }: BatchWitness,
  own = NO_DEFINITIONS,
): CauseFound {
  const run = {
    memory: request.memory,
    schedule: encodeSchedule(schedule),
    violation,
    steps,
    traceHash: hex(hash),
  };
  const { program } = programOf(request, own);
  const { cause, former, circumstance, namedCause, reason } = replayProgram(program, run, false);
  if (cause === null) throw new Error(`a witness does not replay: ${reason}`);
  return { cause, former, circumstance, namedCause };
}
