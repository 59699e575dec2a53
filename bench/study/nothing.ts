import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { comparedCounters } from '../../src/compare/counters.js';
import { openPool } from '../../src/explore/pool.js';
import { strategies } from '../../src/explore/strategies/index.js';
import * as api from '../../src/index.js';
import { loadModules } from '../../src/modules/load.js';
import { differencesOf } from '../../src/study/difference.js';
import { countPairs } from '../../src/study/paired-counts.js';
import { remoteTlbGen } from '../../src/study/remote-tlb-gen.js';
import { findVariant } from '../../src/variants/index.js';

/**
 * What a variant that does nothing, and one that does one more read, save: over seeds 1 to 20, on native and
 * hypercall.
 *
 *     npx tsx bench/study/nothing.ts [--log nothing.jsonl] [--seeds 20] [--pairs 650]
 *
 * Each seed's answer is a line of the log; what is there already is not run again. Told at the end: in how
 * many seeds any counter differs, in pairs and apart. Of intervals that hold together with 95 %, one seed in
 * twenty may.
 */

const { values } = parseArgs({
  options: {
    log: { type: 'string', default: 'nothing.jsonl' },
    seeds: { type: 'string', default: '20' },
    pairs: { type: 'string', default: '650' },
  },
});

interface Line {
  readonly patch: string;
  readonly seed: number;
  readonly pairs: number;
  /** Counters with a difference. */
  readonly inPairs: readonly string[];
  readonly apart: readonly string[];
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const lines: Line[] = existsSync(values.log)
  ? readFileSync(values.log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
  : [];
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
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  for (const { base, patch } of rows) {
    if (lines.some((line) => line.patch === patch && line.seed === seed)) continue;
    const asked = {
      base,
      patch,
      scenarios: remoteTlbGen.scenarios,
      strategies: names,
      memory: 'tso',
      seed,
      count: Number(values.pairs),
    } as const;
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
    const line: Line = {
      patch,
      seed,
      pairs: counts.pairs,
      inPairs: differing('inPairs'),
      apart: differing('apart'),
    };
    lines.push(line);
    appendFileSync(values.log, `${JSON.stringify(line)}\n`);
  }
}
await pool.close();
for (const { patch } of rows) {
  const own = lines.filter((line) => line.patch === patch);
  const clean = (of: 'inPairs' | 'apart'): string =>
    `${own.filter((line) => line[of].length === 0).length} of ${own.length}`;
  console.log(`| ${patch} | ${clean('inPairs')} | ${clean('apart')} |`);
}
