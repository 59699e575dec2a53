import { NO_MODULES } from '../bundle/modules.js';
import type { BundlePlaces } from '../bundle/places.js';
import { judgeEndWatched } from '../drive/end.js';
import { decodeSchedule } from '../drive/schedule.js';
import { causeWords } from '../explain/cause.js';
import { type CpuState, StateLog } from '../explain/cpu-state.js';
import { KernelTeller } from '../explain/kernel-teller.js';
import { ProgramTeller } from '../explain/program-teller.js';
import { Recorder } from '../explain/recorder.js';
import { traceSteps } from '../explain/steps.js';
import type { TraceStep } from '../explain/trace-step.js';
import { hex } from '../explore/hex.js';
import type { KernelProgram } from '../kernel/kernel-program.js';
import { Machine } from '../machine/machine.js';
import type { Program } from '../machine/program.js';
import { programOf } from '../programs/subject.js';
import type { Finding, MemoryModel, Violation } from '../vocabulary/finding.js';
import { withoutFacts } from '../vocabulary/violation.js';
import { followRecorded } from './follow-recorded.js';

/** A finding, seen again. */
export interface Replay {
  /** Whether the same violation came at the same step, with the same trace hash. */
  readonly reproduced: boolean;
  /** Why not; null if reproduced. */
  readonly reason: string | null;
  readonly violation: Violation | null;
  /** What went wrong, in a sentence in the kernel's words. */
  readonly sentence: string | null;
  /** In the words of a baseline, the same for every witness of one bug; see explain/cause.ts. Null without a violation. */
  readonly cause: string | null;
  /** What tells bugs of one cause apart; see explain/circumstance.ts. Null where nothing more is known. */
  readonly circumstance: string | null;
  readonly traceHash: string;
  /** Every step, or of a very long execution the last ones. */
  readonly trace: readonly TraceStep[];
  /** How every CPU stood before the first step; each step of the trace tells what it changed. */
  readonly start: readonly CpuState[];
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
 * Runs a finding's schedule again, step by step. Throws InputError if its variant or program is unknown (a user's must have been loaded) or
 * the schedule is no schedule. A replay that is not whole tells neither where operations are written nor how CPUs stand after them, and is
 * some ten times faster.
 */
export function replayFinding(finding: Finding, isWhole = true, modules = NO_MODULES): Replay {
  return replayProgram(programOf(finding, modules).program, finding, isWhole, modules.places);
}

/**
 * Runs a recorded schedule of any program again. The simulated kernel is watched by its oracles and explained in its words; any other
 * program is judged by its own assertions, with its words named as its layout names them.
 */
export function replayProgram(program: Program, run: RecordedRun, isWhole = true, loaded: BundlePlaces | null = null): Replay {
  const machine = new Machine(program, run.memory);
  const teller = isKernel(program) ? new KernelTeller(machine, program.config, loaded) : new ProgramTeller(machine, loaded);
  machine.observer = teller.log;
  const states = new StateLog(machine, teller);
  const record = () => {
    const recorder = new Recorder(machine, teller.log, isWhole ? teller.site : null);
    return {
      steps: recorder.steps,
      before(agent: number): void {
        if (isWhole && recorder.steps.length === 0) states.begin();
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
  const { diverged, steps } = followRecorded(machine, decodeSchedule(run.schedule), teller.log, record);
  const judged = diverged === null ? judgeEndWatched(machine, run.violation.class === 'livelock') : [];
  const { violation } = machine;
  const traceHash = hex(machine.hash);
  const reason = diverged ?? difference(run, violation, machine.step, traceHash);
  const explanation = violation === null ? null : teller.explain(steps, violation, judged);
  const trace = traceSteps(steps, { teller, memory: run.memory, explanation, states });
  const { sentence = null, circumstance = null } = explanation ?? {};
  const cause = explanation === null ? null : causeWords(explanation.cause, program.layout);
  const met = violation === null ? null : withoutFacts(violation);
  return { reproduced: reason === null, reason, violation: met, sentence, cause, circumstance, traceHash, trace, start: states.start };
}

function isKernel(program: Program): program is KernelProgram {
  return 'config' in program;
}

function difference(run: RecordedRun, violation: Violation | null, steps: number, traceHash: string): string | null {
  const expected = run.violation;
  if (violation === null) return `no violation in ${steps} steps; the finding has ${expected.class} at step ${expected.step}`;
  if (violation.class !== expected.class) return `${violation.class} at step ${violation.step} instead of ${expected.class}`;
  if (violation.step !== expected.step) return `${violation.class} at step ${violation.step} instead of ${expected.step}`;
  if (run.steps !== undefined && run.steps !== steps) return `${steps} steps instead of ${run.steps}`;
  if (traceHash !== run.traceHash) return `the trace hash is ${traceHash} instead of ${run.traceHash}`;
  return null;
}
