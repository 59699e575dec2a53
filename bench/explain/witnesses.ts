import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { knownOf } from '../../src/known/of-variant.js';
import { causeOf } from '../../src/replay/cause-of.js';
import { type Finding, isProgramFinding } from '../../src/vocabulary/finding.js';
import { KeptLines } from './kept-lines.js';
import { type ExplainSubject, own } from './subjects.js';

/** What a hunt of so many executions at most met; null: nothing. */
interface Hunted {
  readonly executions: number;
  readonly finding: Finding | null;
}

/**
 * Witnesses by bug and seed. They are hunted once, and kept in a file where one is given: what is told of
 * them may then be asked again and again. The first seed goes through all scenarios of the bug; where it met
 * it, later ones hunt in that scenario: most of a short hunt is the getting ready of scenarios.
 */
export class Witnesses {
  private readonly kept: KeptLines<Hunted>;

  /** `path`: null keeps nothing; `executions`: of a hunt at most. */
  constructor(
    path: string | null,
    private readonly executions: number,
  ) {
    this.kept = new KeptLines(path);
  }

  /** Whether it is known what the seed meets: what was hunted for less long and met nothing is not. */
  has({ name }: ExplainSubject, seed: number): boolean {
    const kept = this.kept.get(keyOf(name, seed));
    return kept !== undefined && (kept.finding !== null || kept.executions >= this.executions);
  }

  /** The witness of a seed; null where the hunt meets none. */
  async of(subject: ExplainSubject, seed: number): Promise<Finding | null> {
    const { executions } = this;
    const key = keyOf(subject.name, seed);
    if (!this.has(subject, seed)) {
      const finding = await hunted(this.whereMet(subject), seed, executions);
      this.kept.keep(key, { executions, finding });
    }
    return this.kept.get(key)?.finding ?? null;
  }

  private whereMet({ name, request }: ExplainSubject): ExplainSubject['request'] {
    const first = this.kept.get(keyOf(name, 1))?.finding ?? null;
    if (first === null || isProgramFinding(first) || 'program' in request) return request;
    return { ...request, scenarios: [first.scenario] };
  }
}

const keyOf = (bug: string, seed: number): string => `${bug} ${seed}`;

async function hunted(
  request: ExplainSubject['request'],
  seed: number,
  executions: number,
): Promise<Finding | null> {
  const plan = {
    strategies: ['random', 'pct', 'delay'],
    seed,
    memory: 'tso' as const,
    jobs: 1,
    pool: new InlinePool(causeOf, own),
    executions,
  };
  const known = 'variant' in request ? knownOf(request.variant, request.scenarios, own.variants) : undefined;
  const { finding } = await hunt({ ...plan, ...request, ...(known === undefined ? {} : { known }) });
  return finding;
}
