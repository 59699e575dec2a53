/**
 * A finding cannot lie, whatever its kind: each place changed once, in a process of its own, since a replay
 * reads the call stack at every step, which is many times slower where a test runner maps it back to sources.
 * Of each kind a third is told, another one of the next: places that kinds have in common are all changed.
 * The bench tells all, each in every way.
 */

import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { KINDS } from './kinds.js';

it('no single place of a finding can lie', { timeout: 600_000 }, () => {
  const argv = ['--import', 'tsx', 'bench/safety/lies.ts', '--places', '1', '--once', '--every', '3'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  const lines = stdout.split('\n').map((line) => line.replace(/ \(.*$/, ''));
  for (const { name } of KINDS.filter(({ isSlow }) => isSlow !== true))
    expect(lines, stdout + stderr).toContainEqual(expect.stringMatching(`^${name}: \\d+ lies, wrong: 0$`));
  expect(status).toBe(0);
});
