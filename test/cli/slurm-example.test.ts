import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/**
 * examples/ci/slurm/task.sh beside programs that only write down that they were called; bench/ci/slurm.ts runs
 * it on a Slurm.
 */

const TASK = fileURLToPath(new URL('../../examples/ci/slurm/task.sh', import.meta.url));
let folder = '';
let log = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shootdown-slurm-'));
  log = join(folder, 'log');
  for (const name of ['scontrol', 'sleep', 'shootdown'])
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\necho "${name} $*" >> '${log}'\n${name === 'shootdown' ? 'exit "$ENDS_WITH"' : ''}\n`,
      { mode: 0o755 },
    );
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => writeFileSync(log, ''));

function task(endsWith: number, restarts?: number): { exitCode: number | null; calls: string[] } {
  const { status } = spawnSync('bash', [TASK], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      SHOOTDOWN: 'shootdown',
      HUNT: '--variant b1',
      ENDS_WITH: String(endsWith),
      SLURM_ARRAY_TASK_ID: '5',
      SLURM_JOB_ID: '77',
      ...(restarts === undefined ? {} : { SLURM_RESTART_COUNT: String(restarts) }),
    },
  });
  const calls = readFileSync(log, 'utf8').split('\n');
  return { exitCode: status, calls: calls.filter((line) => line !== '') };
}

const HUNT = 'shootdown hunt --variant b1 --jobs 1 --shard auto --reporter blob --reporter-file blobs/5.json';

describe('a task of a Slurm array', () => {
  it.each([
    ['found nothing', 0, 0],
    ['found a violation, which the merge tells,', 1, 0],
    ['was asked for what there is not', 2, 2],
  ])('that %s is done', (_, endsWith, exitCode) => {
    expect(task(endsWith)).toEqual({ exitCode, calls: [HUNT] });
  });

  it.each([
    ['the machine failed', 3, undefined],
    ['was killed', 137, 2],
  ])('that %s is done again', (_, endsWith, restarts) => {
    // Slurm ends the script while it sleeps.
    expect(task(endsWith, restarts)).toEqual({
      exitCode: endsWith,
      calls: [HUNT, 'scontrol requeue 77', 'sleep 60'],
    });
  });

  it('gives up after three more', () => {
    expect(task(137, 3)).toEqual({ exitCode: 137, calls: [HUNT] });
  });
});
