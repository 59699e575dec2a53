/**
 * Makes the witnesses that travel with the package: hunts every rule on every backend, and keeps the shortest
 * witness of each in data/witnesses. Those that are there and still replay are kept where nothing shorter is
 * found; one that does not replay any more is replaced, or named at the end.
 *
 *     npx tsx scripts/known-witnesses.ts [--variant A,B] [--scenario A,B] [--executions N] [--seeds N]
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hunt } from '../src/explore/hunt.js';
import { openPool } from '../src/explore/pool.js';
import { strategies } from '../src/explore/strategies/index.js';
import { readFinding } from '../src/findings/read.js';
import { serializeFinding } from '../src/findings/serialize.js';
import { knownOf } from '../src/known/of-variant.js';
import { witnessFile } from '../src/known/witnesses.js';
import { explained } from '../src/replay/explained.js';
import { replayFinding } from '../src/replay/replay-finding.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';
import { listVariants } from '../src/variants/index.js';
import type { Finding } from '../src/vocabulary/finding.js';

const { values } = parseArgs({
  options: {
    variant: { type: 'string' },
    scenario: { type: 'string' },
    executions: { type: 'string', default: '20000' },
    seeds: { type: 'string', default: '3' },
  },
});
const directory = fileURLToPath(new URL('../data/witnesses/', import.meta.url));
mkdirSync(directory, { recursive: true });
const wanted = values.variant?.split(',');
const scenarios = catalogue.filter(({ name }) => values.scenario?.split(',').includes(name) ?? true);
const variants = listVariants().filter(
  ({ name, rule }) => rule !== undefined && (wanted?.includes(name) ?? true),
);
const pool = openPool(2);
const lost: string[] = [];

for (const { name: variant } of variants) {
  const path = directory + witnessFile(variant);
  const before = readdirSync(directory).includes(witnessFile(variant)) ? readFinding(path) : null;
  let best: Finding | null = before !== null && replayFinding(before, false).reproduced ? before : null;
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const { finding } = explained(
      await hunt({
        ...{
          variant,
          scenarios,
          strategies: strategies.map(({ name }) => name),
          seed,
          memory: 'tso',
          jobs: 2,
        },
        ...{ executions: Number(values.executions), known: knownOf(variant, scenarios), pool },
      }),
    );
    if (finding === null && best === null) break;
    if (finding !== null && (best === null || finding.steps < best.steps)) best = finding;
  }
  if (best !== null) writeFileSync(path, serializeFinding(best));
  else if (before !== null) {
    rmSync(path);
    lost.push(variant);
  }
  console.log(`${variant}: ${best === null ? 'none' : `${best.violation.class}, ${best.steps} steps`}`);
}
await pool.close();
if (lost.length > 0) console.log(`no witness any more: ${lost.join(', ')}`);
