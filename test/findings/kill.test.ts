import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkOutDirectory } from '../../src/findings/out-directory.js';
import { readFinding } from '../../src/findings/read.js';
import { isTemporaryName } from '../../src/findings/temporary-name.js';
import { xorshift } from '../trace/xorshift.js';

/**
 * bench/safety/kill.ts does this to whole hunts, a hundred times and at every moment; here a process does
 * nothing but save.
 */
const KILLS = 10;
const program = fileURLToPath(new URL('save-forever.ts', import.meta.url));

async function saveUntilKilled(directory: string, first: number, ms: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    if (stdout === '') setTimeout(() => child.kill('SIGKILL'), ms);
    stdout += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return stdout.split('\n').slice(0, -1);
}

it(`loses no finding that was told and leaves none half written, killed ${KILLS} times`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'shootdown-killed-'));
  const random = xorshift(9);
  let told = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const paths = await saveUntilKilled(directory, kill * 100_000, random(40));
    told += paths.length;
    const names = new Set(readdirSync(directory));
    for (const path of paths) expect(names).toContain(basename(path));
  }
  const names = readdirSync(directory);
  const findings = names.filter((name) => name.endsWith('.json'));
  // Killed after the name was given and before it was printed: a finding more, never one less.
  expect(findings.length).toBeGreaterThanOrEqual(told);
  for (const name of findings)
    expect(readFinding(join(directory, name)).traceHash).toBe(/([0-9a-f]{8})\.json$/.exec(name)?.[1]);
  const others = names.filter((name) => !name.endsWith('.json'));
  expect(others.filter((name) => !isTemporaryName(name))).toEqual([]);
  // What is left is nobody's finding, and a later run takes it away.
  for (const name of others) utimesSync(join(directory, name), 1, 1);
  checkOutDirectory(directory);
  expect(readdirSync(directory)).toHaveLength(findings.length);
  rmSync(directory, { recursive: true });
});
