import { describe, expect, it } from 'vitest';
import { FAILS, handOverProgram, NOTHING, WITNESS } from '../../examples/hand-over.js';
import { NO_MODULES } from '../../src/bundle/modules.js';
import type { BatchRequest, BatchResult } from '../../src/explore/batch.js';
import { Executor } from '../../src/explore/executor.js';
import { hunt } from '../../src/explore/hunt.js';
import type { BatchRunner } from '../../src/explore/pool.js';
import { Random } from '../../src/explore/random.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { Machine } from '../../src/machine/machine.js';
import { COUNTERS } from '../../src/oracles/counters.js';
import { xorshift } from '../trace/xorshift.js';

/**
 * A hunt on a pool that answers in any order: the text that examples/hand-over.ts proves, with promises in
 * the place of words.
 */

const BATCHES = 3;

function resultOf(answer: number, execution: number): BatchResult {
  const violation = { class: 'assertion', cpu: 0, step: 1, message: 'lost' } as const;
  const found = { execution, strategy: 'random', schedule: [0], steps: 1, hash: 1, violation, latent: [] };
  return {
    ...{ executions: 1, steps: 1, walkerSteps: 0, counters: COUNTERS.map(() => 0), latent: [] },
    ...{
      hash: execution,
      met: [],
      effect: null,
      ran: [],
      reached: [],
      witness: answer === WITNESS ? found : null,
    },
  };
}

/** Answers when it is this one's turn in an order of its own; batches are one execution long. */
class AnyOrder implements BatchRunner {
  readonly modules = NO_MODULES;
  private readonly random: (bound: number) => number;
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly jobs: number,
    private readonly answers: readonly number[],
    seed: number,
  ) {
    this.random = xorshift(seed);
  }

  run(request: BatchRequest): Promise<BatchResult> {
    const answer = this.answers[request.first];
    return new Promise((resolve, reject) => {
      this.waiting.push(() =>
        answer === FAILS
          ? reject(new Error(`batch ${request.first} fails`))
          : resolve(resultOf(answer, request.first)),
      );
      setImmediate(() => this.answerOne());
    });
  }
  length(): Promise<number> {
    return Promise.resolve(25_000);
  }
  simplify(_: BatchRequest, witness: ReturnType<typeof resultOf>['witness'] & object) {
    return Promise.resolve(witness);
  }

  private answerOne(): void {
    const [settle] = this.waiting.splice(this.random(this.waiting.length), 1);
    settle();
  }
}

/** What the hunt takes and says, as the model's words would. */
async function taken(answers: readonly number[], jobs: number, seed: number): Promise<string> {
  const pool = new AnyOrder(jobs, answers, seed);
  const plan = { strategies: ['random'], seed: 1, memory: 'tso', jobs, executions: BATCHES } as const;
  try {
    const { verdict } = await hunt({ program: 'p', ...plan, pool });
    if (verdict.violation === null) return `${verdict.executions + 1} taken, verdict 0`;
    return `${verdict.executions} taken, verdict ${WITNESS}`;
  } catch (error) {
    const [, batch] = /^batch (\d) fails$/.exec((error as Error).message) ?? [];
    return `${Number(batch) + 1} taken, verdict ${FAILS}`;
  }
}

/** The same of executions of the program. */
function takenByProgram(answers: readonly number[], workers: number): Set<string> {
  const program = handOverProgram('hand-over', { workers, answers });
  const at = program.at as Readonly<Record<string, number>>;
  const machine = new Machine(program, 'tso');
  const executor = new Executor(machine, { walks: 0 });
  const random = new Random();
  const strategy = strategies[0].create();
  const seen = new Set<string>();
  for (let execution = 0; execution < 40; execution++) {
    random.seed(1, 1, execution);
    executor.run(strategy, random, 40);
    expect(machine.violation).toBeNull();
    seen.add(`${machine.mem[at.taken]} taken, verdict ${machine.mem[at.verdict]}`);
  }
  return seen;
}

const EACH = [NOTHING, WITNESS, FAILS];
const ALL = EACH.flatMap((a) => EACH.flatMap((b) => EACH.map((c) => [a, b, c])));

describe('a hunt on a pool that answers in any order', () => {
  it.each(ALL)('takes what the program takes, whoever is fast: %i %i %i', async (...answers) => {
    const seen = new Set<string>();
    for (const jobs of [1, 2, 3])
      for (let seed = 1; seed <= 5; seed++) seen.add(await taken(answers, jobs, seed));
    expect([...seen]).toHaveLength(1);
    for (const workers of [1, 2]) expect(takenByProgram(answers, workers)).toEqual(seen);
  });
});
