import { NO_MODULES } from '../bundle/modules.js';
import type { BundlePlaces } from '../bundle/places.js';
import { judgeEndWatched } from '../drive/end.js';
import { decodeSchedule } from '../drive/schedule.js';
import { causeWords } from '../explain/cause.js';
import { type CpuState, StateLog } from '../explain/cpu-state.js';
import { KernelTeller } from '../explain/kernel-teller.js';
import { MemoryLog, type MemoryTold } from '../explain/memory-log.js';
import type { OwnCalls } from '../explain/own-calls.js';
import { ProgramTeller } from '../explain/program-teller.js';
import { Recorder } from '../explain/recorder.js';
import { type StepLink, stepLinks } from '../explain/step-links.js';
import { traceSteps } from '../explain/tell-steps.js';
import type { TraceStep } from '../explain/trace-step.js';
import { hex } from '../explore/hex.js';
import type { KernelProgram } from '../kernel/kernel-program.js';
import { Machine } from '../machine/machine.js';
import type { Program } from '../machine/program.js';
import { memoryOrders } from '../memory-order/index.js';
import { programOf } from '../programs/subject.js';
import { findVariant } from '../variants/index.js';
import { type Finding, isProgramFinding, type MemoryModel, type Violation } from '../vocabulary/finding.js';
import { withoutFacts } from '../vocabulary/violation.js';
import {
  type Difference,
  differenceWords,
  executionDifferences,
  findingDifferences,
  wordDifferences,
} from './differences.js';
import { isFairlyOver } from './fairly-over.js';
import { followRecorded } from './follow-recorded.js';
import { followedProgram } from './followed-program.js';

/** A finding, seen again. */
export interface Replay {
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
  readonly violation: Violation | null;
  readonly latent: readonly Violation[];
  readonly steps: number;
  /** What went wrong, in a sentence in the kernel's words. */
  readonly sentence: string | null;
  /**
   * In the words of a baseline, the same for every witness of one bug; see explain/cause.ts. Null without a
   * violation.
   */
  readonly cause: string | null;
  /** The coarser words of 0.1.0 for the same; null where they are the same. */
  readonly former: string | null;
  /** What tells bugs of one cause apart; see explain/circumstance.ts. Null where nothing more is known. */
  readonly circumstance: string | null;
  readonly traceHash: string;
  /** The steps that the sentence speaks of. */
  readonly told: readonly number[];
  /** Every step, or of a very long execution the last ones. */
  readonly trace: readonly TraceStep[];
  /** How every CPU stood before the first step; each step of the trace tells what it changed. */
  readonly start: readonly CpuState[];
  /** Words of memory, and what each step of the trace did to them. */
  readonly memory: MemoryTold;
  /** Which step of the trace goes back to which; by their index in it. */
  readonly links: readonly StepLink[];
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
export function replayFinding(finding: Finding, isWhole = true, modules = NO_MODULES): Replay {
  const { program, own } = isWhole
    ? followedProgram(finding, modules)
    : { program: programOf(finding, modules).program, own: null };
  const replay = replayProgram(program, finding, isWhole, modules.places, own);
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
  own: OwnCalls | null = null,
): Replay {
  const machine = new Machine(program, run.memory);
  const teller = isKernel(program)
    ? new KernelTeller(machine, program.config, loaded, own)
    : new ProgramTeller(machine, loaded);
  machine.observer = teller.log;
  const states = new StateLog(machine, teller);
  const words = new MemoryLog(machine, teller.names);
  const record = () => {
    const recorder = new Recorder(machine, teller.log, isWhole ? teller.site : null);
    return {
      steps: recorder.steps,
      before(agent: number): void {
        if (own !== null) own.step = machine.step;
        if (isWhole && recorder.steps.length === 0) {
          states.begin();
          words.begin();
        }
        recorder.before(agent);
      },
      after(agent: number): void {
        recorder.after(agent);
        const step = recorder.steps[recorder.steps.length - 1];
        teller.noteStep(step);
        if (isWhole) states.after(step);
      },
    };
  };
  const { diverged, steps, fair } = followRecorded(machine, decodeSchedule(run.schedule), teller.log, record);
  const judged =
    diverged === null
      ? judgeEndWatched(machine, run.violation.class === 'livelock' && isFairlyOver(steps, fair))
      : [];
  const { violation } = machine;
  const traceHash = hex(machine.hash);
  const explanation = violation === null ? null : teller.explain(steps, violation, judged);
  const trace = traceSteps(steps, { teller, memory: run.memory, explanation, states });
  const { sentence = null, circumstance = null, told = [] } = explanation ?? {};
  const cause = explanation === null ? null : causeWords(explanation.cause, program.layout);
  const coarse = explanation?.former == null ? null : causeWords(explanation.former, program.layout);
  const former = coarse === cause ? null : coarse;
  const judgedAs = violation === null ? null : withoutFacts(violation);
  const latent = machine.latent.map(withoutFacts);
  const { hasStoreBuffers } = memoryOrders[run.memory];
  const links = isWhole ? stepLinks(steps, states.start, states.changed, hasStoreBuffers) : [];
  const memory = isWhole ? words.told(steps) : { words: [], accesses: [] };
  const execution = { steps: machine.step, traceHash, trace, start: states.start, memory, links };
  const met = { violation: judgedAs, sentence, cause, former, circumstance, told, latent, ...execution };
  const differences = executionDifferences(run, { ...met, cpus: program.cpus, variant: null });
  const { class: expected, step } = run.violation;
  const missing =
    judgedAs === null
      ? `no violation in ${machine.step} steps; the finding has ${expected} at step ${step}`
      : null;
  const reason = diverged ?? missing ?? (differences.length === 0 ? null : differenceWords(differences[0]));
  return { ...met, reproduced: reason === null, reason, differences };
}

function isKernel(program: Program): program is KernelProgram {
  return 'config' in program;
}
