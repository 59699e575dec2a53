import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HuntRequest } from '../../src/explore/api.js';
import type { MetViolation } from '../../src/explore/known.js';
import { serializeBaseline } from '../../src/findings/baseline.js';
import { sampleFinding } from '../findings/sample.js';
import { parseXml } from '../report/reporters/xml-check.js';
import { sampleVerdict } from '../report/verdicts.js';
import { fakeEngine, hunted } from './fake-engine.js';
import { cli } from './run-cli.js';

/** What `hunt` does for CI: reporters, shards, baselines. */

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'shootdown-ci-'));
});
afterEach(() => {
  rmSync(out, { recursive: true, force: true });
});
const at = (name: string): string => join(out, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const hunt = (line: string, settings = {}) =>
  cli(['hunt', ...line.split(' '), '--out', at('findings')], settings);

describe('--reporter', () => {
  it('junit is one document on stdout and nothing else', async () => {
    const run = await hunt('--variant b1,b1-fixed --reporter junit');
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(parseXml(run.stdout).attributes).toMatchObject({ tests: '2', failures: '1' });
    expect(run.stdout).toContain(
      `shootdown replay ${at('findings')}/6.15-rc6--two-mm-switch--stale-use--1a2b3c4d.json`,
    );
  });

  it('json is what --json is', async () => {
    const timeless = ({ stdout }: { stdout: string }) => stdout.replaceAll(/"seconds": .*/g, '');
    expect(timeless(await hunt('--variant b1 --reporter json'))).toBe(
      timeless(await hunt('--variant b1 --json')),
    );
  });

  it('with a file leaves the default on stdout', async () => {
    const plain = await hunt('--variant b1,b1-fixed');
    const run = await hunt(`--variant b1,b1-fixed --reporter junit --reporter-file ${at('deep/junit.xml')}`);
    expect(run).toEqual(plain);
    expect(parseXml(readFileSync(at('deep/junit.xml'), 'utf8')).attributes.tests).toBe('2');
    await hunt(`--variant b1 --json --reporter-file ${at('hunt.json')}`);
    expect(JSON.parse(readFileSync(at('hunt.json'), 'utf8')).format).toBe('shootdown-hunt');
    expect(readdirSync(out).sort()).toEqual(['deep', 'findings', 'hunt.json']);
  });

  it('github-actions adds commands to the default, in which nothing is taken for one', async () => {
    const engine = fakeEngine({
      hunt: async ({ variant }) =>
        hunted(
          sampleVerdict({
            variant,
            latent: [
              {
                class: 'gen-ahead',
                executions: 1,
                scenario: 's',
                execution: 1,
                message: 'x ::set-env name=A::b',
              },
            ],
          }),
        ),
    });
    const run = await hunt('--variant b1-fixed --reporter github-actions', {
      engine,
      env: { GITHUB_STEP_SUMMARY: at('summary.md') },
    });
    const lines = run.stdout.split('\n');
    const token = /^::stop-commands::([0-9a-f]{32})$/.exec(lines[0])![1];
    const resumed = lines.indexOf(`::${token}::`);
    expect(lines.findIndex((line) => line.includes('::set-env'))).toBeLessThan(resumed);
    expect(lines.slice(resumed + 1)).toEqual([expect.stringMatching(/^::notice title=/), '']);
    expect(readFileSync(at('summary.md'), 'utf8')).toContain('| 6.17.5 | none in 30,000 executions |');
    const again = await hunt('--variant b1-fixed --reporter github-actions', { engine });
    expect(again.stdout).not.toContain(token);
  });

  it('appends to the summary of the job, and says where it cannot', async () => {
    writeFileSync(at('summary.md'), 'before\n');
    await hunt('--variant b1 --reporter github-actions', { env: { GITHUB_STEP_SUMMARY: at('summary.md') } });
    expect(readFileSync(at('summary.md'), 'utf8')).toMatch(/^before\n### shootdown hunt\n/);
    const run = await hunt('--variant b1-fixed --reporter github-actions', {
      env: { GITHUB_STEP_SUMMARY: out },
    });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(
      /^shootdown: cannot write the job summary .*: it is a directory \(EISDIR\); unset GITHUB_STEP_SUMMARY or [^\n]*\n$/,
    );
  });

  it('both at once, the document in a file', async () => {
    const run = await hunt(
      `--variant b1 --reporter github-actions --reporter junit --reporter-file ${at('j.xml')}`,
    );
    expect(run.stdout).toMatch(
      /\n::error file=src\/kernel\/flush-targets\.ts,line=31,title=6\.15-rc6%3A stale-use in two-mm-switch::CPU1 /,
    );
    expect(readFileSync(at('j.xml'), 'utf8')).not.toContain('::error');
    await hunt(`--variant b1 --reporter github-actions --reporter-file ${at('commands')}`);
    expect(readFileSync(at('commands'), 'utf8')).toMatch(/^::error [^\n]*\n$/);
  });

  it('tells of what Ctrl-C left out', async () => {
    let interrupt = () => {};
    const engine = fakeEngine({
      hunt: async ({ variant }) => {
        interrupt();
        return hunted(sampleVerdict({ variant, interrupted: true }));
      },
    });
    const run = await hunt('--variant b1-fixed,b3 --reporter junit', {
      engine,
      withInterrupt: (f: () => void) => (interrupt = f),
    });
    expect(run.exitCode).toBe(130);
    const [suite] = parseXml(run.stdout).children;
    expect(suite.attributes).toMatchObject({ tests: '2', errors: '1', skipped: '1' });
  });

  it('gives several reports their files, and a page its directory', async () => {
    const files = ['json', 'junit', 'sarif'].map((name) => `--reporter-file ${name}=${at(`all/${name}`)}`);
    const run = await hunt(
      `--variant b1,b1-fixed --reporter json,junit,sarif,html ${files.join(' ')} --report-dir ${at('page')}`,
    );
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(run.stdout).toMatch(/^33? scenarios?;|VARIANT/);
    expect(run.stdout).toContain(`report: ${at('page/index.html')}`);
    expect(JSON.parse(read('all/json')).format).toBe('shootdown-hunt');
    expect(parseXml(read('all/junit')).name).toBe('testsuites');
    expect(JSON.parse(read('all/sarif')).version).toBe('2.1.0');
    expect(JSON.parse(read('page/results.json'))).toMatchObject({ format: 'shootdown-report', version: 1 });
    expect(read('page/index.html')).toMatch(/^<!doctype html>/);
  });

  it.each([
    [
      '--reporter tap',
      '--reporter: "tap" is none of default, verbose, dot, json, junit, github-actions, sarif, blob, html',
    ],
    ['--reporter json,junit', '--reporter: json and junit are each one document; give one of them'],
    ['--reporter junit --json', '--reporter: json and junit are each one document'],
    ['--reporter dot,verbose', '--reporter: verbose and dot tell the same; give one of them'],
    ['--reporter junit --reporter-file json=x', '--reporter-file: json is not among the reporters'],
    [
      '--reporter html --reporter-file html=x',
      '--reporter-file: html is several files; give their directory',
    ],
    ['--reporter json --reporter-file x --reporter-file y', '--reporter-file: several files; say whose'],
    [
      '--reporter junit,github-actions',
      '--reporter: junit is alone on stdout; give it a file with --reporter-file',
    ],
    [
      '--reporter-file x',
      '--reporter-file: no report is named for it; give --reporter json, junit, github-actions, sarif or blob',
    ],
    ['--reporter junit --reporter-file /dev/null/x', '--reporter-file: /dev/null/x cannot be written'],
    ['--shard 3/2', '--shard: "3/2" is not I/N'],
    ['--shard auto', '--shard auto: none of'],
    ['--update-baseline', '--update-baseline: no baseline is named; give one with --baseline FILE'],
    ['--baseline nowhere.json', '--baseline: nowhere.json does not exist; make it with --update-baseline'],
    ['--baseline package.json', 'package.json: not a baseline'],
  ])('%s is refused in one line', async (flags, message) => {
    const run = await hunt(`--variant b1 ${flags}`);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(`shootdown: ${message}`);
    expect(run.stderr).toMatch(/^[^\n]+\n$/);
  });
});

describe('--shard', () => {
  it('is asked of the engine, and every report says it', async () => {
    const engine = fakeEngine({
      hunt: async ({ variant, shard }) => hunted(sampleVerdict({ variant, shard })),
    });
    const run = await hunt('--variant b1-fixed --shard 2/8', { engine });
    expect(run.stdout).toContain('seed 1, tso, shard 2 of 8,');
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('with seed 1, shard 2 of 8; a sample, not a proof');
    expect(
      JSON.parse((await hunt('--variant b1-fixed --shard 2/8 --json', { engine })).stdout).verdicts[0].shard,
    ).toEqual({
      index: 2,
      of: 8,
    });
    expect((await hunt('--variant b1-fixed --shard 2/8 --reporter junit', { engine })).stdout).toContain(
      'name="shard" value="2/8"',
    );
    expect(
      (await hunt('--variant b1-fixed --shard 2/8 --reporter github-actions', { engine })).stdout,
    ).toMatch(/^::notice .*shard 2 of 8/m);
  });

  it('comes from the environment, with a word on stderr unless it was asked for', async () => {
    const env = { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '4' };
    for (const [flags, stderr] of [
      ['', 'shootdown: shard 2 of 4, as CI_NODE_INDEX says; --shard 1/1 does the whole hunt\n'],
      [' --shard auto', ''],
    ]) {
      const engine = fakeEngine();
      expect((await hunt(`--variant b1-fixed${flags}`, { engine, env })).stderr).toBe(stderr);
      expect(engine.requests[0].shard).toEqual({ index: 2, of: 4 });
    }
  });
});

describe('--baseline', () => {
  const violation = { scenario: 'two-mm-switch', class: 'stale-use', cause: 'no IPI' } as const;
  const known = { ...violation, variant: '6.15-rc6', memory: 'tso' } as const;
  const other = { ...known, cause: 'early return' } as const;
  /** An engine that meets the violation, and the other one if it may go on. */
  const engine = (asked: HuntRequest[] = []) =>
    fakeEngine({
      hunt: async (request) => {
        asked.push(request);
        const { variant, memory, seed } = request;
        const met: MetViolation[] = [violation, { ...violation, cause: 'early return' }].map((one, i) => {
          const isKnown = request.known!.some(({ cause }) => cause === one.cause);
          return { ...one, isKnown, executions: 3, execution: 5 + i };
        });
        const first = met.findIndex(({ isKnown }) => !isKnown);
        const seen = first < 0 || request.pastViolations ? met : met.slice(0, first + 1);
        const finding = first < 0 ? null : sampleFinding({ variant, memory, seed });
        return hunted(
          sampleVerdict({
            variant,
            met: seen,
            violation: finding?.violation.class ?? null,
            message: finding?.violation.message ?? null,
          }),
          finding,
        );
      },
    });
  const write = (...entries: Parameters<typeof serializeBaseline>[0][number][]) =>
    writeFileSync(at('known.json'), serializeBaseline(entries));
  const withBaseline = `--variant b1 --baseline ${'BASE'}`;
  const run = (flags = '', asked: HuntRequest[] = []) =>
    hunt(withBaseline.replace('BASE', at('known.json')) + flags, { engine: engine(asked) });

  it('tells the engine what is known of this variant and memory model', async () => {
    write(known, { ...known, variant: '6.14' }, { ...known, memory: 'sc' });
    const asked: HuntRequest[] = [];
    await run('', asked);
    expect(asked[0].known).toEqual([known]);
    expect(asked[0].pastViolations).toBe(false);
  });

  it('fails for what is new, and shows what is known', async () => {
    write(known);
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('known stale-use in two-mm-switch (3 executions): no IPI');
    expect(stdout).toContain('1 known violation met');
  });

  it('does not fail for what is known alone, and names what was not seen', async () => {
    write(
      known,
      other,
      { ...known, cause: 'never' },
      { ...known, scenario: 'not-hunted' },
      { ...known, variant: '6.14' },
    );
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('none new in 30,000 executions');
    expect(stdout).toContain(
      '2 known violations met, 1 entry was not seen in these executions:\n  6.15-rc6 (tso): stale-use ' +
        'in two-mm-switch: never\n',
    );
    expect(existsSync(at('findings'))).toBe(false);
    const json = await run(' --json');
    expect(JSON.parse(json.stdout).baseline).toMatchObject({
      file: at('known.json'),
      added: 0,
      notSeen: [{ cause: 'never' }],
    });
    expect(json.stderr).toContain('1 entry was not seen');
  });

  it('is not written without --update-baseline', async () => {
    write(known);
    const before = readFileSync(at('known.json'), 'utf8');
    await run();
    expect(readFileSync(at('known.json'), 'utf8')).toBe(before);
  });

  it('is made, and added to, by --update-baseline, which does not fail', async () => {
    const asked: HuntRequest[] = [];
    const made = await run(' --update-baseline', asked);
    expect(made.exitCode).toBe(0);
    expect(asked[0]).toMatchObject({ known: [], pastViolations: true });
    expect(made.stdout).toContain('0 known violations met, 2 new ones added');
    expect(JSON.parse(readFileSync(at('known.json'), 'utf8')).violations).toEqual(
      [other, known].map((one) => ({ ...one, namedCause: null })),
    );
    expect((await run()).exitCode).toBe(0);
    // What another run has put there stays.
    write({ ...known, variant: '6.14', note: 'mine' }, known);
    expect((await run(' --update-baseline')).stdout).toContain('1 new one added');
    expect(JSON.parse(readFileSync(at('known.json'), 'utf8')).violations).toHaveLength(3);
  });

  it('does not go before Ctrl-C and what the disk refuses', async () => {
    // The directory is there when the hunt begins, and something else is when it ends.
    const base = engine();
    const spoiling = fakeEngine({
      hunt: async (request, pool) => {
        rmSync(at('findings'), { recursive: true, force: true });
        writeFileSync(at('findings'), '');
        return base.hunt(request, pool);
      },
    });
    const spoiled = async (more: string): Promise<number> => {
      rmSync(at('findings'), { recursive: true, force: true });
      return (await hunt(withBaseline.replace('BASE', at('known.json')) + more, { engine: spoiling }))
        .exitCode;
    };
    write(known);
    expect(await spoiled('')).toBe(3);
    expect(await spoiled(' --update-baseline')).toBe(3);
  });
});
