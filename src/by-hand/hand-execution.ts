/**
 * An execution that a person decides, step by step. Every answer is made from the beginning: a subject and
 * decisions in, the whole execution out, so that nothing has to be undone and a link is all there is to keep.
 */

import { type Decider, STOP } from '../drive/decider.js';
import { begin, proceed } from '../drive/drive.js';
import { judgeEnd, judgeEndWatched } from '../drive/end.js';
import { FairTail } from '../drive/fair-tail.js';
import { environmentOf } from '../explore/batch.js';
import { AGENT_KINDS, isEnvironment } from '../machine/agents.js';
import { InternalError } from '../machine/ghost.js';
import { Machine } from '../machine/machine.js';
import { watch } from '../oracles/board.js';
import { programOf } from '../programs/subject.js';
import { isFairlyOver } from '../replay/fairly-over.js';
import { type SiteTellers, type ToldExecution, WatchedExecution } from '../replay/watched-execution.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { type Choice, HandDecider } from './hand-decider.js';
import { HAND_STEPS_MAX } from './limits.js';
import { RandomTail } from './random-tail.js';

/** What is executed: all of it by names that the project brings, and data. */
export interface HandSubject {
  readonly variant: string;
  readonly scenario: Scenario;
  readonly memory: MemoryModel;
}

/** Who decides behind a person's decisions. */
export type Tail =
  | { readonly by: 'nobody' }
  /** One agent, so many steps, or until it cannot move. */
  | { readonly by: 'agent'; readonly agent: number; readonly steps: number }
  /** Everybody in turn but the environment: so many steps, or to the end. */
  | { readonly by: 'turns'; readonly steps: number | 'all' }
  /** The strategy `random`, to the end; see RandomTail. */
  | { readonly by: 'random'; readonly seed: number; readonly index: number };

/** What a person can decide at a step. */
export interface HandStep {
  /** Index of the step's agent among the decisions: those before it are what led here. */
  readonly decision: number;
  /** Agents that could move, in their order; see machine/agents.ts. */
  readonly able: readonly number[];
  /** What the step asked for. */
  readonly choices: readonly Choice[];
}

export interface HandExecution extends ToldExecution {
  /** Every decision, in order. */
  readonly decisions: readonly number[];
  /** By step. */
  readonly hand: readonly HandStep[];
  /** What was asked for before the first step. */
  readonly begun: readonly Choice[];
  /** Agents that can move now; none: it is over. */
  readonly able: readonly number[];
  /** Why a decision could not be followed: the execution stops there. Null if all could. */
  readonly diverged: string | null;
}

/** `isWhole`: see WatchedExecution. Throws InputError for a variant that the project does not bring. */
export function executeByHand(
  subject: HandSubject,
  decisions: readonly number[],
  tail: Tail,
  sites: SiteTellers,
  isWhole = true,
): HandExecution {
  const execution = new WatchedExecution(programOf(subject).program, subject.memory, isWhole, sites);
  const { machine } = execution;
  const decider = new HandDecider(decisions, HAND_STEPS_MAX, tailOf(subject, decisions, tail));
  const recorder = execution.record();
  const fair = new FairTail(machine);
  const hand: HandStep[] = [];
  let begun: readonly Choice[] = [];
  try {
    begin(machine, decider);
    if (isWhole) execution.begin();
    begun = decider.choices;
    proceed(machine, decider, {
      before(agent) {
        fair.before(agent);
        // The decision for this step has been made.
        hand.push({ decision: decider.count - 1, able: ableAgents(machine), choices: [] });
        recorder.before(agent);
      },
      after(agent) {
        recorder.after(agent);
        hand[hand.length - 1] = { ...hand[hand.length - 1], choices: decider.choices };
      },
    });
  } catch (error) {
    // A scenario that no hunt would run: it is the finding that is wrong.
    if (!(error instanceof InternalError)) throw error;
    decider.diverged = `step ${machine.step}: the simulated machine cannot go on: ${error.message}`;
  }
  const { diverged } = decider;
  const judged = diverged === null ? judgeEndWatched(machine, isFairlyOver(recorder.steps, fair)) : [];
  const told = execution.told(recorder.steps, judged);
  const isOver = told.violation !== null || machine.enabled.obligations === 0;
  return { ...told, decisions: decider.made, hand, begun, able: isOver ? [] : ableAgents(machine), diverged };
}

/** What the first of some random executions that meets a violation decides; null: none of them does. */
export function searchByHand(
  subject: HandSubject,
  decisions: readonly number[],
  seed: number,
  executions: number,
): { readonly index: number; readonly decisions: readonly number[] } | null {
  const { program, kernel } = programOf(subject);
  const machine = new Machine(program, subject.memory);
  watch(machine, kernel);
  for (let index = 0; index < executions; index++) {
    const decider = new HandDecider(
      decisions,
      HAND_STEPS_MAX,
      tailOf(subject, decisions, { by: 'random', seed, index }),
    );
    begin(machine, decider);
    proceed(machine, decider);
    judgeEnd(machine);
    if (machine.violation !== null) return { index, decisions: decider.made };
  }
  return null;
}

/** Who takes over, made on the machine as it stands then; null: nobody. */
function tailOf(
  subject: HandSubject,
  decisions: readonly number[],
  tail: Tail,
): ((machine: Machine) => Decider) | null {
  switch (tail.by) {
    case 'nobody':
      return null;
    case 'agent':
      return (machine) => agentAlone(tail.agent, machine.step + tail.steps);
    case 'turns':
      return (machine) => {
        const stepsMax = tail.steps === 'all' ? HAND_STEPS_MAX : machine.step + tail.steps;
        return inTurn(decisions.findLast((decision) => decision >= 0) ?? -1, stepsMax);
      };
    case 'random':
      return (machine) =>
        new RandomTail(machine, environmentOf(subject, machine.program), tail.seed, tail.index);
  }
}

/** Who comes behind the last that moved: it is all the same whether steps are run at once or singly. */
function inTurn(last: number, stepsMax: number): Decider {
  let moved = last;
  return {
    pick({ cpus, step, enabled }) {
      const agents = cpus.length * AGENT_KINDS;
      if (step >= stepsMax || enabled.obligations === 0) return STOP;
      do moved = (moved + 1) % agents;
      while (isEnvironment(moved) || !enabled.has(moved));
      return moved;
    },
    choose: () => 0,
  };
}

function agentAlone(agent: number, stepsMax: number): Decider {
  return {
    pick: (machine) => (machine.step < stepsMax && machine.canStep(agent) ? agent : STOP),
    choose: () => 0,
  };
}

function ableAgents(machine: Machine): number[] {
  const agents: number[] = [];
  for (let agent = 0; agent < machine.cpus.length * AGENT_KINDS; agent++)
    if (machine.canStep(agent)) agents.push(agent);
  return agents;
}
