/**
 * Hunts that find something, each killed with SIGKILL at a seeded moment, one after the other in one --out:
 *
 *     npx tsx bench/safety/kill.ts [--kills 100] [--aimed 30] [--seed 1] [--variants ...] [--scenarios ...]
 *     [--record]
 *
 * `--kills` fall anywhere between the start of the process and its end; `--aimed` ones within the
 * milliseconds in which a finding is being saved. After each: every finding that the process had printed is
 * there and whole, every *.json in --out is one that reads and replays, nothing that was there before has
 * changed, and what else is there is recognisable. At the end a run among the leftovers must succeed. Exit
 * code 1 where anything of it is not so.
 */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFinding } from '../../src/findings/read.js';
import { isTemporaryName } from '../../src/findings/temporary-name.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { xorshift } from '../../test/trace/xorshift.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const given = argumentsOf({
  ...{ kills: 100, aimed: 30, seed: 1 },
  ...{ variants: 'b3,b4,kvm/v5,b2', scenarios: 'ping-pong-dontneed,reclaim,two-flushers' },
});
const { kills, isRecorded } = given;
const random = xorshift(given.seed);
const directory = mkdtempSync(join(tmpdir(), 'shootdown-kill-'));
const out = join(directory, 'findings');
const temporary = join(directory, 'tmp');
mkdirSync(out);
mkdirSync(temporary);

/** A hunt's command line; another seed is other findings under the same names. */
const argv = (seed: number): string[] => {
  const line =
    `hunt --variant ${given.variants} --scenario ${given.scenarios} --jobs 1 --seed ` +
    `${seed} --out ${out}`;
  return ['--import', 'tsx', 'src/cli/main.ts', ...line.split(' ')];
};

interface Run {
  readonly ms: number;
  readonly code: number | null;
  readonly stdout: string;
}

/** Runs a hunt; `when` is told how to kill it. */
async function run(seed: number, when: (kill: () => void) => void = () => undefined): Promise<Run> {
  const began = performance.now();
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, argv(seed), { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  when(() => child.kill('SIGKILL'));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { ms: performance.now() - began, code, stdout };
}

const wrong: string[] = [];
const known = new Map<string, Buffer>();
let printed = 0;
let leftovers = 0;

function check({ stdout }: Run, what: string): void {
  const complain = (text: string): void => {
    wrong.push(`${what}: ${text}`);
    console.log(`${what}: ${text}`);
  };
  // Whole lines only: the last may be cut short by the kill.
  const told = stdout.slice(0, stdout.lastIndexOf('\n') + 1).match(/\/\S+\.json(?=\n)/g) ?? [];
  printed += new Set(told).size;
  const names = readdirSync(out);
  for (const path of told)
    if (!names.includes(path.slice(out.length + 1))) complain(`${path} was printed and is not there`);
  for (const [name, bytes] of known) {
    if (!names.includes(name)) complain(`${name} is gone`);
    else if (!readFileSync(join(out, name)).equals(bytes)) complain(`${name} has changed`);
  }
  leftovers = 0;
  for (const name of names) {
    if (isTemporaryName(name)) leftovers++;
    else if (!name.endsWith('.json')) complain(`${name} is neither a finding nor a temporary file`);
    else if (!known.has(name)) {
      try {
        const { reproduced, reason } = replayFinding(readFinding(join(out, name)));
        if (!reproduced) complain(`${name} does not replay: ${reason}`);
      } catch (error) {
        complain(`${name} is broken: ${error instanceof Error ? error.message : String(error)}`);
      }
      known.set(name, readFileSync(join(out, name)));
    }
  }
}

const whole = await run(1);
check(whole, 'the whole run');
if (whole.code !== 1) wrong.push(`the whole run ended with ${whole.code}`);
let died = 0;
for (let i = 1; i <= kills; i++) {
  const ms = random(Math.round(whole.ms));
  const killed = await run(i + 1, (kill) => setTimeout(kill, ms));
  if (killed.code === null) died++;
  check(killed, `kill ${i} after ${ms} ms`);
}
let aimed = 0;
for (let i = 1; i <= given.aimed; i++) {
  // The directory changes when a temporary file is made, gets its finding's name, and goes.
  const skip = random(8);
  let changes = 0;
  let watcher: { close(): void } | null = null;
  const killed = await run(1_000 + i, (kill) => {
    watcher = watch(out, () => {
      if (changes++ === skip) kill();
    });
  });
  (watcher as { close(): void } | null)?.close();
  if (killed.code === null) aimed++;
  check(killed, `aimed kill ${i} at change ${skip}`);
}
const bundled = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('shootdown-'));
const before = { leftovers, bundles: bundled().length };
// An hour later.
for (const name of readdirSync(out)) if (isTemporaryName(name)) utimesSync(join(out, name), 1, 1);
for (const name of bundled()) utimesSync(join(temporary, name), 1, 1);
const last = await run(1);
check(last, 'the run among the leftovers');
if (last.code !== 1) wrong.push(`the run among the leftovers ended with ${last.code}`);
if (leftovers > 0) wrong.push(`${leftovers} temporary files were not taken away`);
const bundles = bundled().length;
if (bundles > 0) wrong.push(`${bundles} directories of bundled code were not taken away`);

const result =
  `${died} of ${kills} killed (the others were faster) in runs of ${(whole.ms / 1000).toFixed(1)} s, ` +
  `${aimed} more while saving; ` +
  `${printed} findings printed, ${known.size} files, ${before.leftovers} temporary files and ` +
  `${before.bundles} bundles left and taken away; wrong: ${wrong.length}`;
console.log(result);
const command = `npx tsx bench/safety/kill.ts --kills ${kills} --aimed ${given.aimed}`;
if (isRecorded) record({ what: 'hunts that are killed lose no finding', result, command });
for (const text of wrong) console.log(`  ${text}`);
rmSync(directory, { recursive: true });
process.exitCode = wrong.length === 0 ? 0 : 1;
