/**
 * Mutated findings, baselines, blobs, recordings, meta files and hypervisor logs through the command line: each
 * ends in an answer or in one line and exit code 2, without a stack, an escape or a hang. The script runs as many
 * as wanted; here are some of each kind. It is a process of its own because a replay reads the call stack at
 * every step, which is twenty times slower where a test runner maps it back to sources.
 */

import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const CASES = process.env.FUZZ_CASES ?? '200';

it(`${CASES} mutated files are answered, whatever is in them`, { timeout: 300_000 }, () => {
  const argv = ['--import', 'tsx', 'bench/safety/fuzz.ts', '--cases', CASES];
  const { status, stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect(stdout).toMatch(new RegExp(`^${CASES} cases, wrong: 0;`, 'm'));
  expect(status).toBe(0);
  // Not all may be refused at the door: then nothing behind it would be tried.
  for (const outcome of [
    'program: exit 2',
    'baseline: exit 0',
    'baseline: exit 2',
    'blob: exit 1',
    'blob: exit 2',
    'lies: exit 1',
    'lies: exit 2',
    'json: exit 2',
    'trace: exit 0',
    'meta: exit 0',
  ])
    expect(stdout).toContain(outcome);
});
