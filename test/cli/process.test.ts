import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMAND } from './start.js';

/** The command as a process of its own: streams that fail, and the exit code as a shell sees it. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function start(
  argv: readonly string[],
  stdout: 'pipe' | number = 'pipe',
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...argv], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
}

async function finish(
  child: ChildProcess,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stdout, stderr };
}

describe('the process', () => {
  it('prints help and ends with 0', async () => {
    const run = await finish(start(['--help']));
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('Usage: shootdown');
  });

  it('ends with 2 on bad usage', async () => {
    const run = await finish(start(['list', 'nothing']));
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/^shootdown: .*\n$/);
  });

  it('delivers all of a long output through a pipe', async () => {
    const run = await finish(start(['list', 'assumptions', '--json']));
    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout).length).toBeGreaterThan(10);
  });

  // Maps of what runs here lead to sources beside it, as those of the package do.
  it('ends with 2 where kernel code cannot go on for what a module did, and says where', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'shootdown-process-'));
    const module = join(directory, 'wild.mjs');
    writeFileSync(
      module,
      [
        "import { defineVariant, shouldFlushTlb } from 'shootdown';",
        'const f = function* (cpu, target) {',
        '  yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, 77);',
        '  return yield* shouldFlushTlb(cpu, target);',
        '};',
        "export const wild = defineVariant({ name: 'wild', replace: { shouldFlushTlb: f } });",
      ].join('\n'),
    );
    const hunt = ['hunt', module, '--scenario', 'reclaim-mprotect', '--executions', '5000', '--jobs', '1'];
    const { exitCode, stderr } = await finish(start([...hunt, '--out', directory]));
    rmSync(directory, { recursive: true });
    expect(stderr).toMatch(/^shootdown: \S*wild\.mjs: variant "wild" .* go on at src\/\S+\.ts:\d+: .+\n$/);
    expect(exitCode).toBe(2);
  });

  it('ends with 130 at Ctrl-C, after printing what is known, and keeps the findings', async () => {
    const out = mkdtempSync(join(tmpdir(), 'shootdown-process-'));
    const child = start(['hunt', '--variant', 'b3,6.18', '--budget', '50s', '--jobs', '1', '--out', out]);
    const ended = finish(child);
    // The first variant falls at once; the second would use up its budget.
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => chunk.includes('b3--') && resolve());
      child.on('close', () => resolve());
    });
    child.kill('SIGINT');
    const run = await ended;
    expect(run).toMatchObject({
      exitCode: 130,
      stderr: 'interrupted: what is known by now follows; findings are kept\n',
    });
    expect(run.stdout).toContain('b3 rests on');
    expect(readdirSync(out)).toHaveLength(1);
    rmSync(out, { recursive: true });
  });

  it(
    'winds down when it is asked to end by a job that is cancelled, and ends with that ' + "signal's code",
    async () => {
      const out = mkdtempSync(join(tmpdir(), 'shootdown-process-'));
      const child = start([
        'hunt',
        '--variant',
        'b4,6.18',
        '--scenario',
        'reclaim',
        '--budget',
        '50s',
        '--jobs',
        '1',
        '--out',
        out,
      ]);
      const ended = finish(child);
      await new Promise<void>((resolve) => {
        child.stdout?.on('data', (chunk: Buffer) => chunk.includes('b4--') && resolve());
        child.on('close', () => resolve());
      });
      child.kill('SIGTERM');
      const run = await ended;
      expect(run).toMatchObject({
        exitCode: 143,
        stderr: 'interrupted: what is known by now follows; findings are kept\n',
      });
      expect(run.stdout).toContain('6.18 rests on');
      expect(readdirSync(out)).toHaveLength(1);
      rmSync(out, { recursive: true });
    },
  );

  it.each([0, 500])(
    "ends with the signal's code where the bundler is asked to end too: %i ms after it begins",
    async (ms) => {
      const folder = mkdtempSync(join(tmpdir(), 'shootdown-process-'));
      const marker = join(folder, 'loaded');
      const module = join(folder, 'm.ts');
      writeFileSync(
        module,
        [
          "import { writeFileSync } from 'node:fs';",
          "import { plainProgram } from 'shootdown';",
          `writeFileSync(${JSON.stringify(marker)}, '');`,
          'const set = function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); };',
          "export const p = plainProgram({ name: 'p', words: { x: 0 }, cpus: [set] });",
        ].join('\n'),
      );
      const argv = [COMMAND, 'verify', module, '--no-type-check', '--out', folder];
      const child = spawn(process.execPath, argv, {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const ended = finish(child);
      while (!existsSync(marker) && child.exitCode === null) await setTimeout(2);
      await setTimeout(ms);
      // The whole group, as a terminal and most of CI do.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      expect(await ended).toMatchObject({ exitCode: 143, stderr: '' });
      rmSync(folder, { recursive: true });
    },
  );

  it('ends with 3 where the bundler is gone, and says that it was the bundler', async () => {
    // What is built in needs none.
    const argv = ['hunt', 'examples/ticket-lock.ts', '--no-type-check', '--jobs', '1'];
    const gone = join(tmpdir(), 'no-such-bundler');
    writeFileSync(gone, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    expect(await finish(start(argv, 'pipe', { ESBUILD_BINARY_PATH: gone }))).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /^shootdown: the bundler, esbuild, gave no answer: [^\n]*; run this again\n$/,
      ),
    });
    rmSync(gone);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'keeps the finding whose JSON document could not be written',
    async () => {
      const out = mkdtempSync(join(tmpdir(), 'shootdown-process-'));
      const argv = [
        'hunt',
        '--variant',
        'b4',
        '--scenario',
        'reclaim',
        '--jobs',
        '1',
        '--json',
        '--out',
        out,
      ];
      const run = await finish(start(argv, openSync('/dev/full', 'w')));
      expect(run).toMatchObject({
        exitCode: 3,
        stderr: expect.stringMatching(/^shootdown: cannot write to stdout: the disk is full [^\n]*\n$/),
      });
      expect(readdirSync(out)).toHaveLength(1);
      rmSync(out, { recursive: true });
    },
  );

  it.skipIf(!existsSync('/dev/full'))('says that its output could not be written', async () => {
    const run = await finish(start(['list', 'assumptions'], openSync('/dev/full', 'w')));
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toBe(
      'shootdown: cannot write to stdout: the disk is full (ENOSPC); make room or write elsewhere\n',
    );
  });
});
