import { type Decider, STOP } from '../drive/decider.js';
import { drive, proceed } from '../drive/drive.js';
import { judgeEnd } from '../drive/end.js';
import { FairDecider } from '../drive/fair.js';
import { decodeSchedule, encodeSchedule, Schedule } from '../drive/schedule.js';
import { hex } from '../explore/hex.js';
import type { ScheduleOnBase } from '../explore/schedule-on-base.js';
import { AGENT_KINDS } from '../machine/agents.js';
import { Machine } from '../machine/machine.js';
import { watch } from '../oracles/board.js';
import { type Definitions, NO_DEFINITIONS } from '../programs/definitions.js';
import { programOf } from '../programs/subject.js';
import type { KernelFinding } from '../vocabulary/finding.js';
import { replayProgram } from './replay-finding.js';

/** Steps that what the schedule leaves undone may take. */
const REST_STEPS_MAX = 100_000;

/**
 * Decisions that were recorded of another kernel: what is impossible here is left out, what is asked beside
 * them gets the first answer.
 */
class FittingDecider implements Decider {
  /** The decisions that were taken. */
  readonly taken = new Schedule();
  /** Decisions that were taken before the first that did not fit. */
  fitted = 0;
  private fits = true;
  private next = 0;

  constructor(private readonly decisions: readonly number[]) {}

  pick(machine: Machine): number {
    while (this.next < this.decisions.length) {
      const agent = this.decisions[this.next++];
      if (agent < 0 || !machine.canStep(agent)) {
        this.fits = false;
        continue;
      }
      if (this.fits) this.fitted++;
      this.taken.pick(agent);
      return agent;
    }
    return STOP;
  }

  choose(n: number): number {
    const decision = this.decisions[this.next];
    const isAnswer = decision !== undefined && decision < 0;
    const answer = isAnswer ? Math.min(n - 1, -1 - decision) : 0;
    if (isAnswer) this.next++;
    if (this.fits && isAnswer && answer === -1 - decision) this.fitted++;
    else this.fits = false;
    this.taken.choice(answer);
    return answer;
  }
}

/**
 * Follows a finding's schedule on another variant, as far as it fits, lets whoever is left finish in turn,
 * and says what came of it: `isSame` where the violation has the class and the cause given.
 */
export function followOnBase(
  finding: KernelFinding,
  base: string,
  cause: string,
  own: Definitions = NO_DEFINITIONS,
): ScheduleOnBase {
  const { program, kernel } = programOf({ variant: base, scenario: finding.scenario }, own);
  const machine = new Machine(program, finding.memory);
  watch(machine, kernel);
  const decisions = decodeSchedule(finding.schedule);
  const decider = new FittingDecider(decisions);
  drive(machine, decider);
  const turns = REST_STEPS_MAX * AGENT_KINDS;
  const rest = new FairDecider(decider.taken, turns, machine.step + REST_STEPS_MAX, (n) => decider.choose(n));
  proceed(machine, rest);
  judgeEnd(machine, true);
  const { violation } = machine;
  const told = { decisions: decisions.length, fitted: decider.fitted };
  if (violation === null) return { ...told, violation: null, cause: null, isSame: false };
  const run = {
    memory: finding.memory,
    schedule: encodeSchedule(decider.taken.toArray()),
    violation,
    traceHash: hex(machine.hash),
  };
  const met = replayProgram(program, run, false).cause;
  return {
    ...told,
    violation: violation.class,
    cause: met,
    isSame: violation.class === finding.violation.class && met === cause,
  };
}
