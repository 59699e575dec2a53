import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fakeEngine } from './fake-engine.js';
import { cli } from './run-cli.js';

describe('bad usage is answered with one line and exit code 2', () => {
  it.each<[string, string]>([
    ['', 'no command is given; "shootdown --help" shows them'],
    ['hnt', "unknown command 'hnt' (Did you mean hunt?)"],
    ['hunt', 'no variant is named; give one with --variant'],
    ['hunt --variant b9', 'unknown variant "b9"; near names: b1, b3'],
    [
      'hunt --variant b1+switching-frst',
      'unknown feature "switching-frst"; near names: switching-first; "shootdown list features" shows all',
    ],
    ['hunt --variant b9+switching-first', 'unknown variant "b9+switching-first"'],
    ['hunt --variant cve-2025-4017', 'near names: cve-2025-40174'],
    ['hunt --variant b1,,b3', '--variant: "b1,,b3" holds an empty name'],
    [
      'hunt --variant b1 --scenario two-mm-swich',
      'unknown scenario "two-mm-swich"; near names: two-mm-switch; "shootdown list scenarios"',
    ],
    ['hunt --variant b1 --scenario zzz', 'unknown scenario "zzz"; known names: two-mm-switch, lazy-return'],
    ['hunt --variant b1 --scenario trace:', '"trace:" names no file'],
    ['hunt --variant b1 --scenario trace:missing.gz', 'missing.gz: cannot be read'],
    ['hunt --variant b1 --window 1..2', '--window: there is no recording to cut it from'],
    ['hunt --variant b1 --scenario trace:x --window 5', '--window: "5" is not a window A..B'],
    ['hunt --variant b1 --scenario trace:x --window 9..2', 'A not after B'],
    ['hunt --variant b1 --strategy rnadom', 'unknown strategy "rnadom"; near names: random'],
    ['hunt --variant b1 --budget soon', '--budget: "soon" is not a duration from 1ms to 168h'],
    ['hunt --variant b1 --budget 0s', '--budget: "0s" is not a duration'],
    ['hunt --variant b1 --budget 1e9h', 'is not a duration'],
    ['hunt --variant b1 --executions 0', '--executions: "0" is not a whole number from 1 to'],
    ['hunt --variant b1 --seed -1', '--seed: "-1" is not a whole number from 0 to 4294967295'],
    ['hunt --variant b1 --seed 1.5', '--seed: "1.5" is not a whole number'],
    ['hunt --variant b1 --jobs 100000', '--jobs: "100000" is not a whole number from 1 to 256'],
    ['hunt --variant b1 --memory arm', '--memory: "arm" is not a memory model; give tso (x86) or sc'],
    ['hunt --variant b1 --seed', "option '--seed <N>' argument missing"],
    ['hunt --variant b1 --sed 1', "unknown option '--sed' (Did you mean --seed?)"],
    ['hunt --variant b1 extra', 'extra: not a module'],
    ['replay', "missing required argument 'file'"],
    ['replay nowhere.json', 'nowhere.json: cannot be read: no such file or directory (ENOENT)'],
    ['trace', '--help'],
    ['list', "missing required argument 'kind'"],
    ['list variant', 'there is no list of "variant"; give variants'],
    ['list constructor', 'there is no list of "constructor"; give variants, rules,'],
    ['demo --jobs zero', '--jobs: "zero" is not a whole number'],
  ])('%s', async (line, message) => {
    const run = await cli(line === '' ? [] : line.split(' '));
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toMatch(/^shootdown: [^\n]+\n$/);
  });

  it('shows no control character of what was typed', async () => {
    const { stderr } = await cli(['hunt', '--variant', 'b1\u001b[2J\nx']);
    expect(stderr).toContain('b1\\x1b[2J\\nx');
    expect((await cli(['hunt', '--variant', 'x'.repeat(100_000)])).stderr.length).toBeLessThan(300);
  });
});

describe('help', () => {
  it.each([
    ['--help'],
    ['hunt', '--help'],
    ['replay', '-h'],
    ['trace', '--help'],
    ['trace', 'info', '--help'],
    ['list', '--help'],
    ['demo', '--help'],
    ['help', 'hunt'],
  ])('is there: %j', async (...argv) => {
    const run = await cli(argv);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('Usage: shootdown');
    expect(Math.max(...run.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it('gives examples and exit codes', async () => {
    const { stdout } = await cli(['hunt', '--help']);
    expect(stdout).toContain('$ shootdown hunt --variant b1');
    expect(stdout).toContain('130 interrupted');
  });

  it('prints the version', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await cli(['--version'])).stdout).toBe(`${manifest.version}\n`);
  });
});

describe('an internal error', () => {
  const engine = fakeEngine({
    variants: async () => {
      throw new TypeError('x is not a function\u001b[0m');
    },
  });

  it('is one line and exit code 3', async () => {
    const run = await cli(['list', 'variants'], { engine });
    expect(run).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        'shootdown: internal error: x is not a function\\x1b[0m; SHOOTDOWN_DEBUG=1 shows where, please ' +
        'report it\n',
    });
  });

  it('has its stack with SHOOTDOWN_DEBUG=1', async () => {
    expect((await cli(['list', 'variants'], { engine, env: { SHOOTDOWN_DEBUG: '1' } })).stderr).toContain(
      'usage.test.ts',
    );
  });
});
