import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { Cluster, missingPrograms } from './cluster.js';

/**
 * examples/ci/slurm, for real: eight tasks on a Slurm of one computer, one of them killed in the middle, done
 * again, and merged. Nothing may be lost or counted twice: as many executions as the same hunt does alone, and
 * its violations.
 *
 *     npx tsx bench/ci/slurm.ts [--executions 300] [--port 16817] [--record]
 *
 * `--executions`: of each shard and variant. Exit code 1 where something is lost; 0, and it says so, where
 * Slurm (Debian: slurm-wlm, munge) is not installed, or this is not root.
 */

const TASKS = 8;
const PATIENCE_MS = 900_000;
const SHOOTDOWN = `node ${fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url))}`;
const SCRIPTS = fileURLToPath(new URL('../../examples/ci/slurm/', import.meta.url));

interface Verdicts {
  readonly verdicts: readonly {
    readonly variant: string;
    readonly executions: number;
    readonly violation: string | null;
    readonly scenario: string;
  }[];
}

const { executions, port, isRecorded } = argumentsOf({ executions: 300, port: 16_817 });
const missing = missingPrograms();
if (missing.length > 0 || process.getuid?.() !== 0) {
  console.log(missing.length > 0 ? `skipped: ${missing.join(', ')} not installed` : 'skipped: not root');
} else {
  process.exitCode = (await tried()) ? 0 : 1;
}

/** Of the node processes that do a shard's hunt, by what they write. */
function processOf(task: number): number | null {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (argv[0].endsWith('node') && argv.includes(`blobs/${task}.json`)) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  return null;
}

function told(argv: readonly string[], cwd: string): Verdicts {
  const [command, ...rest] = [...SHOOTDOWN.split(' '), ...argv];
  const { stdout, stderr } = spawnSync(command, rest, { cwd, encoding: 'utf8' });
  if (stdout === '') throw new Error(`${argv.join(' ')} told nothing\n${stderr}`);
  return JSON.parse(stdout);
}

async function tried(): Promise<boolean> {
  const project = mkdtempSync(join(tmpdir(), 'shootdown-slurm-'));
  const cluster = new Cluster(port);
  const hunt = `--variant 6.18,kvm/v1 --scenario slots-recycled,ping-pong-munmap`;
  try {
    await cluster.start();
    const env = {
      ...cluster.env,
      SHOOTDOWN,
      HUNT: `${hunt} --executions ${executions}`,
    };
    const [tasks, merge] = cluster
      .run('bash', [join(SCRIPTS, 'submit.sh')], { cwd: project, env })
      .trim()
      .split(' ');
    const killed = await killOne(cluster, tasks);
    await ended(cluster, merge);
    const states = cluster.states().filter((line) => line.startsWith(tasks));
    const detail = cluster.run('scontrol', ['show', 'job', `${tasks}_${killed}`]);
    const restarts = Number(/Restarts=(\d+)/.exec(detail)?.[1] ?? 0);
    console.log(`${states.join('; ')}; task ${killed} was killed, and begun again ${restarts} times`);

    const merged = told(['merge', 'blobs', '--json', '--out', 'merged'], project);
    const alone = told(
      ['hunt', ...hunt.split(' '), '--executions', String(executions * TASKS), '--json', '--out', 'alone'],
      project,
    );
    const wrong = differences(merged, alone, executions * TASKS);
    for (const line of wrong) console.error(line);
    const junit = readdirSync(project).includes('junit.xml');
    if (!junit) console.error('the merge that Slurm began has written no junit.xml');
    const isRight = wrong.length === 0 && junit && restarts > 0 && states.length === TASKS;
    const result = `${TASKS} tasks, 1 killed and done again; ${wrong.length} differences from the hunt alone`;
    console.log(result);
    if (isRecorded)
      record({
        what: `a hunt as a Slurm array (slurm-wlm, one node), a task killed with SIGKILL`,
        result,
        command: `npx tsx bench/ci/slurm.ts --executions ${executions}`,
      });
    return isRight;
  } finally {
    await cluster.stop();
    rmSync(project, { recursive: true, force: true });
  }
}

/** Kills a task's hunt in its middle; which one. */
async function killOne(cluster: Cluster, tasks: string): Promise<number> {
  const began = Date.now();
  while (Date.now() - began < PATIENCE_MS) {
    for (let task = 0; task < TASKS; task++) {
      if (processOf(task) === null) continue;
      await sleep(1_500);
      const pid = processOf(task);
      // The array's number is in the state, so that nothing of another cluster is killed.
      if (pid === null || !cluster.states().some((line) => line.startsWith(`${tasks}_${task} RUNNING`)))
        continue;
      process.kill(pid, 'SIGKILL');
      return task;
    }
    await sleep(100);
  }
  throw new Error('no task was seen running');
}

async function ended(cluster: Cluster, job: string): Promise<void> {
  const began = Date.now();
  while (Date.now() - began < PATIENCE_MS) {
    const state = cluster.states().find((line) => line.startsWith(`${job} `));
    if (state === undefined || !/PENDING|RUNNING|COMPLETING|CONFIGURING/.test(state)) return;
    await sleep(500);
  }
  throw new Error(`the merge has not ended: ${cluster.states().join('; ')}`);
}

/** What shards and merge tell otherwise than one hunt does. */
function differences(merged: Verdicts, alone: Verdicts, whole: number): string[] {
  return alone.verdicts.flatMap((one) => {
    const other = merged.verdicts.find(({ variant }) => variant === one.variant);
    if (other?.violation !== one.violation)
      return [`${one.variant}: ${other?.violation} merged, ${one.violation} alone`];
    // Where there is a violation each shard ends at its own first.
    if (one.violation === null && other?.executions !== whole)
      return [`${one.variant}: ${other?.executions} executions merged, not ${whole}`];
    return [];
  });
}
