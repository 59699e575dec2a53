import { type Decider, STOP } from '../drive/decider.js';
import { drive } from '../drive/drive.js';
import { kernelProgram } from '../kernel/kernel-program.js';
import { agentOf, BUFFER_AGENT, CPU_AGENT, LINE_AGENT } from '../machine/agents.js';
import { Machine } from '../machine/machine.js';
import { MachineObserver } from '../machine/observer.js';
import { findVariant, type Variant } from '../variants/index.js';
import type { Scenario } from '../vocabulary/scenario.js';
import {
  EV_PART_BEGINS,
  EV_PART_ENDS,
  PART_FLUSH,
  PART_HANDLER,
  PART_LOCAL,
  timedFunctions,
} from './timed-functions.js';

/**
 * What overlaps in a shootdown, in rounds: every CPU takes one step per round (a pending interrupt is
 * delivered, else the next instruction), and every store buffer drains one store. Nothing is drawn, so the
 * same program always counts the same.
 */

/** Rounds of the shootdowns of a run, each from its increment of the generation to its return. */
export interface RoundsTally {
  readonly shootdowns: number;
  readonly rounds: Spread;
  /** In which the initiator flushed itself. */
  readonly local: Spread;
  /** In which a target was in its interrupt handler. */
  readonly handlers: Spread;
  /** In which both went on at once. */
  readonly overlap: Spread;
}

export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

interface Shootdown {
  rounds: number;
  local: number;
  handlers: number;
  overlap: number;
}

/**
 * Longer than any run of the purpose-made scenarios by far: a program that does not end is an error of the
 * study.
 */
const ROUNDS_MAX = 100_000;

/** Notes which CPU is in which part, and since when a shootdown has its generation. */
class Parts extends MachineObserver {
  readonly finished: Shootdown[] = [];
  private readonly depth = new Map<number, number>();
  private readonly current = new Map<number, Shootdown>();

  constructor(private readonly generations: ReadonlySet<number>) {
    super();
  }

  override wordCommitted(cpu: number, address: number): void {
    if (this.generations.has(address) && this.isIn(cpu, PART_FLUSH))
      this.current.set(cpu, { rounds: 0, local: 0, handlers: 0, overlap: 0 });
  }

  override event(cpu: number, kind: number, part: number): void {
    const key = cpu * 4 + part;
    if (kind === EV_PART_BEGINS) this.depth.set(key, (this.depth.get(key) ?? 0) + 1);
    if (kind !== EV_PART_ENDS) return;
    this.depth.set(key, (this.depth.get(key) ?? 0) - 1);
    const shootdown = part === PART_FLUSH ? this.current.get(cpu) : undefined;
    if (shootdown === undefined) return;
    this.current.delete(cpu);
    this.finished.push({ ...shootdown, rounds: shootdown.rounds + 1 });
  }

  isIn(cpu: number, part: number): boolean {
    return (this.depth.get(cpu * 4 + part) ?? 0) > 0;
  }

  /** A round is over. */
  tick(cpus: number): void {
    for (const [initiator, shootdown] of this.current) {
      const local = this.isIn(initiator, PART_LOCAL);
      let handlers = false;
      for (let cpu = 0; cpu < cpus; cpu++)
        if (cpu !== initiator && this.isIn(cpu, PART_HANDLER)) handlers = true;
      shootdown.rounds++;
      if (local) shootdown.local++;
      if (handlers) shootdown.handlers++;
      if (local && handlers) shootdown.overlap++;
    }
  }
}

/**
 * Counts over all shootdowns of the scenarios. Throws where the variant is unknown or a scenario does not
 * end.
 */
export function roundsOf(
  variantName: string,
  scenarios: readonly Scenario[],
  own: readonly Variant[] = [],
): RoundsTally {
  const variant = findVariant(variantName, own);
  if (variant === undefined) throw new Error(`no such variant: ${variantName}`);
  const shootdowns = scenarios.flatMap((scenario) => shootdownsOf(variant, scenario));
  const spread = (field: keyof Shootdown): Spread =>
    spreadOf(shootdowns.map((shootdown) => shootdown[field]));
  return {
    shootdowns: shootdowns.length,
    rounds: spread('rounds'),
    local: spread('local'),
    handlers: spread('handlers'),
    overlap: spread('overlap'),
  };
}

function shootdownsOf(variant: Variant, scenario: Scenario): readonly Shootdown[] {
  const program = kernelProgram(scenario, { ...variant, replace: { ...variant.replace, ...timedFunctions } });
  const machine = new Machine(program, 'tso');
  const parts = new Parts(new Set(program.config.layout.mms.map(({ tlbGen }) => tlbGen)));
  machine.observer = parts;
  drive(
    machine,
    new RoundsDecider(`${scenario.name} under ${variant.name}`, () => parts.tick(scenario.cpus)),
  );
  return parts.finished;
}

/**
 * Rounds in which every CPU may drain one store and then take an interrupt or execute one operation, as if
 * all ran at one speed.
 */
class RoundsDecider implements Decider {
  private round = 0;
  /** The next half of a round: of CPU n its buffer at 2 n, its line or itself at 2 n + 1. */
  private next = 0;

  constructor(
    private readonly name: string,
    private readonly tick: () => void,
  ) {}

  pick(machine: Machine): number {
    const cpus = machine.cpus.length;
    for (;;) {
      if (this.next === 0 && machine.finished) return STOP;
      if (this.next === 2 * cpus) {
        this.next = 0;
        this.tick();
        if (++this.round === ROUNDS_MAX) throw new Error(`${this.name} does not end in ${ROUNDS_MAX} rounds`);
        continue;
      }
      const cpu = this.next >> 1;
      const kinds = (this.next++ & 1) === 0 ? [BUFFER_AGENT] : [LINE_AGENT, CPU_AGENT];
      const kind = kinds.find((one) => machine.enabled.has(agentOf(cpu, one)));
      if (kind !== undefined) return agentOf(cpu, kind);
    }
  }

  choose(): number {
    return 0;
  }
}

function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { min: 0, mean: 0, max: 0 };
  return {
    min: Math.min(...values),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    max: Math.max(...values),
  };
}
