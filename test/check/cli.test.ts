import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { KIND_NAMES } from '../../src/check/index.js';
import { createEngine } from '../../src/cli/engine.js';
import { type CliRun, cli as runCli } from '../cli/run-cli.js';
import { invalidIn } from '../report/reporters/jenkins-schema.js';
import { parseXml } from '../report/reporters/xml-check.js';
import { CARRIED } from '../trace/recordings.js';

const cli = (argv: readonly string[]): Promise<CliRun> => runCli(argv, { engine: createEngine() });

const folder = mkdtempSync(join(tmpdir(), 'shootdown-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A kernel that CARRIED is not of. */
const OTHER = ['--profile', '6.12.117~strictSlotTest'];

describe('shootdown trace check', () => {
  it('prints a table and passes, with a document in its file where one is asked for', async () => {
    const document = join(folder, 'check.json');
    const { exitCode, stdout, stderr } = await cli([
      ...['trace', 'check', CARRIED, '--reporter', 'json', '--reporter-file', document],
    ]);
    expect(exitCode).toBe(0);
    expect(Object.keys(JSON.parse(readFileSync(document, 'utf8')).kinds)).toEqual(KIND_NAMES);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^KIND +LINES +AGREED +RACED +DISAGREED +LEARNT +AGREEMENT$/m);
    expect(stdout).toMatch(/^ngen +\d+/m);
    // What counts comes first.
    expect(stdout.split('\n')[1]).toMatch(/^0 of \d+ decisions differ from the model's: agrees$/);
  });

  it('tells CI of each recording whether it passes the bars', async () => {
    const junit = (...argv: string[]) => cli(['trace', 'check', CARRIED, '--reporter', 'junit', ...argv]);
    const good = await junit();
    expect(good.exitCode).toBe(0);
    expect(invalidIn(parseXml(good.stdout))).toEqual([]);
    expect(good.stdout).toContain(
      '<testsuite name="shootdown trace check" tests="1" failures="0" errors="0"',
    );
    expect(good.stdout).toMatch(/: 0 of \d+ decisions differ from the model's: agrees/);
    expect(good.stdout).not.toMatch(/sample|seed|execution/);
    const bad = await junit(...OTHER);
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toContain('tests="1" failures="1" errors="0"');
    expect(bad.stdout).toMatch(/expected agreement of 99\.5 % of all decisions, .*: DISAGREES"/);
    expect(bad.stdout).toMatch(/line \d+ {2}flush bit: kernel no flush, model flush/);
    const annotated = await cli(['trace', 'check', CARRIED, '--reporter', 'github-actions']);
    expect(annotated.stdout.split('\n').filter((line) => /^::(notice|error) /.test(line))).toHaveLength(1);
    const dots = await cli([...['trace', 'check', CARRIED, '--reporter', 'dot'], ...OTHER]);
    expect(dots.stdout).toMatch(/^x\n0 of 1 subject with a violation, 1 otherwise than expected\nx /);
    const { stderr } = await cli(['trace', 'check', CARRIED, '--reporter', 'blob']);
    expect(stderr).toBe('shootdown: --reporter: there is no blob of a check; give another report\n');
  });

  it('gives one JSON document', async () => {
    const { stdout } = await cli(['trace', 'check', '--json', CARRIED]);
    const report = JSON.parse(stdout);
    expect(Object.keys(report.kinds)).toEqual(KIND_NAMES);
    for (const kind of KIND_NAMES)
      expect(Object.keys(report.kinds[kind]).sort()).toEqual(['agreed', 'disagreed', 'learnt', 'raced']);
    for (const key of ['agreed', 'raced', 'disagreed', 'learnt']) expect(report[key]).toBeTypeOf('number');
    for (const entry of report.disagreements)
      expect(Object.keys(entry).sort()).toEqual(['kernel', 'kind', 'line', 'model']);
  });

  it('fails where the kernel decided otherwise', async () => {
    const { exitCode, stdout } = await cli([
      'trace',
      'check',
      '--profile',
      '6.12.117~strictSlotTest',
      CARRIED,
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/line \d+ {2}flush bit: kernel no flush, model flush/);
  });

  const whole = readFileSync(CARRIED);
  const text = gunzipSync(whole).toString('utf8');
  const lines = text.split('\n');
  it.each([
    ['cut', file('cut.trace.gz', whole.subarray(0, 20_000)), 'ends early'],
    ['cut in a line', file('cutline.trace', text.slice(0, 30_000)), 'expected'],
    [
      'shuffled',
      file('shuffled.trace', [...lines.slice(0, 200), ...lines.slice(100, 150), ''].join('\n')),
      'never run backward',
    ],
    ['foreign', file('foreign.txt', 'hello\n'), 'expected an ftrace line'],
    ['empty', file('empty.trace', ''), 'the file is empty'],
    [
      'without the probes',
      file('plain.trace', '  a-1 [000] d..2. 1.000000: tlb_flush: pages:1 reason:remote shootdown (1)\n'),
      'has nothing to compare without the probes flush_mm_range, ',
    ],
    ['absent', join(folder, 'absent.trace'), 'no such file'],
  ])('refuses a file that is %s', async (_, path, message) => {
    const { exitCode, stdout, stderr } = await cli(['trace', 'check', path]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('refuses an unknown profile', async () => {
    const { exitCode, stderr } = await cli(['trace', 'check', '--profile', '5.4', CARRIED]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no profile "5.4"');
  });
});
