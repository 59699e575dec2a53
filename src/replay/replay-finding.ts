import { NO_MODULES } from '../bundle/modules.js';
import type { BundlePlaces } from '../bundle/places.js';
import { judgeEndWatched } from '../drive/end.js';
import { decodeSchedule } from '../drive/schedule.js';
import { kernelSites, programSites } from '../explain/call-sites.js';
import type { OwnCalls } from '../explain/own-calls.js';
import type { Program } from '../machine/program.js';
import { programOf } from '../programs/subject.js';
import { findVariant } from '../variants/index.js';
import { type Finding, isProgramFinding, type MemoryModel, type Violation } from '../vocabulary/finding.js';
import {
  type Difference,
  differenceWords,
  executionDifferences,
  findingDifferences,
  wordDifferences,
} from './differences.js';
import { isFairlyOver } from './fairly-over.js';
import { followRecorded, type OnFollowed } from './follow-recorded.js';
import { followedProgram } from './followed-program.js';
import { type SiteTellers, type ToldExecution, WatchedExecution } from './watched-execution.js';

/** A finding, seen again. */
export interface Replay extends ToldExecution {
  /**
   * Whether the execution is the recorded one: the same violation at the same step, with the same trace hash.
   */
  readonly reproduced: boolean;
  /** Why not; null if reproduced. */
  readonly reason: string | null;
  /**
   * Where what was recorded is not what was seen; of a finding that is reproduced, where it only tells it
   * differently.
   */
  readonly differences: readonly Difference[];
}

/** A recorded execution of a program, and what it is expected to end in. A finding is one. */
export interface RecordedRun {
  readonly memory: MemoryModel;
  /** See Finding.schedule. */
  readonly schedule: readonly string[];
  readonly violation: Violation;
  /** How many steps it had, if that is to be compared too. */
  readonly steps?: number;
  readonly traceHash: string;
}

/**
 * Runs a finding's schedule again, step by step. Throws InputError if its variant or program is unknown (a
 * user's must have been loaded) or the schedule is no schedule. A replay that is not whole tells neither
 * where operations are written nor how CPUs stand after them, and is some ten times faster.
 */
export function replayFinding(
  finding: Finding,
  isWhole = true,
  modules = NO_MODULES,
  onFollowed?: OnFollowed,
): Replay {
  const { program, own } = isWhole
    ? followedProgram(finding, modules)
    : { program: programOf(finding, modules).program, own: null };
  const replay = replayProgram(program, finding, isWhole, modules.places, { own, onFollowed });
  if (!replay.reproduced) return replay;
  const shown = {
    ...replay,
    cpus: program.cpus,
    variant: isProgramFinding(finding)
      ? null
      : (findVariant(finding.variant, modules.variants)?.name ?? null),
  };
  const [first, ...others] = findingDifferences(finding, shown);
  if (first !== undefined)
    return { ...replay, reproduced: false, reason: differenceWords(first), differences: [first, ...others] };
  return { ...replay, differences: wordDifferences(finding, shown) };
}

/**
 * Runs a recorded schedule of any program again. The simulated kernel is watched by its oracles and explained
 * in its words; any other program is judged by its own assertions, with its words named as its layout names
 * them. `own`: what follows the calls of the program's own functions.
 */
export function replayProgram(
  program: Program,
  run: RecordedRun,
  isWhole = true,
  loaded: BundlePlaces | null = null,
  { own = null, onFollowed }: { readonly own?: OwnCalls | null; readonly onFollowed?: OnFollowed } = {},
): Replay {
  const execution = new WatchedExecution(program, run.memory, isWhole, callSites(loaded), own);
  const { machine } = execution;
  const { diverged, steps, fair } = followRecorded(
    machine,
    decodeSchedule(run.schedule),
    execution.log,
    () => execution.record(),
    { onFollowed },
  );
  const judged =
    diverged === null
      ? judgeEndWatched(machine, run.violation.class === 'livelock' && isFairlyOver(steps, fair))
      : [];
  const met = execution.told(steps, judged);
  const differences = executionDifferences(run, { ...met, cpus: program.cpus, variant: null });
  const { class: expected, step } = run.violation;
  const missing =
    met.violation === null
      ? `no violation in ${met.steps} steps; the finding has ${expected} at step ${step}`
      : null;
  const reason = diverged ?? missing ?? (differences.length === 0 ? null : differenceWords(differences[0]));
  return { ...met, reproduced: reason === null, reason, differences };
}

function callSites(loaded: BundlePlaces | null): SiteTellers {
  return { kernel: () => kernelSites(loaded), program: () => programSites(loaded) };
}
