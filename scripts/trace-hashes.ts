import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { openPool } from '../src/explore/pool.js';
import { strategies } from '../src/explore/strategies/index.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';

/**
 * What executions leave behind, so that two states of the code can be told to behave alike: for each variant,
 * scenario of the catalogue, strategy and memory model the combined trace hash of some executions, violations
 * passed over.
 *
 *     npx tsx scripts/trace-hashes.ts [--variant NAME ...] [--executions 200] [--seed 1] [--jobs N] >
 *     before.json
 *     npx tsx scripts/trace-hashes.ts ... --compare before.json
 *
 * JSON on stdout: `{executions, seed, rows: [{variant, scenario, strategy, memory, hash, steps,
 * violations}]}`. With `--compare` the rows that differ, one a line, and exit code 1 if there are any.
 */

interface Row {
  readonly variant: string;
  readonly scenario: string;
  readonly strategy: string;
  readonly memory: string;
  readonly hash: number;
  readonly steps: number;
  /** What the first violation is, or null. */
  readonly violation: string | null;
}

interface Rows {
  readonly executions: number;
  readonly seed: number;
  readonly rows: readonly Row[];
}

/** Bare metal old and new, a baseline with known races, a host that marks, a host that serves requests. */
const VARIANTS = ['6.18', '6.12', 'b1', 'kvm/v0', 'hypercall/v0'];

const { values } = parseArgs({
  options: {
    variant: { type: 'string', multiple: true, default: VARIANTS },
    executions: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    compare: { type: 'string' },
  },
});
const executions = Number(values.executions);
const seed = Number(values.seed);

async function rowsNow(): Promise<Row[]> {
  const pool = openPool(Number(values.jobs));
  try {
    const requests = values.variant.flatMap((variant) =>
      catalogue.flatMap((scenario) =>
        strategies.flatMap(({ name }) =>
          (['tso', 'sc'] as const).map((memory) => ({
            ...{ variant, scenario, strategies: [name], memory, seed, first: 0, count: executions },
            pastViolations: true,
          })),
        ),
      ),
    );
    return await Promise.all(
      requests.map(async (request): Promise<Row> => {
        const { hash, steps, witness } = await pool.run(request);
        const { variant, memory, scenario } = request;
        const violation =
          witness === null
            ? null
            : `${witness.violation.class} in ${witness.execution}, step ${witness.violation.step}`;
        return {
          variant,
          scenario: scenario.name,
          strategy: request.strategies[0],
          memory,
          hash,
          steps,
          violation,
        };
      }),
    );
  } finally {
    await pool.close();
  }
}

const rows = await rowsNow();
if (values.compare === undefined) console.log(JSON.stringify({ executions, seed, rows }, null, 1));
else {
  const before = JSON.parse(readFileSync(values.compare, 'utf8')) as Rows;
  if (before.executions !== executions || before.seed !== seed)
    throw new Error(
      `${values.compare} is of ${before.executions} executions with seed ${before.seed}: give the same`,
    );
  const keyOf = ({ variant, scenario, strategy, memory }: Row): string =>
    [variant, scenario, strategy, memory].join(' ');
  const now = new Map(rows.map((row) => [keyOf(row), row]));
  let different = 0;
  for (const row of before.rows) {
    const other = now.get(keyOf(row));
    if (other !== undefined && JSON.stringify(other) === JSON.stringify(row)) continue;
    different++;
    console.log(`${keyOf(row)}: was ${JSON.stringify(row)}, is ${JSON.stringify(other ?? null)}`);
  }
  console.log(`${before.rows.length} rows, ${different} different`);
  process.exitCode = different === 0 ? 0 : 1;
}
