import { follow } from '../drive/recorded.js';
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
import type { Machine } from '../machine/machine.js';
import { STEP_DRAIN } from '../machine/op-kinds.js';
import { bufferedWords, nextOf, type Unnumbered } from './happening.js';
import type { Ordering, WitnessStep, WitnessSteps } from './ordering.js';

/** Kinds of agents whose steps come in between a CPU's. */
const INTERRUPTING: ReadonlySet<number> = new Set([LINE_AGENT, HOST_AGENT, PREEMPT_AGENT]);

/** The steps of an execution that was recorded, as far as the machine can follow it. */
export function witnessSteps(machine: Machine, schedule: readonly number[]): WitnessSteps {
  const steps: WitnessStep[] = [];
  const counted = new Map<string, number>();
  const interrupted: { readonly by: number; readonly what: WitnessStep }[] = [];
  const could = new Set<number>();
  const late: Ordering[] = [];
  const commits = new Commits();
  machine.listen(commits);
  const numbered = (next: Unnumbered): WitnessStep => {
    const before = next.kind === STEP_DRAIN ? commits.of(next) : (counted.get(keyOf(next)) ?? 0);
    return { ...next, nth: before + 1, step: steps.length };
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
      const step = numbered(nextOf(machine, agent));
      counted.set(keyOf(step), step.nth);
      steps.push(step);
    },
    after: () => undefined,
  });
  const left = [...could]
    .filter((agent) => agent !== steps.at(-1)?.agent && !isEnvironment(agent))
    .filter((agent) => kindOfAgent(agent) !== BUFFER_AGENT || machine.enabled.has(agent))
    .sort((a, b) => a - b)
    .map((agent) => numbered(nextOf(machine, agent)));
  const numbers = new Map(steps.map((step) => [`${keyOf(step)} ${step.nth}`, step]));
  const overtaken = interrupted.map(({ by, what }) => ({
    before: steps[by],
    after: numbers.get(`${keyOf(what)} ${what.nth}`) ?? { ...what, step: steps.length },
  }));
  return { steps, left, overtaken: [...overtaken, ...late] };
}

function keyOf({ agent, kind, operand }: Unnumbered): string {
  return `${agent} ${kind} ${operand}`;
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
