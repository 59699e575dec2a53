import { agentOf, cpuOfAgent, kindOfAgent } from '../../machine/agents.js';
import { type Definitions, NO_DEFINITIONS } from '../../programs/definitions.js';
import type { Subject } from '../../programs/subject.js';
import { findVariant } from '../../variants/index.js';
import type { Variant } from '../../variants/variant.js';
import { InputError } from '../../vocabulary/errors.js';
import type { Scenario, ScriptStep } from '../../vocabulary/scenario.js';
import type { BatchRequest, BatchWitness, CauseOf } from '../batch.js';
import type { Pick } from '../candidate-decider.js';
import { picksOf } from '../simplify.js';
import { type Places, placesOf } from './script-places.js';
import { Shown } from './shown.js';
import { isIdle, type Part, partsOf, warmer, withoutCpu, withoutPart } from './smaller-scenarios.js';

/**
 * A witness with less in it, of the same class and cause: fewer operations in the scripts, fewer CPUs, then
 * fewer changes between agents and fewer steps. Operations are left out largest parts first (after Zeller's
 * ddmin); what is left is tried with the steps that the witness has beside theirs, and where that does not
 * show it a few executions are hunted. A pure function of its input, bounded by a number of executions.
 */

export interface MinimiseRequest {
  readonly request: BatchRequest;
  readonly witness: BatchWitness;
  readonly executionsMax: number;
  /** One word, for whoever asks from another thread: how many were executed by then. Absent: nobody does. */
  readonly told?: SharedArrayBuffer;
}

export interface Minimised {
  readonly subject: Subject;
  readonly witness: BatchWitness;
  readonly executions: number;
}

/** Executions that are hunted where steps do not fit: none at first, for most that can go goes without. */
const HUNTS = [0, 100, 300];
/** What the scenario's name gets, which is no longer that of a catalogue. */
const SUFFIX = '-minimised';

export function minimise(
  { request, witness, executionsMax, told }: MinimiseRequest,
  causeOf: CauseOf,
  own = NO_DEFINITIONS,
): Minimised {
  const shown = new Shown(request, witness, causeOf, own, { executionsMax, told });
  if (!('program' in request)) return new SmallerKernel(request, shown, own).from(witness);
  const subject = { program: request.program };
  const simplified = shown.simplified(subject, witness);
  return { subject, witness: simplified, executions: shown.spent };
}

type KernelRequest = Extract<BatchRequest, { readonly scenario: Scenario }>;

class SmallerKernel {
  private scenario: Scenario;
  private readonly variant: Variant;
  private readonly numbers = new Map<ScriptStep, number>();

  constructor(
    private readonly request: KernelRequest,
    private readonly shown: Shown,
    own: Definitions,
  ) {
    const { scenario } = request;
    const variant = findVariant(request.variant, own.variants);
    if (variant === undefined) throw new InputError(`the variant "${request.variant}" does not exist`);
    this.variant = variant;
    // Each operation is an object of its own, by which a part that was tried in vain is known again.
    const scripts = scenario.scripts.map((script) => script.map((step): ScriptStep => ({ ...step })));
    this.scenario = { ...scenario, scripts };
  }

  from(witness: BatchWitness): Minimised {
    const { shown } = this;
    let best = shown.simplified(this.subject, witness);
    for (const hunts of HUNTS) best = this.warmed(this.withFewerOperations(best, hunts), hunts);
    best = this.withFewerCpus(best);
    best = shown.simplified(this.subject, best);
    const { scenario } = this;
    const { walks, preemptions } = this.placesOf(best);
    const name = this.request.scenario.name;
    this.scenario = {
      ...scenario,
      name: name.endsWith(SUFFIX) ? name : `${name}${SUFFIX}`,
      // What the environment does not do in it, it need not be able to do.
      walks: Math.min(walks, scenario.walks),
      ...(this.variant.backend.has.virtualCpus === true ? { preemptions } : {}),
    };
    return { subject: this.subject, witness: best, executions: shown.spent };
  }

