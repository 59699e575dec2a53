import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMAND } from './start.js';

/**
 * `stress` and `doctor` as processes, with real threads. What is asked for must hold on a busy machine too:
 * limits on time are those of the command with slack for the start of a process.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(line: string): {
  child: ChildProcess;
  ended: Promise<Ended>;
  prints(text: string): Promise<void>;
} {
  const child = spawn(process.execPath, [COMMAND, ...line.split(' ')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers: (() => void)[] = [];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    for (const watch of watchers) watch();
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  // A process ends when its last thread has: that it ends is that all workers are gone.
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr })),
  );
  const prints = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const watch = (): void => void (stdout.includes(text) && resolve());
      watchers.push(watch);
      watch();
      child.on('close', () => resolve());
    });
  return { child, ended, prints };
}

describe('stress on threads', () => {
  it('runs a correct kernel for as long as it was asked to, and ends with 0', async () => {
    const run = await start('stress --variant 6.18 --scenario munmap-storm --cpus 3 --for 1s --json').ended;
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({
      variant: '6.18',
      cpus: 3,
      progressed: 3,
      violations: [],
      latent: [],
      hang: null,
      dead: [],
      witness: null,
    });
    expect(result.selfTest.failed).toBe(false);
    expect(result.shootdowns).toBeGreaterThan(0);
    expect(result.ipis).toBeGreaterThan(0);
    expect(result.flushes.partial + result.flushes.full).toBeGreaterThan(0);
    // From the moment all CPUs are up, and ended within a second.
    expect(result.seconds).toBeGreaterThanOrEqual(1);
    expect(result.seconds).toBeLessThan(2);
  });

  it('finds a broken kernel at fault, and ends with 1', async () => {
    const run = await start('stress --variant b3 --scenario ping-pong-dontneed --for 30s --no-witness --json')
      .ended;
    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stdout).violations[0].class).toBe('stale-use');
  });

  it('ends within a second at Ctrl-C, with all workers gone', async () => {
    const { child, ended, prints } = start(
      'stress --variant 6.18 --scenario munmap-storm --cpus 6 --for 60s',
    );
    await prints('munmap-storm on 6 CPUs');
    // Into the run; the threads have started by then, or are about to.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const asked = performance.now();
    child.kill('SIGINT');
    const run = await ended;
    expect(run).toMatchObject({ exitCode: 130, stderr: 'interrupted: what was seen by then is above\n' });
    expect(run.stdout).toContain('CPUs made progress');
    expect(performance.now() - asked).toBeLessThan(2000);
  });
});

describe('doctor on this computer', () => {
  it('tests the memory accesses', async () => {
    const run = await start('doctor --json').ended;
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const answer = JSON.parse(run.stdout);
    expect(answer).toMatchObject({ format: 'shootdown-doctor', node: process.version, failed: false });
    expect(answer.tests.map(({ test }: { test: string }) => test)).toEqual(
      expect.arrayContaining(['SB', 'MP', 'CoRR', 'LB', 'X-Y-X']),
    );
    expect(answer.cores).toBeGreaterThanOrEqual(1);
  });
});
