import { p2 } from '../../bench/peers/p2.js';
import { p3 } from '../../bench/peers/p3.js';
import { p4 } from '../../bench/peers/p4.js';
import { doorbellProgram } from '../../examples/doorbell.js';
import { runTokenProgram } from '../../examples/run-token.js';
import { drive } from '../../src/drive/drive.js';
import { RecordedDecider } from '../../src/drive/recorded.js';
import { CPU_AGENT, kindOfAgent } from '../../src/machine/agents.js';
import { Machine } from '../../src/machine/machine.js';
import { type PlainProgram, plainProgram } from '../../src/programs/plain-program.js';
import { type Deepened, Deepening, type DeepeningLimits } from '../../src/verify/deepening.js';
import { PlainSpace } from '../../src/verify/plain-space.js';
import { MemoryBudget } from '../../src/verify/row-table.js';
import type { SearchResult } from '../../src/verify/search.js';
import { plainSearch, type SearchOptions, type SubjectSpace } from '../../src/verify/searches.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';
import { compareSteps } from './compare.js';
import { withKills } from './killed.js';

/** Bundled with the programs lowered. */

const PEERS = {
  P2: () => p2(false),
  'P2 with fence': () => p2(true),
  'P3 3x3': () => p3(3, 3),
  P4: () => p4(2),
  P4b: () => p4(2, true),
} as const;

export function search(
  name: keyof typeof PEERS,
  memory: MemoryModel,
  limits: Partial<SearchOptions> = {},
): SearchResult {
  return plainSearch(PEERS[name](), memory, { memoryBytes: 2 ** 30, isOver: () => false, ...limits }).run();
}

/** What `verify` does without a bound on switches. */
export function deepen(
  name: keyof typeof PEERS,
  memory: MemoryModel,
  { memoryBytes = 2 ** 30, ...limits }: Partial<DeepeningLimits> & { readonly memoryBytes?: number } = {},
): Deepened {
  return new Deepening(made(name, memory, memoryBytes), { ...NO_END, ...limits }).run();
}

/** The same, killed when it has looked `restsBetween` times whether it is over, and so on. */
export function deepenWithKills(
  name: keyof typeof PEERS,
  memory: MemoryModel,
  restsBetween: number,
  limits: Partial<DeepeningLimits> = {},
): ReturnType<typeof withKills> {
  return withKills(made(name, memory, 2 ** 30), { ...NO_END, ...limits }, restsBetween);
}

const NO_END = { isOver: () => false, isHalfOver: () => false };

function made(name: keyof typeof PEERS, memory: MemoryModel, memoryBytes: number): () => SubjectSpace {
  return () => {
    const budget = new MemoryBudget(memoryBytes);
    const space = new PlainSpace(PEERS[name](), memory, budget);
    return { space, budget, reductions: [], latent: () => [], changedKept: () => null };
  };
}

/** Interrupts, NMIs within handlers, masked interrupts, choices and waits. */
const interrupts = plainProgram({
  name: 'interrupts',
  words: { sent: 0, served: 0, seen: [0, 0], nested: 0 },
  interrupt: function* (cpu, at) {
    const served = yield* cpu.incReturn(at.served);
    yield* cpu.writeOnce(at.seen + cpu.id, served);
    if (served === 1) yield* cpu.sendNmi(cpu.id);
    yield* cpu.iret();
  },
  nmi: function* (cpu, at) {
    yield* cpu.writeOnce(at.nested, 1);
    yield* cpu.iret();
  },
  cpus: [
    function* (cpu, at) {
      for (let i = 0; i < 3; i++) {
        const times = yield* cpu.choose(3);
        for (let j = 0; j < times; j++) yield* cpu.sendIpi(1);
        yield* cpu.writeOnce(at.sent, i);
      }
    },
    function* (cpu, at) {
      yield* cpu.localIrqDisable();
      yield* cpu.condLoadAcquire(at.sent, -1, 2);
      const before = yield* cpu.peek(at.served);
      yield* cpu.localIrqEnable();
      yield* cpu.poke(at.seen + 1, before);
    },
  ],
});

const PROGRAMS: readonly PlainProgram[] = [
  ...Object.values(PEERS).map((make) => make()),
  doorbellProgram('doorbell'),
  runTokenProgram('run-token'),
  interrupts as unknown as PlainProgram,
];

export function compareExamples(
  memory: MemoryModel,
  executions: number,
): { readonly steps: number; readonly different: readonly string[] } {
  const compared = PROGRAMS.map((program) => compareSteps(program, memory, executions));
  return {
    steps: compared.reduce((sum, { steps }) => sum + steps, 0),
    different: compared.flatMap(({ different }) => different ?? []),
  };
}

/** How often an execution takes a CPU off that could go on. */
export function switchesIn(
  name: keyof typeof PEERS,
  memory: MemoryModel,
  schedule: readonly number[],
): number {
  const machine = new Machine(PEERS[name](), memory);
  const decider = new RecordedDecider(machine, schedule);
  let last = -1;
  let switches = 0;
  drive(machine, decider, {
    before(agent) {
      if (kindOfAgent(agent) !== CPU_AGENT) return;
      if (last >= 0 && last !== agent && machine.enabled.has(last)) switches++;
      last = agent;
    },
    after: () => undefined,
  });
  return switches;
}

/** Ends of all executions within a bound; null: without one. */
export function endsWithin(
  name: keyof typeof PEERS,
  memory: MemoryModel,
  switchesMax: number | null,
): { readonly ends: readonly string[]; readonly isCut: boolean } {
  const ends = new Set<string>();
  const { isCut } = search(name, memory, {
    switchesMax,
    onEnd: (end, words) => void ends.add(`${end} ${words.join(' ')}`),
  });
  return { ends: [...ends].sort(), isCut };
}
