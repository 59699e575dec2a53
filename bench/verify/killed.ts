import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/explore/random.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

/**
 * Searches that are killed with SIGKILL at moments anywhere in their life, and gone on with until they end:
 * the answer and the witness must be those of one that nobody has killed.
 *
 *     npx tsx bench/verify/killed.ts [--runs 3] [--seed 1] [--most 8000] [--record] [VARIANT SCENARIO]...
 *
 * `--most`: milliseconds after which a run is killed at the latest. Exit code 1 for an answer that is another
 * one.
 */

const { runs, seed, most, isRecorded, positionals } = argumentsOf(
  { runs: 3, seed: 1, most: 8_000 },
  '[VARIANT SCENARIO]...',
);
const asked =
  positionals.length === 0 ? ['kvm/v9', 'whole-and-reclaim', '6.18', 'slot-to-another'] : positionals;
const random = new Random();
random.seed(seed, 0, 0);

interface Ended {
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function verify(more: readonly string[], killAfterMs: number | null): Promise<Ended> {
  return new Promise((resolve) => {
    const command = ['scripts/run.mjs', 'verify', '--json', ...more];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('close', (_, signal) => {
      if (timer !== null) clearTimeout(timer);
      resolve({ killed: signal === 'SIGKILL', stdout, stderr });
    });
  });
}

/** What has to be the same: all but the time, and the bytes of the finding in the place of its path. */
function told(stdout: string): string {
  const [verdict] = (JSON.parse(stdout) as { readonly verdicts: readonly { finding: string | null }[] })
    .verdicts;
  const finding = verdict.finding === null ? null : readFileSync(verdict.finding, 'utf8');
  return JSON.stringify({ ...verdict, seconds: 0, finding });
}

let [kills, resumed, wrong, ended] = [0, 0, 0, 0];
const directory = mkdtempSync(join(tmpdir(), 'killed-'));
for (let at = 0; at < asked.length; at += 2) {
  const [variant, scenario] = asked.slice(at);
  const what = ['--variant', variant, '--scenario', scenario, '--out', join(directory, 'findings')];
  const whole = told((await verify(what, null)).stdout);
  for (let run = 0; run < runs; run++) {
    const state = join(directory, `${at}-${run}`);
    mkdirSync(state);
    for (;;) {
      const keeping = ['--state', state, '--resume', '--state-every', '200ms'];
      const end = await verify([...what, ...keeping], random.below(most) + 1);
      if (end.stderr.includes('goes on with')) resumed++;
      if (end.killed) {
        kills++;
        continue;
      }
      ended++;
      if (told(end.stdout) === whole) break;
      wrong++;
      console.log(`${variant} in ${scenario}: ${told(end.stdout)} instead of ${whole}; ${end.stderr}`);
      break;
    }
    console.log(`${variant} in ${scenario}, run ${run + 1}: ${kills} kills by now, ${resumed} times gone on`);
  }
}
rmSync(directory, { recursive: true });
const result =
  `${ended} searches, killed ${kills} times and gone on with ${resumed} times: ` + `${wrong} answers differ`;
console.log(result);
const given = positionals.join(' ');
if (isRecorded)
  record({
    what:
      'searches of all executions that are killed at any moment and gone on with ' +
      '(bar: no answer differs)',
    result,
    command: `npx tsx bench/verify/killed.ts --runs ${runs} --seed ${seed} --most ${most} ${given}`,
  });
process.exitCode = wrong > 0 ? 1 : 0;
