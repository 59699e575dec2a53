import { begin } from '../../../src/drive/drive.js';
import { judgeEnd } from '../../../src/drive/end.js';
import { follow } from '../../../src/drive/recorded.js';
import { environmentOf } from '../../../src/explore/batch.js';
import { Random } from '../../../src/explore/random.js';
import type { KernelJudge } from '../../../src/kernel/kernel-assertions.js';
import type { KernelCpu } from '../../../src/kernel/kernel-cpu.js';
import type { KernelProgram } from '../../../src/kernel/kernel-program.js';
import { clearIsLazy } from '../../../src/kernel/switch-mm.js';
import { isEnvironment } from '../../../src/machine/agents.js';
import { Machine } from '../../../src/machine/machine.js';
import type { Protocol } from '../../../src/machine/protocol.js';
import { watch } from '../../../src/oracles/board.js';
import { programOf } from '../../../src/programs/subject.js';
import { verifyCatalogue } from '../../../src/scenarios/verify/index.js';
import { defineVariant } from '../../../src/variants/define.js';
import { Deepening } from '../../../src/verify/deepening.js';
import { KernelSpace, type KernelSpaceOptions } from '../../../src/verify/kernel/kernel-space.js';
import { MemoryBudget } from '../../../src/verify/row-table.js';
import type { SearchResult } from '../../../src/verify/search.js';
import {
  kernelSearch,
  type Reduction,
  relying,
  type SubjectSpace,
  spaceOf,
} from '../../../src/verify/searches.js';
import { FINE } from '../../../src/verify/space.js';
import type { Scenario } from '../../../src/vocabulary/scenario.js';
import type { MemoryModel } from '../../../src/vocabulary/violation.js';
import { withKills } from '../killed.js';

/** Kernels in scenarios, all executions. Bundled with the kernel lowered, and run there. */

const BYTES = 2 ** 30;

const isYoung: KernelJudge = (read, { cpus }) =>
  cpus.every(({ tlbstate }) => tlbstate.ctxs.every(({ tlbGen }) => read(tlbGen) < 2));
/** 6.18, of which somebody says that no slot ever comes to generation 2, or ends there. */
const asserted = [
  defineVariant({ name: 'always-young', always: isYoung }),
  defineVariant({ name: 'young-at-the-end', final: isYoung }),
  defineVariant({ name: 'always-true', always: () => true, final: () => true }),
];

export function scenarioOf(name: string, changes: Partial<Scenario> = {}): Scenario {
  const found = verifyCatalogue.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return { ...found, ...changes };
}

/** Looks twice at a word that the initiator of a flush stores to. */
const twice = defineVariant({
  name: 'twice',
  ownWords: { perCpu: [], perMm: [], machine: [{ name: 'mark' }] },
  replace: {
    *beforeRemoteFlush(cpu: KernelCpu): Protocol<void> {
      yield* cpu.writeOnce(cpu.layout.own.machine[0], 1);
    },
    *clearIsLazy(cpu: KernelCpu, wasLazy: number): Protocol<void> {
      yield* clearIsLazy(cpu, wasLazy);
      const before = yield* cpu.readOnce(cpu.layout.own.machine[0]);
      const after = yield* cpu.readOnce(cpu.layout.own.machine[0]);
      yield* cpu.assert(before === after, 'nobody has come in between');
    },
  },
});

function asked(variant: string, scenario: Scenario) {
  const { kernel } = programOf({ variant, scenario }, { variants: [...asserted, twice], programs: [] });
  if (kernel === null) throw new Error('a scenario is of a kernel');
  const { walks, preemptions = 0 } = environmentOf({ variant, scenario }, kernel);
  return { kernel, bounds: { walks, preemptions } };
}

/** A search; `latent`: the classes that it has met. */
export function search(
  variant: string,
  scenario: Scenario,
  memory: MemoryModel,
): SearchResult & { readonly latent: readonly string[] } {
  const { kernel, bounds } = asked(variant, scenario);
  const made = kernelSearch(kernel, memory, bounds, { memoryBytes: BYTES, isOver: () => false });
  const result = made.search.run();
  return { ...result, latent: [...made.space.kernel.latent.keys()] };
}

