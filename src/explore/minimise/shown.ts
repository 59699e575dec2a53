import { judgeEnd } from '../../drive/end.js';
import { follow } from '../../drive/recorded.js';
import { CPU_AGENT, kindOfAgent } from '../../machine/agents.js';
import { Machine } from '../../machine/machine.js';
import { watch } from '../../oracles/board.js';
import type { Definitions } from '../../programs/definitions.js';
import { programOf, type Subject } from '../../programs/subject.js';
import { withoutFacts } from '../../vocabulary/violation.js';
import { type BatchRequest, type BatchWitness, type CauseOf, runBatch } from '../batch.js';
import type { Pick } from '../candidate-decider.js';
import type { CauseFound } from '../known.js';
import {
  decisionsOf,
  executeCandidate,
  isJudgedAtEnd,
  picksOf,
  type Run,
  runsOf,
  simplify,
} from '../simplify.js';
import type { MinimiseRequest } from './minimise.js';

/** Steps that a stretch becomes longer or shorter by. */
const NUDGE_MAX = 6;

/**
 * Executions of a subject that show one violation: the class and the cause of the witness that is to become
 * smaller. Every execution is counted, and there are only so many.
 */
export class Shown {
  private executed = 0;
  private readonly executionsMax: number;
  private readonly told: Int32Array | null;
  /** The newest subject's. */
  private made: { readonly key: string; readonly machine: Machine } | null = null;
  private readonly wanted: CauseFound;

  constructor(
    private readonly request: BatchRequest,
    private readonly first: BatchWitness,
    private readonly causeOf: CauseOf,
    private readonly own: Definitions,
    { executionsMax, told }: Omit<MinimiseRequest, 'request' | 'witness'>,
  ) {
    this.executionsMax = executionsMax;
    this.told = told === undefined ? null : new Int32Array(told);
    this.wanted = causeOf(request, first);
  }

  get spent(): number {
    return this.executed;
  }

  private spend(executions: number): void {
    this.executed += executions;
    if (this.told !== null) Atomics.store(this.told, 0, this.executed);
  }

  get isSpent(): boolean {
    return this.spent >= this.executionsMax;
  }

  /** No candidate can show what goes on without end. */
  get hasCandidates(): boolean {
    return this.first.violation.class !== 'livelock';
  }

  /** What these picks do, those that cannot move left out; null where they do not show it. */
  candidate(subject: Subject, picks: readonly Pick[]): BatchWitness | null {
    this.spend(1);
    const executed = executeCandidate(this.machineOf(subject), picks, this.first.violation.class);
    return executed === null ? null : this.followed(subject, decisionsOf(executed));
  }

  /**
   * The same where one stretch of a CPU's code has a few steps more, or less: what was left out before it may
   * have made a loop of the kernel shorter or longer.
   */
  nudged(subject: Subject, picks: readonly Pick[]): BatchWitness | null {
    const stretches = runsOf(picks);
    for (let i = 0; i < stretches.length; i++) {
      const run = stretches[i];
      const [{ agent }] = run;
      if (kindOfAgent(agent) !== CPU_AGENT) continue;
      for (let steps = 1; steps <= NUDGE_MAX && !this.isSpent; steps++) {
        const more = [...run, ...Array.from({ length: steps }, (): Pick => ({ agent, choices: [] }))];
        for (const other of [run.slice(0, -steps), more]) {
          const found = this.candidate(subject, stretches.with(i, other).flat());
          if (found !== null) return found;
        }
      }
    }
    return null;
  }

  /** The first of so many executions of the request's strategies that shows it, or null. */
  hunted(subject: Subject, count: number): BatchWitness | null {
    const { cause } = this.wanted;
    const scenario = 'program' in subject ? subject.program : subject.scenario.name;
    const { memory, seed, strategies } = this.request;
    const sought = { scenario, class: this.first.violation.class, cause };
    const { witness, executions } = runBatch(
      { ...subject, memory, seed, strategies, first: 0, count, sought },
      this.causeOf,
      this.own,
    );
    this.spend(executions);
    return witness !== null && this.isIt(subject, witness) ? witness : null;
  }

  /**
   * With fewer changes between agents and fewer steps, until there are no fewer to be had that way: first
   * with an eye on the class alone, for causes take long to tell; where that has led to another one, with
   * both.
   */
  simplified(subject: Subject, witness: BatchWitness): BatchWitness {
    if (!this.hasCandidates) return witness;
    let best = witness;
    while (!this.isSpent) {
      const shorter = this.shortened(subject, this.fewerRuns(subject, best));
      if (shorter.schedule.length >= best.schedule.length && runs(shorter) >= runs(best)) return best;
      best = shorter;
    }
    return best;
  }

  private fewerRuns(subject: Subject, witness: BatchWitness): BatchWitness {
    const machine = this.machineOf(subject);
    const onAttempts = (attempts: number): void => this.spend(attempts);
    const wanted = this.first.violation.class;
    const quick = simplify(machine, witness.schedule, wanted, { onAttempts });
    const found = this.followed(subject, quick);
    if (found !== null) return found;
    const isWanted = (decisions: readonly number[]): boolean => this.followed(subject, decisions) !== null;
    const careful = simplify(machine, witness.schedule, wanted, { onAttempts, isWanted });
    return this.followed(subject, careful) ?? witness;
  }

  /** Ends of stretches that nothing needs, left out: half of one, a quarter, and so on to a single step. */
  private shortened(subject: Subject, witness: BatchWitness): BatchWitness {
    let best = witness;
    let stretches = runsOf(picksOf(best.schedule));
    for (let i = 0; i < stretches.length && !this.isSpent; i++)
      for (let size = stretches[i].length >> 1; size >= 1; size >>= 1) {
        const cut = stretches.map((run, j): Run => (j === i ? run.slice(0, run.length - size) : run));
        const found = this.candidate(subject, cut.flat());
        if (found === null || runs(found) > runs(best) || found.steps >= best.steps) continue;
        best = found;
        stretches = runsOf(picksOf(best.schedule));
        if (i >= stretches.length) break;
        size = Math.min(size, stretches[i].length) * 2;
      }
    return best;
  }

  /** The schedule as a witness, where it shows what is wanted. */
  private followed(subject: Subject, schedule: readonly number[]): BatchWitness | null {
    const machine = this.machineOf(subject);
    const diverged = follow(machine, schedule);
    if (diverged === null && isJudgedAtEnd(this.first.violation.class)) judgeEnd(machine);
    if (diverged !== null || machine.violation === null) return null;
    const witness: BatchWitness = {
      ...this.first,
      ...{ schedule, steps: machine.step, hash: machine.hash },
      ...{ violation: withoutFacts(machine.violation), latent: machine.latent.map(withoutFacts) },
    };
    return this.isIt(subject, witness) ? witness : null;
  }

  private isIt(subject: Subject, witness: BatchWitness): boolean {
    if (witness.violation.class !== this.first.violation.class) return false;
    const { cause, circumstance } = this.causeOf({ ...this.request, ...subject }, witness);
    return cause === this.wanted.cause && circumstance === this.wanted.circumstance;
  }

  private machineOf(subject: Subject): Machine {
    const key = JSON.stringify(subject);
    if (this.made?.key === key) return this.made.machine;
    const { program, kernel } = programOf(subject, this.own);
    const machine = new Machine(program, this.request.memory);
    watch(machine, kernel);
    this.made = { key, machine };
    return machine;
  }
}

function runs({ schedule }: BatchWitness): number {
  return runsOf(picksOf(schedule)).length;
}
