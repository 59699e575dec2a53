import { describe, expect, it } from 'vitest';
import { encodeSchedule } from '../../src/drive/schedule.js';
import { Executor } from '../../src/explore/executor.js';
import { Random } from '../../src/explore/random.js';
import { random } from '../../src/explore/strategies/random.js';
import type { Backend } from '../../src/kernel/backend.js';
import { type KernelProgram, kernelProgram } from '../../src/kernel/kernel-program.js';
import { findProfile } from '../../src/kernel/profiles.js';
import { agentOf, INVALIDATION_AGENT, WALKER_AGENT } from '../../src/machine/agents.js';
import type { Cpu } from '../../src/machine/cpu.js';
import { Machine } from '../../src/machine/machine.js';
import type { LayOutUnit, Unit } from '../../src/machine/unit.js';
import { watch } from '../../src/oracles/board.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';

/** A backend that brings hardware of its own: an engine beside each CPU, which others leave a note. */

class Engine implements Unit {
  readonly moves = { [INVALIDATION_AGENT]: ({ id }: Cpu) => this.serve(id) };

  constructor(
    private readonly machine: Machine,
    private readonly notes: readonly number[],
    private readonly flushes: boolean,
  ) {}

  post(target: number): void {
    this.machine.mem[this.notes[target]]++;
    this.refresh(target);
  }

  private serve(id: number): number {
    const { machine, notes } = this;
    machine.drain(id);
    if (this.flushes) machine.mmu.hostFlush(machine.block(id));
    machine.commit(id, notes[id], 0);
    this.refresh(id);
    return 1;
  }

  refresh(id: number): void {
    const { enabled, mem } = this.machine;
    const agent = agentOf(id, INVALIDATION_AGENT);
    if (mem[this.notes[id]] !== 0) enabled.add(agent);
    else enabled.remove(agent);
  }
}

function unit(flushes: boolean): LayOutUnit {
  return (layout, cpus) => {
    const notes = Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, 'engine.note'));
    return { words: { notes }, make: (machine) => new Engine(machine, notes, flushes) };
  };
}

const backend = (flushes: boolean): Backend => ({
  name: 'engine',
  summary: 'an engine beside each CPU',
  has: {},
  profile: '6.18',
  features: { rcuTableFree: true },
  unit: unit(flushes),
  *flushTlbMulti(cpu, mask) {
    const notes = cpu.layout.unit?.words.notes ?? [];
    const targets = yield* cpu.readOnce(mask);
    for (let target = 0; target < notes.length; target++) {
      if ((targets & (1 << target)) === 0) continue;
      yield* cpu.smpMb();
      ((cpu.machine as Machine).units.own as Engine).post(target);
    }
    for (const note of notes) yield* cpu.condLoadAcquire(note, -1, 0);
  },
});

function programOn(chosen: Backend): KernelProgram {
  const scenario = everyScenario.find(({ name }) => name === 'ping-pong-dontneed');
  const profile = findProfile('6.18');
  if (scenario === undefined || profile === undefined) throw new Error('no such scenario or profile');
  const features = { ...profile.features, ...chosen.features };
  return kernelProgram(scenario, { features, backend: chosen });
}

/** The first of 200 executions with a violation, and how many steps of engines there were in all. */
function explore(flushes: boolean): { violation: string | null; token: string | undefined; served: number } {
  const program = programOn(backend(flushes));
  const machine = new Machine(program, 'tso');
  watch(machine, program);
  const executor = new Executor(machine, { walks: program.config.scenario.walks });
  const numbers = new Random();
  let served = 0;
  let token: string | undefined;
  for (let i = 0; i < 200; i++) {
    numbers.seed(1, 1, i);
    executor.run(random.create(), numbers, 500);
    const tokens = encodeSchedule(executor.schedule.toArray());
    served += tokens.filter((one) => one.includes('v')).length;
    token ??= tokens.find((one) => one.includes('v'));
    if (machine.violation !== null) return { violation: machine.violation.class, token, served };
  }
  return { violation: null, token, served };
}

describe('a backend with hardware of its own', () => {
  it('is explored with its agents, which schedules name', () => {
    const { violation, token, served } = explore(true);
    expect(violation).toBe(null);
    expect(served).toBeGreaterThan(100);
    expect(token).toMatch(/^\dv/);
  });

  it('and is found out where it answers without a flush', () => {
    expect(explore(false).violation).toBe('stale-use');
  });

  it('a machine has the agents of its units alone', () => {
    const of = (chosen: Backend): Machine => new Machine(programOn(chosen), 'tso');
    const { unit: _, ...plain } = backend(true);
    expect(of(plain).units.has(INVALIDATION_AGENT)).toBe(false);
    expect(of(plain).units.has(WALKER_AGENT)).toBe(true);
    expect(of(backend(true)).units.has(INVALIDATION_AGENT)).toBe(true);
  });
});
