import { openPool } from '../../src/explore/pool.js';
import { strategies } from '../../src/explore/strategies/index.js';
import type { CounterName } from '../../src/oracles/counters.js';
import { type Difference, differenceOf } from '../../src/study/difference.js';
import { apartOf, countPairs } from '../../src/study/paired-counts.js';
import { remoteTlbGen } from '../../src/study/remote-tlb-gen.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

/**
 * What differences come out of pairs, and what of separate executions, for rules against v0 of their backend:
 *
 *     npx tsx bench/study/estimators.ts [--rows native/v7,kvm/v7] [--pairs 1300] [--seed 1]
 *     [--record]
 *
 * A line for each row and counter: v0 per 1,000 client operations, the difference in pairs and apart, in
 * percent of v0, with its interval of 95 %.
 */

const { rows, pairs, seed, isRecorded } = argumentsOf({
  rows: ['native', 'kvm', 'hypercall'].flatMap((on) => [`${on}/v7`, `${on}/v12`, `${on}/v17`]).join(),
  pairs: 1300,
  seed: 1,
});
const COUNTED: readonly CounterName[] = [
  'needlessSwitchFlushes',
  'switchFlushes',
  'ipisServed',
  'fullFlushes',
  'lockedOperations',
];

function percent({ base, difference, low, high, seen }: Difference): string {
  if (base === null || base === 0 || difference === null || low === null || high === null) return '-';
  const of = (value: number): string => ((100 * value) / base).toFixed(1);
  return `${of(difference)} % (${of(low)} to ${of(high)})${seen === 'none' ? ', none seen' : ''}`;
}

const pool = openPool(2);
const { scenarios } = remoteTlbGen;
for (const patch of rows.split(',')) {
  const base = `${patch.split('/')[0]}/v0`;
  const names = strategies.map(({ name }) => name);
  const asked = {
    base,
    patch,
    scenarios,
    strategies: names,
    memory: 'tso',
    seed,
    count: pairs,
  } as const;
  const counts = await countPairs(pool, asked);
  for (const name of COUNTED) {
    const rate = { of: [name], per: ['operations'], times: 1_000 } as const;
    const [following, apart] = [differenceOf(counts, rate, 1), differenceOf(apartOf(counts), rate, 1)];
    const result = `${percent(following)} and ${percent(apart)}`;
    console.log(`${patch}  ${name}  v0 ${following.base?.toFixed(1)}  in pairs and apart ${result}`);
    const command = `npx tsx bench/study/estimators.ts --rows ${patch} --pairs ${pairs}`;
    if (isRecorded) record({ what: `${patch}, ${name}: in pairs and apart`, result, command });
  }
}
await pool.close();