/** A search in which local steps are executed at once, and how its witness ends on the machine. */
export function reducedSearch(
  variant: string,
  scenario: Scenario,
  memory: MemoryModel,
): SearchResult & { readonly latent: readonly string[]; readonly ending: string | null } {
  const { kernel, bounds } = asked(variant, scenario);
  return relying(kernel, (footprints) => {
    const limits = { memoryBytes: BYTES, isOver: () => false, footprints };
    const made = kernelSearch(kernel, memory, bounds, limits);
    const result = made.search.run();
    return {
      ...result,
      latent: [...made.space.kernel.latent.keys()],
      ending: result.schedule === null ? null : endingOf(kernel, memory, result.schedule),
    };
  });
}

/**
 * What `verify` comes to, and what it comes to when it is killed again and again; `latent`: the classes met
 * by the last search.
 */
export function killedAndNot(
  variant: string,
  scenario: Scenario,
  memory: MemoryModel,
  { rests, isReduced, switchesMax }: { rests: number; isReduced: boolean; switchesMax?: number },
): { readonly whole: object; readonly killed: object; readonly kills: number } {
  const { bounds } = asked(variant, scenario);
  const own = { variants: [...asserted, twice], programs: [] };
  const space = () => {
    const reduction: Reduction = { footprints: null };
    let newest: SubjectSpace | null = null;
    const make = (atOnce: boolean): SubjectSpace => {
      newest = spaceOf({ variant, scenario }, own, memory, bounds, BYTES, atOnce, reduction);
      return newest;
    };
    return { make, latent: () => newest?.latent() };
  };
  const limits = { isOver: () => false, isHalfOver: () => false, isReduced };
  const ask = (run: Deepening) => (switchesMax === undefined ? run.run() : run.only(switchesMax));
  const [usual, again] = [space(), space()];
  const whole = ask(new Deepening(usual.make, limits));
  const { found, kills } = withKills(again.make, limits, rests, ask);
  return {
    whole: { ...whole, latent: usual.latent() },
    killed: { ...found, latent: again.latent() },
    kills,
  };
}

/** Class of the violation that a schedule ends in on the machine; else why it does not. */
function endingOf(kernel: KernelProgram, memory: MemoryModel, schedule: readonly number[]): string {
  const machine = new Machine(kernel, memory);
  watch(machine, kernel);
  const diverged = follow(machine, schedule);
  judgeEnd(machine, false);
  return diverged ?? machine.violation?.class ?? 'nothing is wrong';
}

/** All ends of executions, words of the kernel's own memory, and whether the search was complete. */
export function ends(
  variant: string,
  scenario: Scenario,
  memory: MemoryModel,
  options: KernelSpaceOptions,
  isReduced = false,
): { readonly ends: readonly string[]; readonly states: number; readonly complete: boolean } {
  const { kernel, bounds } = asked(variant, scenario);
  return relying(kernel, (footprints) => {
    const seen = new Set<string>();
    const { search } = kernelSearch(kernel, memory, bounds, {
      ...options,
      ...(isReduced ? { footprints } : {}),
      memoryBytes: BYTES,
      isOver: () => false,
      onEnd: (end, words) => void seen.add(`${end} ${words.subarray(0, kernel.hardwareBase).join(' ')}`),
    });
    const { states, complete } = search.run();
    return { ends: [...seen].sort(), states, complete };
  });
}

/**
 * Random executions on the machine with its generators, each step followed among the moves of the space. The
 * first difference in memory, operations, who can move or what is wrong; null if there is none.
 */
