import { begin } from '../../src/drive/drive.js';
import { EnumerationLimitError, enumerate } from '../../src/explore/enumerate.js';
import { Random } from '../../src/explore/random.js';
import {
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  isEnvironment,
  kindOfAgent,
  LINE_AGENT,
} from '../../src/machine/agents.js';
import * as H from '../../src/machine/hardware.js';
import { Machine } from '../../src/machine/machine.js';
import type { PlainProgram } from '../../src/programs/plain-program.js';
import { Automaton } from '../../src/verify/automaton.js';
import * as C from '../../src/verify/components.js';
import { plainCode } from '../../src/verify/local-cpu.js';
import { MemoryBudget } from '../../src/verify/row-table.js';
import { plainSearch } from '../../src/verify/searches.js';
import { FINE } from '../../src/verify/space.js';
import { NOBODY, Stepper } from '../../src/verify/step.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';

/** The exhaustive engine beside the machine. Bundled with lowered programs and run there. */

const BYTES = 2 ** 30;

/**
 * In how many ways the program ends, and which ways only one of the two engines has; null where it is too
 * large to enumerate.
 */
export function compareEnds(
  program: PlainProgram,
  memory: MemoryModel,
): { readonly ends: number; readonly different: readonly string[] } | null {
  const enumerated = new Set<string>();
  try {
    for (const { state, violation } of enumerate(program, { memory, maxStates: 20_000 }).outcomes) {
      const end = violation === null ? 'finished' : violation.class === 'deadlock' ? 'stuck' : 'violation';
      enumerated.add(`${end} ${state}`);
    }
  } catch (error) {
    if (error instanceof EnumerationLimitError) return null;
    throw error;
  }
  const searched = new Set<string>();
  const onEnd = (end: string, words: Int32Array): void => void searched.add(`${end} ${words.join(' ')}`);
  // Far more states than these programs have: a faulty search may find no end.
  let looks = 0;
  const { complete } = plainSearch(program, memory, {
    memoryBytes: BYTES,
    isOver: () => ++looks > 200,
    onEnd,
  }).run();
  const different = [...enumerated].filter((end) => !searched.has(end)).map((end) => `missed: ${end}`);
  different.push(...[...searched].filter((end) => !enumerated.has(end)).map((end) => `invented: ${end}`));
  if (!complete) different.push('not complete');
  return { ends: enumerated.size, different };
}

/**
 * The shortest violation's schedule by the search, and what breadth-first enumeration's shortest would be is
 * asked elsewhere.
 */
export function shortest(program: PlainProgram, memory: MemoryModel): readonly number[] | null {
  return plainSearch(program, memory, { memoryBytes: BYTES, isOver: () => false }).run().schedule;
}

/**
 * Random executions of the machine, each step made on the numbers too. The first difference in memory,
 * buffers, flags, operation, operands or what can move; null if there is none. Answers the steps too.
 */
export function compareSteps(
  program: PlainProgram,
  memory: MemoryModel,
  executions: number,
): { steps: number; different: string | null } {
  let steps = 0;
  for (let execution = 0; execution < executions; execution++) {
    const lockstep = new Lockstep(program, memory, execution);
    for (;;) {
      const different = lockstep.difference();
      if (different !== null)
        return {
          steps,
          different: `${program.name}, execution ${execution}, step ${lockstep.machine.step}: ${different}`,
        };
      if (lockstep.machine.step > 500 || !lockstep.step()) break;
      steps++;
    }
  }
  return { steps, different: null };
}

class Lockstep {
  readonly machine: Machine;
  private readonly stepper: Stepper;
  private readonly automaton: Automaton;
  private readonly components: C.Components;
  private readonly cpus: number[] = [];
  private readonly random = new Random();
  private answers: number[] = [];

