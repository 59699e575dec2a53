import { environmentOf } from '../../src/explore/batch.js';
import { Executor } from '../../src/explore/executor.js';
import { hashText, Random } from '../../src/explore/random.js';
import { PairTouches } from '../../src/explore/reach/pair-touches.js';
import { strategies } from '../../src/explore/strategies/index.js';
import type { Strategy } from '../../src/explore/strategies/strategy.js';
import type { EnabledSet } from '../../src/machine/enabled-set.js';
import { Machine } from '../../src/machine/machine.js';
import { watch } from '../../src/oracles/board.js';
import { NO_DEFINITIONS } from '../../src/programs/definitions.js';
import { programOf } from '../../src/programs/subject.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { median, quantile } from '../statistics.js';

/**
 * Whether a search finds a bug sooner that begins every second execution as a schedule that it keeps (one
 * that reached a new pair of accesses) did, up to a step drawn at random, and goes on by one of the
 * strategies from there. Of each seed: executions to the first witness with and without; then the quotients'
 * geometric mean, with a bootstrap's 95 % interval.
 *
 *     npx tsx bench/corpus/mutate.ts [--of b38:reclaim-two-tables,...] [--seeds 20] [--limit 20000] [--record]
 */

const given = argumentsOf({ of: 'b38:reclaim-two-tables,b1:far-generations', seeds: 20, limit: 20_000 });
const RESAMPLES = 2_000;
/** Between two schedules of the same kind. */
const EVERY = 2;

/** Follows a kept schedule for a while, as far as its agents can move; then a strategy goes on. */
class Mutation implements Strategy {
  readonly name = 'mutation';
  private readonly all = strategies.map(({ create }) => create());
  private goesOn: Strategy = this.all[0];
  private prefix: readonly number[] = [];
  private at = 0;

  constructor(private readonly corpus: readonly (readonly number[])[]) {}

  watch(machine: Machine): void {
    for (const strategy of this.all) strategy.watch?.(machine);
  }

  begin(random: Random, agents: number, length: number, kinds?: number): void {
    this.goesOn = this.all[random.below(this.all.length)];
    this.goesOn.begin(random, agents, length, kinds);
    const kept = this.corpus[random.below(this.corpus.length)];
    this.prefix = kept.slice(0, random.below(kept.length));
    this.at = 0;
  }

  pick(enabled: EnabledSet, last: number, step: number): number {
    while (this.at < this.prefix.length) {
      const agent = this.prefix[this.at++];
      if (agent >= 0 && enabled.has(agent)) return agent;
    }
    return this.goesOn.pick(enabled, last, step);
  }
}

/** A subject, and how many executions it takes to a violation. */
class Search {
  private readonly machine: Machine;
  private readonly executor: Executor;
  private readonly pairs: PairTouches;
  private readonly plain = strategies.map(({ create }) => create());
  private readonly random = new Random();
  private readonly stream: number;
  private readonly length: number;

  constructor(variant: string, name: string) {
    const scenario = catalogue.find((one) => one.name === name);
    if (scenario === undefined) throw new Error(`no such scenario: ${name}`);
    const subject = { variant, scenario };
    const { program, kernel } = programOf(subject, NO_DEFINITIONS);
    this.machine = new Machine(program, 'tso');
    watch(this.machine, kernel);
    this.pairs = new PairTouches(this.machine);
    this.machine.touches = this.pairs;
    this.executor = new Executor(this.machine, environmentOf(subject, program));
    this.stream = hashText(name);
    const lengths = Array.from({ length: 16 }, (_, i) => {
      this.random.seed(0, this.stream ^ 1, i);
      return this.executor.run(this.plain[0], this.random, 1_000 * this.machine.cpus.length);
    });
    this.length = Math.round(lengths.reduce((sum, steps) => sum + steps, 0) / lengths.length);
  }

  executions(seed: number, mutates: boolean): number {
    const corpus: number[][] = [];
    const mutation = new Mutation(corpus);
    this.pairs.know([]);
    for (let i = 0; i < given.limit; i++) {
      this.random.seed(seed, this.stream, i);
      const isMutated = mutates && i % EVERY === 1 && corpus.length > 0;
      const strategy = isMutated ? mutation : this.plain[i % this.plain.length];
      this.executor.run(strategy, this.random, this.length);
      if (this.machine.violation !== null) return i + 1;
      if (this.pairs.take().length > 0) corpus.push(this.executor.schedule.toArray());
    }
    return given.limit;
  }
}

/** Geometric mean of quotients, and the interval in which 95 % of resamples have it. */
function ratioOf(quotients: readonly number[]): { mean: number; from: number; to: number } {
  const meanOf = (values: readonly number[]): number =>
    Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  const random = new Random();
  random.seed(1, 0, 0);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    meanOf(quotients.map(() => quotients[random.below(quotients.length)])),
  );
  return { mean: meanOf(quotients), from: quantile(resampled, 0.025), to: quantile(resampled, 0.975) };
}

const told: string[] = [];
for (const one of given.of.split(',')) {
  const [variant, scenario] = one.split(':');
  const search = new Search(variant, scenario);
  const runs = Array.from({ length: given.seeds }, (_, i) => {
    const counts = [search.executions(i + 1, false), search.executions(i + 1, true)];
    console.log(`${one} seed ${i + 1}: ${counts[0]} without, ${counts[1]} with`);
    return counts;
  });
  const { mean, from, to } = ratioOf(runs.map(([without, withCorpus]) => withCorpus / without));
  const medians = [0, 1].map((side) => median(runs.map((counts) => counts[side])));
  told.push(
    `${variant} in ${scenario}: ratio ${mean.toFixed(2)} (95 % ${from.toFixed(2)} to ${to.toFixed(2)}), ` +
      `medians ${medians[1]} with and ${medians[0]} without`,
  );
  console.log(told[told.length - 1]);
}
if (given.isRecorded)
  record({
    what: `executions to the first witness, begun from kept schedules or not, ${given.seeds} seeds`,
    result: told.join('; '),
    command: `npx tsx bench/corpus/mutate.ts --of ${given.of} --seeds ${given.seeds} --limit ${given.limit}`,
  });
