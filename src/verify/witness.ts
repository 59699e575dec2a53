import type { Modules } from '../bundle/modules.js';
import { asInputError } from '../bundle/places.js';
import { judgeEnd } from '../drive/end.js';
import { follow } from '../drive/recorded.js';
import { encodeSchedule } from '../drive/schedule.js';
import { hex } from '../explore/hex.js';
import { CHANGES_WHAT_IT_KEEPS } from '../lowering/lowering-error.js';
import { Machine } from '../machine/machine.js';
import { watch } from '../oracles/board.js';
import { madeWith } from '../programs/made-with.js';
import type { Subject, SubjectProgram } from '../programs/subject.js';
import { BY_SEARCH } from '../vocabulary/decided-by.js';
import { NotVerifiableError } from '../vocabulary/errors.js';
import { FINDING_FORMAT, FINDING_VERSION, type Finding, type MemoryModel } from '../vocabulary/finding.js';
import type { Place } from '../vocabulary/told.js';
import { VERSION } from '../vocabulary/version.js';
import { withoutFacts } from '../vocabulary/violation.js';
import type { SearchResult } from './search.js';

/**
 * A schedule that the search has found, executed on the machine, by which alone it is judged. Throws
 * InputError for a mistake in the program that it runs into, and an Error where the machine sees nothing
 * wrong: the two engines disagree then. `changedAt`: where a script has changed an object that it kept; null:
 * none has.
 */
export function witnessOf(
  subject: Subject,
  { program, kernel }: SubjectProgram,
  memory: MemoryModel,
  schedule: readonly number[],
  { isMistake, isLivelock }: Pick<SearchResult, 'isMistake' | 'isLivelock'>,
  modules: Modules,
  changedAt: Place | null,
): Finding {
  const machine = new Machine(program, memory);
  watch(machine, kernel);
  let diverged: string | null;
  try {
    diverged = follow(machine, schedule);
    judgeEnd(machine, isLivelock);
  } catch (error) {
    throw asInputError(error, modules);
  }
  const { name, cpus } = program;
  if (isMistake && machine.violation === null) {
    // It throws only where what it keeps is frozen.
    throw new NotVerifiableError(name, CHANGES_WHAT_IT_KEEPS, changedAt);
  }
  if (diverged !== null || machine.violation === null)
    throw new Error(
      `${name}: the search has a violation that the machine has not: ${diverged ?? schedule.join(' ')}`,
    );
  const found = {
    format: FINDING_FORMAT,
    version: FINDING_VERSION,
    shootdown: VERSION,
    memory,
    strategy: BY_SEARCH,
    seed: 0,
    execution: 0,
    schedule: encodeSchedule(schedule),
    steps: machine.step,
    violation: withoutFacts(machine.violation),
    latent: machine.latent.map(withoutFacts),
    traceHash: hex(machine.hash),
  } as const;
  if ('program' in subject) return { ...found, program: name, cpus, modules: modules.refs };
  return { ...found, ...subject, ...madeWith(subject.variant, modules) };
}
