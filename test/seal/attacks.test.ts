import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { partOf } from '../at-length.js';
import { type CliRun, cli } from '../cli/run-cli.js';
import { COMMAND } from '../cli/start.js';

/**
 * Modules that try to end the process as if all were well, or that fail where nobody waits for them: each a
 * process of its own, since only there is an exit code one; where a mistake is thrown to who waits for it,
 * in this one. Of those that a process notices in one place half; all at length. Without the attack every
 * hunt here ends with 1.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FIXTURES = 'test/seal/fixtures';
const out = mkdtempSync(join(tmpdir(), 'shootdown-seal-'));
afterAll(() => rmSync(out, { recursive: true }));

/** Null where a signal ended it; stderr with the folder of the fixtures left out. */
type Ended = Omit<CliRun, 'exitCode'> & { readonly exitCode: number | null };

const short = (stderr: string): string => stderr.replaceAll(`${FIXTURES}/`, '');

async function shootdown(...argv: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
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
  return { exitCode, stdout, stderr: short(stderr) };
}

/** The same in this process. */
async function here(...argv: readonly string[]): Promise<CliRun> {
  const run = await cli(argv, { engine: createEngine() });
  return { ...run, stderr: short(run.stderr) };
}

const FEW = ['--executions', '300', '--jobs', '1', '--no-type-check', '--out'];
const hunting = (name: string): readonly string[] => ['hunt', `${FIXTURES}/${name}.ts`, ...FEW, out];
const hunt = (name: string): Promise<Ended> => shootdown(...hunting(name));

const oneLine = (text: string): string => `shootdown: ${text}\n`;
const sealed = (name: string): string =>
  `process.${name}() would end the process before it has said its verdict; a module has no use for it, ` +
  'leave it out';

describe('a module that ends the process is told the line, with exit code 2', () => {
  const attacks: readonly (readonly [name: string, line: string])[] = [
    ['exit-at-load', `exit-at-load.ts:3: ${sealed('exit')}`],
    ['named-exit-at-load', `named-exit-at-load.ts:4: ${sealed('exit')}`],
    ['really-exit-at-load', `really-exit-at-load.ts:3: ${sealed('reallyExit')}`],
    ['abort-at-load', `abort-at-load.ts:3: ${sealed('abort')}`],
    ['kill-at-load', `kill-at-load.ts:3: ${sealed('kill')}`],
    ['exit-in-timer', `exit-in-timer.ts:3: ${sealed('exit')}`],
    ['exit-in-final', `exit-in-final.ts:4: ${sealed('exit')}`],
    ['kill-in-final', `kill-in-final.ts:4: ${sealed('kill')}`],
    [
      'exit-in-script',
      'exit-in-script.ts:5: process: an execution must repeat exactly: no clock, no timer, no ' +
        'surroundings (in script)',
    ],
    [
      'chdir-at-load',
      'chdir-at-load.ts:3: process.chdir() would move the process away from the files that it was ' +
        'given; a module has no use for it, leave it out',
    ],
  ];
  it.each(partOf(attacks, 2, 1))('%s', async (name, line) => {
    expect(await hunt(name)).toMatchObject({ exitCode: 2, stderr: oneLine(line) });
  });
});

describe('what a module throws is its mistake, whatever it is and whenever it comes', () => {
  const toNobody: readonly (readonly [name: string, line: string])[] = [
    ['throw-in-timer', 'throw-in-timer.ts:4: threw null, which is no Error'],
    ['late-rejection', 'late-rejection.ts:3: threw RangeError: too late'],
    [
      'late-rejection-of-nothing',
      'late-rejection-of-nothing.ts: threw undefined, which is no Error; throw an Error, to be told its line',
    ],
    ['throw-in-microtask', 'throw-in-microtask.ts:4: threw RangeError: at once'],
    ['late-in-worker', 'late-in-worker.ts:5: threw RangeError: later'],
  ];
  it.each(partOf(toNobody, 2))('%s', async (name, line) => {
    expect(await hunt(name)).toMatchObject({ exitCode: 2, stderr: oneLine(line) });
  });

  it.each([
    ['throwing-getter', 'throwing-getter.ts:6: threw null, which is no Error'],
    ['hollow-export', 'hollow-export.ts:6: threw Error: do not look'],
    ['null-in-script', 'null-in-script.ts:5: threw undefined, which is no Error'],
    ['null-in-final', 'null-in-final.ts:5: threw null, which is no Error'],
    ['hollow-error', 'hollow-error.ts:5: threw Error: x'],
    ['forged-stack', 'forged-stack.ts:5: threw Error: forged'],
  ])('%s', async (name, line) => {
    expect(await here(...hunting(name))).toMatchObject({ exitCode: 2, stderr: oneLine(line) });
  });
});

