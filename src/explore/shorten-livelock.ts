import { type Decider, STOP } from '../drive/decider.js';
import { drive, proceed } from '../drive/drive.js';
import { FAIR_STEPS_MIN, FairDecider } from '../drive/fair.js';
import { RecordedDecider } from '../drive/recorded.js';
import { Schedule } from '../drive/schedule.js';
import { AGENT_KINDS } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';
import { Random } from './random.js';

/**
 * Makes the witness of a livelock shorter. A hunt lets chance go on for long before it lets everybody move in
 * turn, and then for longer, to be sure; a reader wants to see where the rounds begin. The least beginning is
 * looked for after which nobody who was stuck ends, in turns for as long as the witness has. Of these turns
 * few are kept, and they end where the CPUs stand as they stood. A pure function of its input.
 */

/** The first beginning that is tried beside none. */
const FIRST_STEPS = 64;
/** Turns that a beginning is tried with, before the one that is taken is tried with all of them. */
const TRIED_STEPS = 4 * FAIR_STEPS_MIN;
/** Where so many steps more do not bring the CPUs to where they stood, the witness stays. */
const ALIGNED_STEPS = 2_000;

/**
 * Shorter decisions that end in the same livelock; `decisions` themselves where none are found. `machine`:
 * any of the program.
 */
export function shortenLivelock(machine: Machine, decisions: readonly number[]): readonly number[] {
  drive(machine, new RecordedDecider(machine, decisions));
  const ends = { steps: machine.step, stuck: stuckOf(machine), stands: standsOf(machine) };
  const search = new Search(machine, decisions, ends.stuck);
  const from = search.beginning(ends.steps);
  if (from === null) return decisions;
  const schedule = search.lead(from, FAIR_STEPS_MIN + machine.cpus.length * AGENT_KINDS);
  for (let more = 0; standsOf(machine) !== ends.stands; more++)
    if (more === ALIGNED_STEPS || !search.goOn(1)) return decisions;
  return machine.step < ends.steps && stuckOf(machine) === ends.stuck ? schedule.toArray() : decisions;
}

/** Executions of beginnings of a schedule, each gone on with in turns. */
class Search {
  private schedule = new Schedule();
  private turns: FairDecider | null = null;
  /** Where the decisions of the step of that number begin. */
  private readonly begins: readonly number[];
  private readonly random = new Random();

  constructor(
    private readonly machine: Machine,
    private readonly decisions: readonly number[],
    private readonly stuck: string,
  ) {
    this.begins = decisions.flatMap((decision, index) => (decision >= 0 ? [index] : []));
  }

  /**
   * Steps after which nobody of them ends any more; null: none are found. Looked for from the witness's
   * beginning on: most of its chance is rounds already.
   */
  beginning(steps: number): number | null {
    for (let [none, some] = [-1, 0]; some < steps; [none, some] = [some, Math.max(FIRST_STEPS, 2 * some)]) {
      if (!this.isStuck(some, TRIED_STEPS)) continue;
      const least = this.least(none, some);
      // What is tried with few turns only may be slow, and no livelock.
      if (this.isStuck(least, steps - least)) return least;
    }
    return null;
  }

  private least(none: number, found: number): number {
    if (found - none < 2) return found;
    const steps = Math.floor((none + found) / 2);
    return this.isStuck(steps, TRIED_STEPS) ? this.least(none, steps) : this.least(steps, found);
  }

  /** Whether after so many of the witness's steps, and so many in turns, the same CPUs are stuck. */
  private isStuck(steps: number, turns: number): boolean {
    this.lead(steps, turns);
    return this.machine.step === steps + turns && stuckOf(this.machine) === this.stuck;
  }

  /** Executes that; answers the decisions, which grow as it goes on. */
  lead(steps: number, turns: number): Schedule {
    const { machine, decisions } = this;
    const beginning = decisions.slice(0, this.begins[steps]);
    this.schedule = Schedule.of(beginning);
    this.random.seed(0, 0, steps);
    this.turns = null;
    drive(machine, new RecordedDecider(machine, beginning));
    this.goOn(turns);
    return this.schedule;
  }

  /** Whether there were as many steps to go on with. */
  goOn(steps: number): boolean {
    const { machine, schedule, random } = this;
    const end = machine.step + steps;
    this.turns ??= new FairDecider(schedule, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, (n) => {
      const answer = random.below(n);
      schedule.choice(answer);
      return answer;
    });
    proceed(machine, until(end, this.turns));
    return machine.step === end;
  }
}

/** As `decider` decides, to that step. */
function until(step: number, decider: Decider): Decider {
  return {
    pick: (machine) => (machine.step >= step ? STOP : decider.pick(machine)),
    choose: (n) => decider.choose(n),
  };
}

/** Whose scripts have not ended, while somebody can move. */
function stuckOf({ waits, enabled, violation }: Machine): string {
  if (violation !== null || enabled.obligations === 0) return '';
  return waits
    .unfinished()
    .map(({ cpu }) => cpu)
    .join(' ');
}

function standsOf({ waits }: Machine): string {
  return JSON.stringify(waits.unfinished());
}
