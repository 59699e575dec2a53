import { fileURLToPath } from 'node:url';
import { comparedCounters } from '../../src/compare/compared-counters.js';
import { openPool } from '../../src/explore/pool.js';
import { strategies } from '../../src/explore/strategies/index.js';
import * as api from '../../src/index.js';
import { loadModules } from '../../src/modules/load.js';
import { differencesOf } from '../../src/study/difference.js';
import { countPairs } from '../../src/study/paired-counts.js';
import { remoteTlbGen } from '../../src/study/remote-tlb-gen.js';
import { findVariant } from '../../src/variants/index.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { Kept, type KeptLine } from '../kept.js';

/**
 * What a variant that does nothing, and one that does one more read, save: over seeds 1 to 20, on native and
 * hypercall.
 *
 *     npx tsx bench/study/nothing.ts [--log nothing.jsonl] [--seeds 20] [--pairs 650] [--record]
 *
 * Each seed's answer is a line of the log; what is there already is not run again. Told at the end: in how
 * many seeds any counter differs, in pairs and apart. Of intervals that hold together with 95 %, one seed in
 * twenty may.
 */

const { log, seeds, pairs, isRecorded } = argumentsOf({ log: 'nothing.jsonl', seeds: 20, pairs: 650 });

interface Line extends KeptLine {
  readonly patch: string;
  /** Counters with a difference. */
  readonly inPairs: readonly string[];
  readonly apart: readonly string[];
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const kept = new Kept<Line>(log);
const lines: Line[] = [];
const { modules } = await loadModules([file('nothing-variants.ts')], {
  api,
  apiFile: file('../../src/index.ts'),
  typeCheck: false,
});
const rows = ['native', 'hypercall'].flatMap((on) =>
  [`${on}-nothing`, `${on}-one-read`].map((patch) => ({ base: `${on}/v0`, patch })),
);
const names = strategies.map(({ name }) => name);
const pool = openPool(2, modules);
for (let seed = 1; seed <= seeds; seed++)
  for (const { base, patch } of rows) {
    const key = `${patch} ${seed} ${pairs}`;
    lines.push(await kept.of(key, () => measured(key, base, patch, seed)));
  }
await pool.close();
for (const { patch } of rows) {
  const own = lines.filter((line) => line.patch === patch);
  const clean = (of: 'inPairs' | 'apart'): string =>
    `${own.filter((line) => line[of].length === 0).length} of ${own.length}`;
  const result = `no difference in pairs ${clean('inPairs')}, apart ${clean('apart')}`;
  console.log(`${patch}: ${result}`);
  const command = `npx tsx bench/study/nothing.ts --seeds ${seeds} --pairs ${pairs}`;
  if (isRecorded) record({ what: `${patch}, over seeds 1 to ${seeds}`, result, command });
}

/** Counters with a difference of one seed. */
async function measured(key: string, base: string, patch: string, seed: number): Promise<Line> {
  const { scenarios } = remoteTlbGen;
  const asked = { base, patch, scenarios, strategies: names, memory: 'tso', seed, count: pairs } as const;
  const counts = await countPairs(pool, asked);
  const [before, after] = [findVariant(base), findVariant(patch, modules.variants)];
  if (before === undefined || after === undefined) throw new Error(`${patch} is not known`);
  const counters = comparedCounters(before, after);
  const told = counters.map((counter) => ({
    name: counter.name,
    ...differencesOf(counts, counter, counters.length),
  }));
  const differing = (of: 'inPairs' | 'apart'): string[] =>
    told.filter((one) => (of === 'apart' ? one.apart : one).seen !== 'none').map(({ name }) => name);
  return { key, patch, inPairs: differing('inPairs'), apart: differing('apart') };
}
