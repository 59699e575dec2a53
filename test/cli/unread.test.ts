import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMAND } from './start.js';

/** Output whose reader goes away, as with `| head -1`: each a process of its own, for its exit code. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'shootdown-unread-'));
afterAll(() => rmSync(out, { recursive: true }));

interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly ms: number;
}

/** Runs a command whose stdout is closed at once, or once it has said something. */
async function unread(argv: readonly string[], after = ''): Promise<Ended> {
  const began = performance.now();
  const child = spawn(process.execPath, [COMMAND, ...argv], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let [read, stderr] = ['', ''];
  if (after === '') child.stdout.destroy();
  child.stdout.on('data', (chunk) => {
    read += chunk;
    if (read.includes(after)) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stderr, ms: performance.now() - began };
}

describe('output that nobody reads any more', () => {
  it.each([
    ['a list', ['list', 'assumptions']],
    ['a document', ['list', 'assumptions', '--json']],
    ['help', ['--help']],
    ['litmus tests', ['litmus', 'examples']],
  ])('ends %s quietly, as SIGPIPE does', async (_, argv) => {
    expect(await unread(argv)).toMatchObject({ exitCode: 141, stderr: '' });
  });

  it('is no verdict: a check that would have ended with 0 does not', async () => {
    const argv = ['verify', 'examples/ticket-lock.ts', '--no-type-check', '--out', out];
    expect(await unread(argv)).toMatchObject({ exitCode: 141, stderr: '' });
  });

  it('hides no mistake', async () => {
    const run = await unread(['list', 'nothing']);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^shootdown: [^\n]+\n$/) });
  });

  it('keeps what is found, and winds a hunt down whose next words nobody hears', async () => {
    const targets = ['--variant', 'b3,6.18', '--scenario', 'ping-pong-dontneed'];
    const argv = ['hunt', ...targets, '--budget', '50s', '--jobs', '1', '--out', out];
    // The table's head is heard. The first variant falls at once, and the second would use up its budget.
    const run = await unread(argv, 'FINDING');
    expect(run).toMatchObject({ exitCode: 141, stderr: '' });
    expect(run.ms).toBeLessThan(40_000);
    expect(readdirSync(out)).toHaveLength(1);
  });
});
