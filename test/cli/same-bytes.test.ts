import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMAND } from './start.js';

/** One seed, twice, as real processes: other jobs, and other seeds of V8's hashes and random numbers. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'shootdown-same-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a hunt printed, without its times, and what it saved. */
function hunt(
  name: string,
  jobs: number,
  v8Seed: number,
): Promise<{ printed: string; saved: (readonly [string, string])[] }> {
  const out = join(folder, name);
  const node = [`--hash-seed=${v8Seed}`, `--random-seed=${v8Seed}`, COMMAND];
  const variants = ['--variant', 'b1,b3,6.18', '--scenario', 'ping-pong-dontneed,two-flushers'];
  const argv = [
    ...node,
    'hunt',
    ...variants,
    '--executions',
    '600',
    '--seed',
    '5',
    '--jobs',
    String(jobs),
    '--out',
    out,
    '--json',
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { cwd: root }, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) return reject(new Error(stderr));
      const printed = stdout.replaceAll(out, 'OUT').replaceAll(/^ *"\w*[sS]econds\w*": .*$/gm, '');
      const saved = readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'utf8')] as const);
      resolve({ printed, saved });
    });
  });
}

describe('a hunt', () => {
  it('prints and saves the same bytes with other jobs and other hash seeds', async () => {
    const [one, other] = await Promise.all([hunt('one', 1, 1), hunt('other', 3, 987_654)]);
    expect(one.saved.length).toBeGreaterThan(0);
    expect(other.saved).toEqual(one.saved);
    expect(other.printed).toBe(one.printed);
  }, 120_000);
});