it('what a configuration leaves behind is its mistake', async () => {
  const run = await shootdown(
    'run',
    '--config',
    `${FIXTURES}/late.config.ts`,
    '--no-type-check',
    '--out',
    out,
  );
  expect(run).toMatchObject({ exitCode: 2, stderr: oneLine('late.config.ts:3: threw RangeError: too late') });
});

describe('a verification', () => {
  const attacks: readonly (readonly [name: string, line: string])[] = [
    ['exit-in-timer', `exit-in-timer.ts:3: ${sealed('exit')}`],
    ['exit-in-final', `exit-in-final.ts:4: ${sealed('exit')}`],
    ['throw-in-timer', 'throw-in-timer.ts:4: threw null, which is no Error'],
    ['late-rejection', 'late-rejection.ts:3: threw RangeError: too late'],
    ['null-in-final', 'null-in-final.ts:5: threw null, which is no Error'],
  ];
  it.each(partOf(attacks, 2, 1))('of %s is refused with its line', async (name, line) => {
    const module = `${FIXTURES}/${name}.ts`;
    const run = await shootdown('verify', module, '--no-type-check', '--out', out);
    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: oneLine(line) });
  });

  it('that a module ends is exit code 3', async () => {
    const run = await shootdown('verify', `${FIXTURES}/emit-exit.ts`, '--no-type-check', '--out', out);
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('an end before the verdict that no line explains is exit code 3', () => {
  it.each(partOf(['no-listeners', 'emit-exit', 'emit-throws', 'empty-loop'], 2))('%s', async (name) => {
    const { exitCode, stderr } = await hunt(name);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      oneLine(
        'the process ends before the command has said its verdict; look for what its modules do to ' +
          'the process',
      ),
    );
  });
});

describe('the exit code is the verdict', () => {
  it.each(['exit-code-at-load', 'exit-caught'])('%s', async (name) => {
    const { exitCode, stdout, stderr } = await hunt(name);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toContain('racy: assertion in plain program');
  });
});

describe('on threads', () => {
  const attacks: readonly (readonly [name: string, line: string])[] = [
    ['exit-in-final', `exit-in-final.ts:4: ${sealed('exit')}`],
    ['null-in-final', 'null-in-final.ts:5: threw null, which is no Error'],
    ['null-in-thread', 'null-in-thread.ts:8: threw null, which is no Error'],
    ['late-in-thread', 'late-in-thread.ts:7: threw RangeError: later'],
  ];
  it.each(partOf(attacks, 2, 1))('a run with %s is refused', async (name, line) => {
    const run = await shootdown('stress', `${FIXTURES}/${name}.ts`, '--for', '1s', '--no-type-check');
    expect(run).toMatchObject({ exitCode: 2, stderr: oneLine(line) });
  });

  it('a replay in lockstep is refused', async () => {
    const folder = join(out, 'lockstep');
    const module = `${FIXTURES}/null-in-thread.ts`;
    await here('hunt', module, ...FEW, folder);
    const finding = join(folder, readdirSync(folder)[0]);
    expect(await here('replay', finding, '--module', module)).toMatchObject({ exitCode: 1, stderr: '' });
    const replayed = await shootdown('replay', finding, '--module', module, '--on-threads');
    expect(replayed).toMatchObject({
      exitCode: 2,
      stderr: oneLine('null-in-thread.ts:8: threw null, which is no Error'),
    });
  });
});