  private get subject(): { readonly variant: string; readonly scenario: Scenario } {
    return { variant: this.request.variant, scenario: this.scenario };
  }

  /** Rounds over all parts, until one is in vain. */
  private withFewerOperations(witness: BatchWitness, hunts: number): BatchWitness {
    let best = witness;
    for (let isSmaller = true; isSmaller; ) {
      isSmaller = false;
      const tried = new Set<string>();
      for (;;) {
        const part = partsOf(this.scenario).find((each) => !tried.has(this.nameOf(each)));
        if (part === undefined || this.shown.isSpent) break;
        tried.add(this.nameOf(part));
        const found = this.without(part, best, hunts);
        if (found === null) continue;
        best = found;
        isSmaller = true;
      }
    }
    return best;
  }

  /** Null where the scenario does not show it without the part; else that is the scenario from here on. */
  private without(part: Part, witness: BatchWitness, hunts: number): BatchWitness | null {
    return this.shows(withoutPart(this.scenario, part), part, witness, hunts);
  }

  /** The same for a scenario with less to do, of which `part` is no operation any more. */
  private shows(
    scenario: Scenario,
    part: Part | null,
    witness: BatchWitness,
    hunts: number,
  ): BatchWitness | null {
    const { shown, request } = this;
    const subject = { variant: request.variant, scenario };
    const { operations } = this.placesOf(witness);
    const isOfPart = ({ agent }: Pick, step: number): boolean =>
      part !== null &&
      cpuOfAgent(agent) === part.cpu &&
      operations[step] >= part.from &&
      operations[step] < part.from + part.count;
    const picks = picksOf(witness.schedule).filter((pick, step) => !isOfPart(pick, step));
    let found = shown.hasCandidates ? shown.candidate(subject, picks) : null;
    if (found === null && hunts > 0) {
      found = (shown.hasCandidates ? shown.nudged(subject, picks) : null) ?? shown.hunted(subject, hunts);
      if (found !== null) found = shown.simplified(subject, found);
    }
    if (found !== null) this.scenario = scenario;
    return found;
  }

  /** Begun where operations at the beginning, or page faults, would have led. */
  private warmed(witness: BatchWitness, hunts: number): BatchWitness {
    let best = witness;
    for (let isWarmer = true; isWarmer; ) {
      isWarmer = false;
      for (const { scenario, done } of warmer(this.scenario)) {
        if (this.shown.isSpent) return best;
        const found = this.shows(scenario, done, best, hunts);
        if (found === null) continue;
        best = found;
        isWarmer = true;
        // The others were made of what is no longer the scenario.
        break;
      }
    }
    return best;
  }

  private withFewerCpus(witness: BatchWitness): BatchWitness {
    const { shown, request } = this;
    let best = witness;
    for (let cpu = this.scenario.cpus - 1; cpu >= 0 && shown.hasCandidates; cpu--) {
      if (this.scenario.cpus === 1 || !isIdle(this.scenario, cpu)) continue;
      const scenario = withoutCpu(this.scenario, cpu);
      const picks = picksOf(best.schedule)
        .filter(({ agent }) => cpuOfAgent(agent) !== cpu)
        .map((pick): Pick => ({ ...pick, agent: withoutAgentsOf(cpu, pick.agent) }));
      const found = shown.candidate({ variant: request.variant, scenario }, picks);
      if (found === null) continue;
      this.scenario = scenario;
      best = found;
    }
    return best;
  }

  /** The same for the same operations, wherever they stand. */
  private nameOf({ cpu, from, count }: Part): string {
    return this.scenario.scripts[cpu]
      .slice(from, from + count)
      .map((step) => {
        const number = this.numbers.get(step) ?? this.numbers.size;
        this.numbers.set(step, number);
        return number;
      })
      .join(' ');
  }

  private placesOf(witness: BatchWitness): Places {
    return placesOf(this.variant, this.scenario, this.request.memory, witness.schedule);
  }
}

function withoutAgentsOf(cpu: number, agent: number): number {
  const of = cpuOfAgent(agent);
  return of > cpu ? agentOf(of - 1, kindOfAgent(agent)) : agent;
}
