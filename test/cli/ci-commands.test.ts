import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { partOf } from '../at-length.js';
import { commandsIn } from '../report/ci-reader.js';
import { cli } from './run-cli.js';
import { COMMAND } from './start.js';

/**
 * Modules, files and names that would be commands to CI: nothing printed is one but our own. Whole processes
 * where a module runs, whose console is the process's.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODULE = 'test/cli/fixtures/commands-to-ci.ts';
const out = mkdtempSync(join(tmpdir(), 'shootdown-ci-'));
afterAll(() => rmSync(out, { recursive: true }));

async function shootdown(
  ...argv: readonly string[]
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, GITHUB_STEP_SUMMARY: join(out, 'summary') };
  const child = spawn(process.execPath, [COMMAND, ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stdout, stderr };
}

/** The same in this process. */
const here = (...argv: readonly string[]) => cli(argv, { engine: createEngine() });

const hunt = (...argv: readonly string[]) =>
  shootdown(
    'hunt',
    MODULE,
    '--executions',
    '20',
    '--jobs',
    '1',
    '--no-type-check',
    '--out',
    join(out, 'findings'),
    ...argv,
  );

describe('what is printed of others', () => {
  const ways = [
    [],
    ['--json'],
    ['--reporter', 'junit'],
    ['--reporter', 'default,junit', '--reporter-file', join(out, 'junit.xml')],
    ['--baseline', join(out, 'baseline.json'), '--update-baseline'],
  ];
  it.each(partOf(ways, 2).map((flags) => [flags]))('hunt %j', async (flags) => {
    const run = await hunt(...flags);
    expect(run.exitCode).toBe(flags.includes('--update-baseline') ? 0 : 1);
    expect([...commandsIn(run.stdout), ...commandsIn(run.stderr)]).toEqual([]);
    expect(run.stdout + run.stderr).toContain('past the console');
    expect(run.stderr).toContain(':\\u003aerror::from the console');
    for (const file of readdirSync(out, { withFileTypes: true }))
      if (file.isFile()) expect(commandsIn(readFileSync(join(out, file.name), 'utf8'))).toEqual([]);
  });

  it('beside our own commands', async () => {
    const { stdout, stderr } = await hunt('--reporter', 'github-actions');
    expect(commandsIn(stderr)).toEqual([]);
    const commands = commandsIn(stdout);
    expect(commands).toEqual([
      expect.stringMatching(/^::stop-commands::/),
      expect.stringMatching(/^::[0-9a-f]{32}::$/),
      expect.stringMatching(/^::error title=%3A%3Aset-env name=PATH%3A%3A\/evil/),
    ]);
    expect(commandsIn(readFileSync(join(out, 'summary'), 'utf8'))).toEqual([]);
  });

  // Five processes, each some seconds on a slow machine.
  it('replayed, shown, on threads, refused', { timeout: 180_000 }, async () => {
    const folder = join(out, 'findings');
    const finding = join(folder, readdirSync(folder)[0]);
    const lines: readonly string[][] = [
      ['replay', finding, '--module', MODULE],
      ['show', '--plain', finding, '--module', MODULE],
      ['show', '--json', finding, '--module', MODULE],
      ['stress', MODULE, '--for', '200ms', '--no-type-check'],
      ['hunt', 'test/cli/fixtures/command-thrown.ts', '--no-type-check', '--out', folder],
    ];
    for (const argv of lines) {
      const { exitCode, stdout, stderr } = await shootdown(...argv);
      expect([0, 1, 2]).toContain(exitCode);
      expect([argv, ...commandsIn(stdout), ...commandsIn(stderr)]).toEqual([argv]);
    }
  });

  it.each([
    [['hunt', '--variant', '\r::error::x ##[error]y']],
    [['replay', '::error::file']],
    [['hunt', '\n::error::module.ts']],
  ])('refused: %j', async (argv) => {
    const { exitCode, stdout, stderr } = await here(...argv);
    expect(exitCode).toBe(2);
    expect([...commandsIn(stdout), ...commandsIn(stderr)]).toEqual([]);
  });

  it('of files that are no findings', async () => {
    const file = join(out, 'text.json');
    for (const text of [
      '::error::x',
      '{"format":"shootdown-finding","version":1,"##[error]key":1}',
      '{"\\r::error::x": ##[error]',
    ]) {
      writeFileSync(file, text);
      const { exitCode, stdout, stderr } = await here('replay', file);
      expect(exitCode).toBe(2);
      expect([...commandsIn(stdout), ...commandsIn(stderr)]).toEqual([]);
    }
  });
});