export function followRandomly(
  variant: string,
  scenario: Scenario,
  memory: MemoryModel,
  executions: number,
): { readonly steps: number; readonly different: string | null } {
  const { kernel, bounds } = asked(variant, scenario);
  const space = new KernelSpace(kernel, memory, bounds, new MemoryBudget(BYTES));
  const machine = new Machine(kernel, memory);
  watch(machine, kernel);
  const random = new Random();
  let steps = 0;
  for (let execution = 0; execution < executions; execution++) {
    random.seed(1, 2, execution);
    const lockstep = new Lockstep(space, machine, random);
    for (;;) {
      const different = lockstep.step();
      if (different === END) break;
      if (different !== null)
        return { steps, different: `execution ${execution}, step ${machine.step}: ${different}` };
      steps++;
    }
  }
  return { steps, different: null };
}

const END = 'end';

class Lockstep {
  private row: Int32Array;
  private answers: number[] = [];

  constructor(
    private readonly space: KernelSpace,
    private readonly machine: Machine,
    private readonly random: Random,
  ) {
    begin(machine, { pick: () => -1, choose: (n) => this.choose(n) });
    machine.choose = (n) => this.choose(n);
    this.row = new Int32Array(space.width);
    const wanted = this.answers.join();
    space.begin((row, answers) => {
      if (answers.join() === wanted) this.row.set(row);
    });
  }

  private choose(n: number): number {
    const answer = this.random.below(n);
    this.answers.push(answer);
    return answer;
  }

  /** END, a difference, or null. */
  step(): string | null {
    const { space, machine } = this;
    const different = this.difference();
    if (different !== null) return different;
    const count = space.open(this.row, 0);
    const agents = new Set(Array.from({ length: count }, (_, k) => space.agent(k)));
    const due = [...agents].filter((agent) => !isEnvironment(agent)).sort((a, b) => a - b);
    const list = [...machine.enabled.list.subarray(0, machine.enabled.count)];
    const theirs = list.filter((agent) => !isEnvironment(agent)).sort((a, b) => a - b);
    if (due.join() !== theirs.join()) return `${due} can move instead of ${theirs}`;
    if (due.length === 0) return END;
    // What the environment cannot change anything by is no move of the space.
    const movable = [...agents];
    const agent = movable[this.random.below(movable.length)];
    this.answers = [];
    if (!machine.enabled.has(agent)) machine.enabled.add(agent);
    machine.stepAgent(agent);
    const next = new Int32Array(space.width);
    for (let k = 0; k < count; k++) {
      if (space.agent(k) !== agent || space.answers(k).join() !== this.answers.join()) continue;
      const isFine = space.follow(k, next) === FINE;
      if (isFine !== (machine.violation === null))
        return `agent ${agent}: ${machine.violation?.message ?? 'nothing'} is wrong for the machine only`;
      this.row = next;
      return isFine ? null : END;
    }
    // A walk or a preemption that changes nothing with this answer.
    return isEnvironment(agent) ? this.afterNothing(agent) : `agent ${agent}: no such move`;
  }

  /** The environment's move was left out: then the state is the one before. */
  private afterNothing(agent: number): string | null {
    this.machine.enabled.remove(agent);
    return null;
  }

  private difference(): string | null {
    const { space, machine } = this;
    const ours = space.words(this.row);
    const { hardwareBase, hardwareWords, cpus, layout } = machine.program;
    for (let i = 0; i < machine.mem.length; i++) {
      const isHardware = i >= hardwareBase && i < hardwareBase + cpus * hardwareWords;
      if (!isHardware && ours[i] !== machine.mem[i])
        return `${layout.nameOf(i)} is ${ours[i]} instead of ${machine.mem[i]}`;
    }
    for (const { id, pending, code } of machine.cpus) {
      const { pending: mine, code: myCode } = space.kernel.machine.cpus[id];
      const told = (op: typeof pending): string => `${op.kind} ${op.a} ${op.b} ${op.c}`;
      if (code.idle !== myCode.idle) return `CPU${id} idles in one of them only`;
      if (!code.idle && code.idle === myCode.idle && pending.kind !== 0 && told(pending) !== told(mine))
        return `CPU${id} is before ${told(mine)} instead of ${told(pending)}`;
    }
    return null;
  }
}
