import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { knownOf } from '../../src/known/of-variant.js';
import { causeOf } from '../../src/replay/cause-of.js';
import type { Finding } from '../../src/vocabulary/finding.js';
import { type ExplainSubject, own } from './subjects.js';

/** A hunt of so many executions that has not found the bug has none to explain. */
const EXECUTIONS = 12_000;

/**
 * Witnesses by bug and seed. They are hunted once, and kept in a file where one is given: what is told of
 * them may then be asked again and again.
 */
export class Witnesses {
  private readonly known: Record<string, Finding | null>;

  /** `path`: null keeps nothing. */
  constructor(private readonly path: string | null) {
    this.known = path !== null && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  }

  has({ name }: ExplainSubject, seed: number): boolean {
    return `${name} ${seed}` in this.known;
  }

  /** The witness of a seed; null where a hunt of 12,000 executions meets none. */
  async of(subject: ExplainSubject, seed: number): Promise<Finding | null> {
    const key = `${subject.name} ${seed}`;
    if (key in this.known) return this.known[key];
    const finding = await hunted(subject, seed);
    this.known[key] = finding;
    if (this.path !== null) writeFileSync(this.path, JSON.stringify(this.known));
    return finding;
  }
}

async function hunted({ request }: ExplainSubject, seed: number): Promise<Finding | null> {
  const plan = {
    strategies: ['random', 'pct', 'delay'],
    seed,
    memory: 'tso' as const,
    jobs: 1,
    pool: new InlinePool(causeOf, own),
    executions: EXECUTIONS,
  };
  const known = 'variant' in request ? knownOf(request.variant, request.scenarios, own.variants) : undefined;
  const { finding } = await hunt({ ...plan, ...request, ...(known === undefined ? {} : { known }) });
  return finding;
}