  constructor(program: PlainProgram, memory: MemoryModel, execution: number) {
    this.random.seed(1, 2, execution);
    this.machine = new Machine(program, memory);
    const budget = new MemoryBudget(BYTES);
    this.automaton = new Automaton(plainCode(program), budget);
    this.components = new C.Components(budget);
    this.stepper = new Stepper(program, memory, this.automaton, this.components);
    this.stepper.choose = () => this.answers.shift() as number;
    begin(this.machine, { pick: () => -1, choose: (n) => this.choose(n) });
    this.machine.choose = (n) => this.choose(n);
    this.stepper.mem.set(program.image.subarray(0, program.hardwareBase));
    for (let cpu = 0; cpu < program.cpus; cpu++) {
      this.stepper.begin(cpu);
      this.cpus.push(this.stepper.store());
    }
  }

  private choose(n: number): number {
    const answer = this.random.below(n);
    this.answers.push(answer);
    return answer;
  }

  /** False: nobody can move, or something is wrong. */
  step(): boolean {
    const { machine, stepper } = this;
    const movable = [...machine.enabled.list.subarray(0, machine.enabled.count)].filter(
      (agent) => !isEnvironment(agent),
    );
    if (movable.length === 0 || machine.violation !== null) return false;
    const agent = movable[this.random.below(movable.length)];
    const cpu = cpuOfAgent(agent);
    this.answers = [];
    machine.stepAgent(agent);
    stepper.load(this.cpus[cpu]);
    stepper.move(kindOfAgent(agent));
    if (
      (stepper.outcome !== FINE) !==
      (machine.violation !== null && machine.program.invariant?.(machine) == null)
    )
      throw new Error(`${machine.program.name}: one of the two sees a violation at step ${machine.step}`);
    if (machine.violation !== null) return false;
    this.cpus[cpu] = stepper.store();
    const { target, targetFlag } = stepper;
    if (target !== NOBODY) this.cpus[target] = this.components.with(this.cpus[target], targetFlag);
    return true;
  }

  difference(): string | null {
    const { machine, stepper } = this;
    if (machine.violation !== null) return null;
    const words = stepper.mem.join(' ');
    const expected = machine.mem.subarray(0, machine.program.hardwareBase).join(' ');
    if (words !== expected) return `memory ${words} instead of ${expected}`;
    for (const [id, component] of this.cpus.entries()) {
      stepper.load(component);
      const ours = this.told(id);
      const theirs = this.toldByMachine(id);
      if (ours !== theirs) return `CPU${id}: ${ours} instead of ${theirs}`;
    }
    return null;
  }

  private told(id: number): string {
    const { stepper, automaton } = this;
    const { node } = stepper;
    const operation = ['kind', 'a', 'b', 'c'].map((field) => automaton[field as 'kind'][node]);
    const stores = [...stepper.buffer.words.subarray(1, 1 + 2 * stepper.buffer.count)];
    const can = [CPU_AGENT, BUFFER_AGENT, LINE_AGENT].map((agent) => stepper.canMove(agent));
    return `${node === 0 ? 'ended' : operation} [${stores}] ${stepper.flags} ${can} of ${id}`;
  }

  private toldByMachine(id: number): string {
    const { machine } = this;
    const { pending } = machine.cpus[id];
    const block = machine.block(id);
    const at = (word: number): number => machine.mem[block + word];
    const stores = Array.from(
      { length: at(H.SB_COUNT) },
      (_, i) => H.SB_BASE + ((at(H.SB_HEAD) + i) % H.SB_DEPTH) * H.SB_WORDS,
    );
    const flags = at(H.IF) | (at(H.PENDING_IPI) << 1) | (at(H.PENDING_NMI) << 2) | (at(H.IN_NMI) << 3);
    const can = [CPU_AGENT, BUFFER_AGENT, LINE_AGENT].map((agent) => machine.enabled.has(agentOf(id, agent)));
    const operation = [pending.kind, pending.a, pending.b, pending.c];
    const words = stores.flatMap((entry) => [at(entry + H.SB_ADDRESS), at(entry + H.SB_VALUE)]);
    return `${machine.cpus[id].code.idle ? 'ended' : operation} [${words}] ${flags} ${can} of ${id}`;
  }
}
