import { describe } from '../explain/describe.js';
import { explain } from '../explain/explain.js';
import { Names } from '../explain/names.js';
import { type RawStep, Recorder, RecordingBoard } from '../explain/recorder.js';
import type { TraceStep } from '../explain/trace-step.js';
import { follow } from '../explore/follow.js';
import { hex } from '../explore/hex.js';
import { decodeSchedule } from '../explore/schedule.js';
import { kernelProgram } from '../kernel/kernel-program.js';
import { kindOfAgent } from '../machine/enabled-set.js';
import { Machine } from '../machine/machine.js';
import {
  OP_PTEP_GET_AND_CLEAR,
  OP_PTEP_SET_WRPROTECT,
  OP_SET_PTE,
  OP_SPIN_UNLOCK,
  OP_STORE_RELEASE,
  OP_WRITE_ONCE,
} from '../machine/op-kinds.js';
import { findVariant } from '../variants.js';
import { InputError } from './errors.js';
import type { Finding, Violation } from './finding.js';

/** A finding, seen again. */
export interface Replay {
  /** Whether the same violation came at the same step, with the same trace hash. */
  readonly reproduced: boolean;
  /** Why not; null if reproduced. */
  readonly reason: string | null;
  readonly violation: Violation | null;
  /** What went wrong, in a sentence in the kernel's words. */
  readonly sentence: string | null;
  readonly traceHash: string;
  readonly trace: readonly TraceStep[];
}

/** Runs a finding's schedule again, step by step. Throws InputError if the variant is unknown or the schedule is no schedule. */
export function replayFinding(finding: Finding): Replay {
  const variant = findVariant(finding.variant);
  if (variant === undefined)
    throw new InputError(`the finding's variant "${finding.variant}" does not exist in this version; see \`shootdown list variants\``);
  const program = kernelProgram(finding.scenario, variant);
  const machine = new Machine(program, finding.memory);
  const board = new RecordingBoard(machine, program.config);
  machine.observer = board;
  const recorder = new Recorder(machine, board);
  const decisions = decodeSchedule(finding.schedule);
  const diverged = follow(machine, decisions, (agent) => recorder.step(agent));
  if (diverged === null) judgeEnd(machine, finding.violation);
  const violation = machine.violation;
  const traceHash = hex(machine.hash);
  const reason = diverged ?? difference(finding, violation, machine.step, traceHash);
  const names = new Names(program.config);
  for (const step of recorder.steps) noteEntry(names, step);
  const explanation = violation === null ? null : explain(machine, program.config, recorder.steps, names, violation);
  const buffered = finding.memory === 'tso';
  const trace = recorder.steps.map((step) => toTraceStep(step, names, buffered, explanation?.deciding.get(step.step) ?? null));
  return { reproduced: reason === null, reason, violation, sentence: explanation?.sentence ?? null, traceHash, trace };
}

/** Deadlock, livelock and a false final assertion show at the end of the schedule, not in a step. */
function judgeEnd(machine: Machine, expected: Violation): void {
  if (machine.violation !== null) return;
  const stuck = machine.cpus.filter((cpu) => !cpu.finished);
  if (expected.class === 'deadlock' && machine.enabled.obligations === 0 && stuck.length > 0)
    machine.report('deadlock', stuck[0].id, expected.message);
  else if (expected.class === 'livelock' && stuck.length > 0) machine.report('livelock', expected.cpu, expected.message);
  else if (machine.finished) {
    const wrong = machine.program.check(machine);
    if (wrong !== null) machine.report('assertion', 0, wrong);
  }
}

function difference(finding: Finding, violation: Violation | null, steps: number, traceHash: string): string | null {
  const expected = finding.violation;
  if (violation === null) return `no violation in ${steps} steps; the finding has ${expected.class} at step ${expected.step}`;
  if (violation.class !== expected.class) return `${violation.class} at step ${violation.step} instead of ${expected.class}`;
  if (violation.step !== expected.step) return `${violation.class} at step ${violation.step} instead of ${expected.step}`;
  if (traceHash !== finding.traceHash) return `the trace hash is ${traceHash} instead of ${finding.traceHash}`;
  return null;
}

/** Who moved, by kind of agent. */
const AGENT_NAMES: readonly TraceStep['agent'][] = ['cpu', 'buffer', 'line', 'walker', 'host', 'host', 'host'];

function noteEntry(names: Names, step: RawStep): void {
  if (step.kind === OP_SET_PTE || step.kind === OP_PTEP_GET_AND_CLEAR || step.kind === OP_PTEP_SET_WRPROTECT)
    names.noteEntry(step.a, step.c, step.d);
}

function toTraceStep(step: RawStep, names: Names, tso: boolean, deciding: string | null): TraceStep {
  const stores = step.kind === OP_WRITE_ONCE || step.kind === OP_STORE_RELEASE || step.kind === OP_SPIN_UNLOCK || step.kind === OP_SET_PTE;
  return {
    step: step.step,
    cpu: step.cpu,
    agent: AGENT_NAMES[kindOfAgent(step.agent)],
    text: describe(step, names, tso && stores),
    functions: step.site?.functions ?? [],
    site: step.site?.place ?? null,
    handlerDepth: step.handlerDepth,
    deciding,
  };
}
