import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMAND } from '../start.js';

/** Real runs: one that is cut in the middle of its hunt, and one that Ctrl-C ends with the watch. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shootdown-again-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A start may translate all sources first. */
const PATIENCE_MS = 60_000;

const MODULE = `import { plainProgram } from 'shootdown';
function* store(cpu, at) { yield* cpu.writeOnce(at.flag, 1); }
export const program = plainProgram({ name: 'stores', words: { flag: 0 }, cpus: [store, store] });
`;

it(
  'cuts the run of a file that changes; Ctrl-C leaves no process and no temporary folder',
  async () => {
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const module = join(folder, 'store.mjs');
    writeFileSync(module, MODULE);
    const argv = ['hunt', module, '--watch', '--budget', '60s', '--jobs', '1', '--out', join(folder, 'out')];
    const child = spawn(process.execPath, [COMMAND, ...argv], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const heads = () => expect.poll(() => said.split('seed 1').length - 1, { timeout: PATIENCE_MS });
    try {
      await heads().toBe(1);
      // Its worker's code.
      await expect.poll(() => readdirSync(temporary), { timeout: PATIENCE_MS }).not.toEqual([]);
      writeFileSync(module, `${MODULE}// changed\n`);
      await heads().toBe(2);
      expect(said).toContain('rerun: ');
      expect(said).not.toContain('interrupted');
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toBe(130);
    expect(said).toContain('interrupted: ');
    expect(readdirSync(temporary)).toEqual([]);
    expect(processesIn(module)).toEqual([]);
  },
  3 * PATIENCE_MS,
);

/** Command lines of processes that name a file. */
function processesIn(file: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.includes(file) ? [line] : [];
    } catch {
      return [];
    }
  });
}
