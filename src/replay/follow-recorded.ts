import { drive, type StepWatcher } from '../drive/drive.js';
import { FairTail } from '../drive/fair-tail.js';
import { RecordedDecider } from '../drive/recorded.js';
import type { RawStep } from '../explain/raw-step.js';
import { InternalError } from '../machine/ghost.js';
import type { Machine } from '../machine/machine.js';

/** What records steps; see Recorder. */
interface StepRecorder extends StepWatcher {
  readonly steps: readonly RawStep[];
}

/**
 * Steps that are recorded. A recorded step costs some 300 us and 3 kB, so that a schedule as long as the
 * format allows would take half an hour and all memory. Witnesses have some hundred steps; of a longer
 * execution the end is recorded, where the violation is.
 */
const RECORDED_STEPS_MAX = 20_000;

/** What a recorded step costs more than one that is followed alone, roughly. */
const RECORDED_COST = 100;
/** Steps between two that are told. */
const TOLD_EVERY = 256;

/** How much of an execution is followed, by what its steps cost. */
export type OnFollowed = (done: number, of: number) => void;

export interface Followed {
  /** Why the decisions could not be followed to their end; null if they could. */
  readonly diverged: string | null;
  readonly steps: readonly RawStep[];
  /** Who could move at the end, and who did. */
  readonly fair: FairTail;
}

interface FollowOptions {
  readonly recordedMax?: number;
  readonly onFollowed?: OnFollowed;
}

/**
 * Follows decisions on a machine whose `log` keeps what the program says in a step, and records the last
 * steps. `record` makes the recorder, before the first step that it is to see. Answers why the decisions
 * could not be followed, or null.
 */
export function followRecorded(
  machine: Machine,
  decisions: readonly number[],
  log: { readonly events: unknown[] },
  record: () => StepRecorder,
  { recordedMax = RECORDED_STEPS_MAX, onFollowed }: FollowOptions = {},
): Followed {
  let agents = 0;
  for (const decision of decisions) if (decision >= 0) agents++;
  const first = Math.max(0, agents - recordedMax);
  const cost = (steps: number): number => steps + Math.max(0, steps - first) * RECORDED_COST;
  let recorder = first === 0 ? record() : null;
  let diverged: string | null;
  const fair = new FairTail(machine);
  try {
    const decider = new RecordedDecider(machine, decisions);
    drive(machine, decider, {
      before(agent) {
        fair.before(agent);
        if (machine.step % TOLD_EVERY === 0) onFollowed?.(cost(machine.step), cost(agents));
        if (machine.step < first) log.events.length = 0;
        else {
          recorder ??= record();
          recorder.before(agent);
        }
      },
      after: (agent) => recorder?.after(agent),
    });
    const left = decider.left;
    diverged =
      decider.diverged ??
      (left === 0 ? null : `the execution is over at step ${machine.step}, and ${left} decisions are left`);
  } catch (error) {
    // A scenario that no hunt would run, or a schedule that no execution of this version has: it is the
    // finding that is wrong.
    if (!(error instanceof InternalError)) throw error;
    diverged = `step ${machine.step}: the simulated machine cannot go on: ${error.message}`;
  }
  return { diverged, steps: recorder?.steps ?? [], fair };
}
