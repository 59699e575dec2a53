/**
 * Mutated findings, baselines, blobs, recordings, meta files and hypervisor logs through the command line: each
 * must end in an answer or one line.
 *
 *     npx tsx bench/safety/fuzz.ts [--cases 20000] [--from 0] [--record]
 *
 * Exit code 1 where one is not. A long run goes on with `--from`: case N is the same in every run.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileFuzzer } from '../../test/cli/fuzz/case.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

const { cases, from, isRecorded } = argumentsOf({ cases: 20_000, from: 0 });
// A replay reads the call stack at every step; where it is written in the sources matters to nobody here.
process.setSourceMapsEnabled(false);
const directory = mkdtempSync(join(tmpdir(), 'shootdown-fuzz-'));
const fuzzer = new FileFuzzer(directory, 10_000);
const codes = new Map<string, number>();
const spent = new Map<string, number>();
let slowest = 0;
let wrong = 0;
const began = performance.now();
for (let index = from; index < from + cases; index++) {
  const result = await fuzzer.run(index);
  const key = `${result.kind}: exit ${result.exitCode}`;
  codes.set(key, (codes.get(key) ?? 0) + 1);
  spent.set(result.kind, (spent.get(result.kind) ?? 0) + result.ms);
  slowest = Math.max(slowest, result.ms);
  if (result.wrong === null) continue;
  wrong++;
  console.log(`case ${index} (${result.kind}): ${result.argv.join(' ')}\n    ${result.wrong}`);
}
const seconds = (performance.now() - began) / 1000;
const result = `wrong: ${wrong}; ${seconds.toFixed(0)} s, slowest ${Math.round(slowest)} ms of processor time`;
console.log(`${cases} cases, ${result}`);
const command = `npx tsx bench/safety/fuzz.ts --cases ${cases}${from === 0 ? '' : ` --from ${from}`}`;
if (isRecorded) record({ what: `${cases} mutated files through the command line`, result, command });
for (const [key, number] of [...codes].sort()) console.log(`  ${key}: ${number}`);
console.log(`seconds: ${[...spent].map(([kind, ms]) => `${kind} ${(ms / 1000).toFixed(1)}`).join(', ')}`);
if (wrong === 0) rmSync(directory, { recursive: true });
else console.log(`files: ${directory}`);
process.exitCode = wrong === 0 ? 0 : 1;
