import { drive } from '../drive/drive.js';
import { judgeEnd } from '../drive/end.js';
import { follow } from '../drive/recorded.js';
import { Random } from '../explore/random.js';
import { picksOf } from '../explore/simplify.js';
import {
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  HOST_AGENT,
  isEnvironment,
  kindOfAgent,
  LINE_AGENT,
  PREEMPT_AGENT,
} from '../machine/agents.js';
import { MachineListener } from '../machine/listener.js';
import { Machine } from '../machine/machine.js';
import { STEP_DRAIN } from '../machine/op-kinds.js';
import { watch } from '../oracles/board.js';
import type { Definitions } from '../programs/definitions.js';
import { programOf, type Subject } from '../programs/subject.js';
import type { MemoryModel, ViolationClass } from '../vocabulary/violation.js';
import { ForcedDecider } from './forced-decider.js';
import { bufferedWords, isSame, nextOf, type Unnumbered } from './happening.js';
import type { Ordering, Premise, WitnessStep, WitnessSteps } from './ordering.js';

/**
 * What an execution comes to in which some orderings were forced: the witness's violation; none, to its end;
 * or neither, for they did not all come true, it met another violation, or it did not end.
 */
export type Outcome = 'violation' | 'none' | 'neither';

/** Streams of random numbers beside those of hunts. */
const STREAM = 77;
/** Of executions that are forced, those at least in which the orderings have to come true. */
const SHARE_MIN = 0.05;

export interface Forced {
  /** The execution that came to its end with nothing wrong; null: none. */
  readonly correct: number | null;
  /** How many came to the violation. */
  readonly failing: number;
}

/** Executions of one finding's subject, in each of which some orderings are forced. */
export class ForcedExecutions {
  readonly witness: WitnessSteps;
  executed = 0;
  private readonly machine: Machine;
  private readonly premise: Premise;
  private readonly random = new Random();
  /** Executions that showed no violation: what fails often fails there first. */
  private readonly telling: number[] = [];

  constructor(
    subject: Subject,
    memory: MemoryModel,
    schedule: readonly number[],
    private readonly wanted: ViolationClass,
    own: Definitions,
  ) {
    const { program, kernel } = programOf(subject, own);
    this.machine = new Machine(program, memory);
    watch(this.machine, kernel);
    this.witness = stepsOf(this.machine, schedule);
    this.premise = premiseOf(schedule);
  }

  /** Whether each of so many executions in which the orderings come true comes to the violation. */
  suffice(orderings: readonly Ordering[], executions: number): boolean {
    const { correct, failing } = this.run(orderings, executions);
    return correct === null && failing >= executions * SHARE_MIN;
  }

  /** So many executions, up to one in which the orderings come true and nothing is wrong. */
  run(orderings: readonly Ordering[], executions: number): Forced {
    const { machine, premise, random, witness } = this;
    const decider = new ForcedDecider(machine, orderings, premise, random, witness.steps.length);
    machine.listen(decider);
    let failing = 0;
    const order = [...this.telling.filter((index) => index < executions), ...Array(executions).keys()];
    for (const [i, index] of order.entries()) {
      const isTelling = i < order.length - executions;
      if (!isTelling && this.telling.includes(index)) continue;
      const outcome = this.outcome(decider, index);
      if (outcome === 'violation') failing++;
      if (outcome !== 'none') continue;
      if (!isTelling) this.telling.unshift(index);
      return { correct: index, failing };
    }
    return { correct: null, failing };
  }

  /** A pure function of the orderings and the index. */
  private outcome(decider: ForcedDecider, index: number): Outcome {
    const { machine } = this;
    this.executed++;
    this.random.seed(1, STREAM, index);
    decider.begin(index);
    drive(machine, decider);
    const isOver = !decider.isBroken && !decider.isStuck && judgeEnd(machine);
    if (!isOver || !decider.isForced) return 'neither';
    if (machine.violation === null) return decider.isPremised ? 'none' : 'neither';
    return machine.violation.class === this.wanted ? 'violation' : 'neither';
  }
}

/** Kinds of agents whose steps come in between a CPU's. */
const INTERRUPTING: ReadonlySet<number> = new Set([LINE_AGENT, HOST_AGENT, PREEMPT_AGENT]);

/** The steps of an execution that was recorded. */
function stepsOf(machine: Machine, schedule: readonly number[]): WitnessSteps {
  const steps: WitnessStep[] = [];
  const interrupted: { readonly by: number; readonly what: WitnessStep }[] = [];
  const could = new Set<number>();
  const late: Ordering[] = [];
  const commits = new Commits();
  machine.listen(commits);
  const numbered = (next: Unnumbered): WitnessStep => {
    const before =
      next.kind === STEP_DRAIN ? commits.of(next) : steps.filter((step) => isSame(step, next)).length;
    const nth = before + 1;
    return { ...next, nth, step: steps.length };
  };
  let buffered = new Set<number>();
  commits.heard = (cpu, address) => {
    const agent = agentOf(cpu, BUFFER_AGENT);
    const others = steps.findLast((step) => step.agent !== steps.at(-1)?.agent);
    if (others === undefined || !buffered.has(address)) return;
    const after = { ...numbered({ agent, kind: STEP_DRAIN, operand: address }), step: steps.length - 1 };
    late.push({ before: others, after });
  };
  follow(machine, schedule, {
    before(agent) {
      buffered = kindOfAgent(agent) === BUFFER_AGENT ? new Set() : bufferedWords(machine, cpuOfAgent(agent));
      for (const one of enabled(machine)) could.add(one);
      if (INTERRUPTING.has(kindOfAgent(agent))) {
        const what = numbered(nextOf(machine, agentOf(cpuOfAgent(agent), CPU_AGENT)));
        interrupted.push({ by: steps.length, what });
      }
      steps.push(numbered(nextOf(machine, agent)));
    },
    after: () => undefined,
  });
  const left = [...could]
    .filter((agent) => agent !== steps.at(-1)?.agent && !isEnvironment(agent))
    .filter((agent) => kindOfAgent(agent) !== BUFFER_AGENT || machine.enabled.has(agent))
    .sort((a, b) => a - b)
    .map((agent) => numbered(nextOf(machine, agent)));
  const overtaken = interrupted.map(({ by, what }) => ({
    before: steps[by],
    after: steps.find((step) => isSame(step, what) && step.nth === what.nth) ?? {
      ...what,
      step: steps.length,
    },
  }));
  return { steps, left, overtaken: [...overtaken, ...late] };
}

/** How often CPUs' stores to words have come to memory, however that came. */
class Commits extends MachineListener {
  heard: (cpu: number, address: number) => void = () => undefined;
  private readonly count = new Map<string, number>();

  of({ agent, operand }: Unnumbered): number {
    return this.count.get(`${cpuOfAgent(agent)} ${operand}`) ?? 0;
  }

  override stores(cpu: number, address: number, _value: number, isPoked: boolean): void {
    const key = `${cpu} ${address}`;
    if (isPoked) return;
    this.heard(cpu, address);
    this.count.set(key, (this.count.get(key) ?? 0) + 1);
  }
}

function enabled({ enabled: { list, count } }: Machine): number[] {
  return [...list.subarray(0, count)];
}

function premiseOf(schedule: readonly number[]): Premise {
  const environment = new Map<number, number>();
  const choices = new Map<number, number[]>();
  for (const { agent, choices: answers } of picksOf(schedule)) {
    if (isEnvironment(agent)) environment.set(agent, (environment.get(agent) ?? 0) + 1);
    choices.set(agent, [...(choices.get(agent) ?? []), ...answers]);
  }
  return { environment, choices };
}
