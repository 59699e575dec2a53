/**
 * Generations are Linux's, not the machine's: a kernel that counts none may change as many page-table entries
 * as it likes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { COMMAND } from '../cli/start.js';

const folder = mkdtempSync(join(tmpdir(), 'shootdown-no-generations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One CPU: its own flush of everything is enough. */
const MODULE = `
import { defineScenario, defineVariant, type KernelCpu, type Protocol, steps } from 'shootdown';
const { A, B, dontneed, run, script, write } = steps;
function* flushHere(cpu: KernelCpu): Protocol<void> {
  yield* cpu.invpcid(2, 0, 0);
}
export const mine = defineVariant({ name: 'no-generation', base: '6.18', replace: { flushTlbMmRange: flushHere } });
const pages = Array.from({ length: 64 }, (_, page) => page);
export const long = defineScenario({
  name: 'two-times-64-pages',
  pages: 64,
  scripts: [script(...[A, B].flatMap((mm) => [run(mm), write(...pages), dontneed(0, 64)]))],
});
`;

it('a kernel without generations runs, however many entries it changes', { timeout: 120_000 }, () => {
  const path = join(folder, 'no-generations.ts');
  writeFileSync(path, MODULE);
  const argv = [COMMAND, 'hunt', path, '--executions', '10', '--jobs', '1', '--no-type-check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect(stderr).not.toContain('generation');
  expect(stdout).toMatch(/no-generation +none in 10 executions/);
  expect(status).toBe(0);
});
