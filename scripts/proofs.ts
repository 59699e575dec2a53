/**
 * Makes the verdicts that travel with the package: decides the rows of `study remote-tlb-gen` by all
 * executions of small scenarios and writes data/proofs/remote-tlb-gen.json. Each verdict is on the disk as
 * soon as it is there, so that a run which was ended goes on there; where code has changed on which verdicts
 * depend, all are decided anew. A test says when the file is of other code. One that is ended early (Ctrl-C,
 * `--minutes`) writes what is decided by then; what is smallest comes first.
 *
 *     npx tsx scripts/proofs.ts [--jobs N] [--minutes N] [--state FILE]
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { NO_MODULES } from '../src/bundle/modules.js';
import { decideStudy } from '../src/study/exhaustive/decide-cells.js';
import { isDecided } from '../src/study/exhaustive/decided-cell.js';
import { remoteTlbGen } from '../src/study/remote-tlb-gen.js';
import { type ShippedCell, serializeShipped } from '../src/study/shipped/shipped-file.js';
import { shippedFile } from '../src/study/shipped/shipped-proofs.js';
import { codeHashOf, valueHashOf } from '../src/vocabulary/code-hash.js';
import { decidingFiles } from './deciding-files.js';
import { proofCells, STATES_MAX, shippedCell } from './proof-cells.js';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2' },
    minutes: { type: 'string' },
    state: { type: 'string', default: 'node_modules/.cache/shootdown-proofs.jsonl' },
  },
});
const ROOT = new URL('../', import.meta.url);
const PROGRESS_EVERY = 50;

const began = performance.now();
const files = await decidingFiles(ROOT);
const codeHash = codeHashOf(files, ROOT);
const cells = proofCells();
const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
if (values.minutes !== undefined) setTimeout(() => abort.abort(), Number(values.minutes) * 60_000).unref();
let done = 0;
const decided = await decideStudy(
  {
    ...{ cells, memory: 'tso', memoryLimit: 2 ** 30, statesMax: STATES_MAX },
    ...{ jobs: Number(values.jobs), signal: abort.signal, keep: () => null, onProgress: () => undefined },
    onCell: ({ isKept }) => {
      if (++done % PROGRESS_EVERY === 0 && !isKept) console.log(`${done} of ${cells.length}, ${seconds()} s`);
    },
  },
  values.state,
  NO_MODULES,
);
if (decided.failure !== null) throw decided.failure;
if (codeHash !== codeHashOf(files, ROOT)) throw new Error('sources have changed meanwhile: run it again');
const rows = new Map<string, ShippedCell[]>();
for (const cell of decided.cells.filter(({ verdict }) => isDecided(verdict)))
  rows.set(cell.row.variant, [...(rows.get(cell.row.variant) ?? []), shippedCell(cell)]);
const scenarios = new Map(cells.map(({ scenario }) => [scenario.name, valueHashOf(scenario)]));
mkdirSync(new URL('data/proofs/', ROOT), { recursive: true });
writeFileSync(
  new URL(shippedFile(remoteTlbGen.name), ROOT),
  serializeShipped({
    ...{ format: 'shootdown-proofs', version: 1, study: remoteTlbGen.name, memory: 'tso', codeHash, files },
    scenarios: Object.fromEntries(scenarios),
    rows: [...rows].map(([variant, own]) => ({ variant, cells: own })),
  }),
);
const open = decided.cells.filter(({ verdict }) => !isDecided(verdict));
for (const { row, scenario } of open)
  console.log(`${row.variant} in ${scenario.name}: more than ${STATES_MAX} states`);
console.log(`${decided.cells.length - open.length} of ${cells.length} decided, ${seconds()} s`);

function seconds(): number {
  return Math.round((performance.now() - began) / 1000);
}
