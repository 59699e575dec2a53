import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { type CliRun, cli } from './run-cli.js';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'verify-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

// Nowhere here are types checked: what they say is for test/modules/load.test.ts.
const run = (...argv: string[]): Promise<CliRun> => cli(argv, { engine: createEngine() });
const verify = (...argv: string[]): Promise<CliRun> =>
  run('verify', ...argv, '--out', join(directory, 'findings'));

/** Without the breaks of long lines. */
const unwrapped = (text: string): string => text.replaceAll(/\n {4}/g, ' ');

/** A module with one program whose two CPUs run this body. */
function moduleOf(body: string, more = ''): string {
  const file = join(directory, `m${Math.abs(body.length * 31 + more.length)}.ts`);
  writeFileSync(
    file,
    `import { plainProgram } from 'shootdown';\nconst kept: number[] = [];\nconst script = function* ` +
      `(cpu: any, at: any): any {\n${body}\n};\nexport const p = plainProgram({ name: 'p', words: ` +
      '{ x: 0, y: ' +
      `0 }, cpus: [script, script]${more} });\n`,
  );
  return file;
}

describe('shootdown verify', () => {
  it('decides every program of a module; a violation comes with a witness that replays', {
    timeout: 240_000,
  }, async () => {
    const { exitCode, stdout } = await verify('examples/ticket-lock.ts', '--no-type-check', '--json');
    expect(exitCode).toBe(1);
    const [correct, broken] = JSON.parse(stdout).verdicts;
    expect(correct).toMatchObject({
      variant: 'ticket-lock',
      complete: true,
      violation: null,
      states: 218,
      transitions: 378,
      finding: null,
    });
    expect(broken).toMatchObject({
      variant: 'ticket-lock-broken',
      complete: false,
      violation: 'deadlock',
      depth: 15,
      reductions: [],
    });
    const replayed = await run('replay', broken.finding, '--json', '--module', 'examples/ticket-lock.ts');
    expect(JSON.parse(replayed.stdout)).toMatchObject({ reproduced: true, violation: 'deadlock' });
  });

  it('gives several reports at once: a document, a page, and a blob in its file', {
    timeout: 120_000,
  }, async () => {
    const file = moduleOf('  yield* cpu.writeOnce(at.x, 1);', ', final: () => false');
    const [reports, blob] = [join(directory, 'page'), join(directory, 'part.json')];
    const { exitCode, stdout, stderr } = await verify(
      ...[file, '--no-type-check', '--reporter', 'json,html,blob', '--report-dir', reports],
      ...['--reporter-file', `blob=${blob}`],
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(readFileSync(blob, 'utf8'))).toMatchObject({ parts: [{ verdict: { variant: 'p' } }] });
    expect(JSON.parse(stdout).verdicts).toHaveLength(1);
    expect(stderr).toContain(`report: ${join(reports, 'index.html')}`);
    const { rows, witnesses } = JSON.parse(readFileSync(join(reports, 'results.json'), 'utf8'));
    expect(rows).toMatchObject([{ subject: 'p', status: 'violation', violation: 'assertion', witness: 0 }]);
    expect(witnesses[0].steps).toBe(rows[0].steps);
    expect(existsSync(join(reports, witnesses[0].finding))).toBe(true);
    expect(existsSync(join(reports, witnesses[0].perfetto))).toBe(true);
  });

  it('has a witness of a livelock that replays, under a scheduler that is fair in another way too', {
    timeout: 60_000,
  }, async () => {
    // One waits by hand for what nobody does; the other makes two steps a round.
    const file = moduleOf(
      '  for (;;) {\n' +
        '    if (cpu.id === 1) yield* cpu.readOnce(at.x);\n' +
        '    const seen = yield* cpu.readOnce(at.y);\n' +
        '    if (seen === 1) return;\n' +
        '  }',
    );
    const { exitCode, stdout, stderr } = await verify(file, '--no-type-check', '--json');
    expect(stderr).toBe('');
    expect(exitCode).toBe(1);
    const [{ violation, finding }] = JSON.parse(stdout).verdicts;
    expect(violation).toBe('livelock');
    const replayed = await run('replay', finding, '--json', '--module', file);
    expect(JSON.parse(replayed.stdout)).toMatchObject({ reproduced: true, violation: 'livelock' });
  });

  it('tells what a script rejects and nobody waits for', { timeout: 120_000 }, async () => {
    const module = moduleOf("yield* cpu.writeOnce(at.x, 1);\n Promise.reject(new Error('late'));");
    const { exitCode, stdout, stderr } = await verify(module, '--no-type-check');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^shootdown: [^ ]*\.ts:\d+: [^\n]*late[^\n]*\n$/);
  });

  it('says in words how much was looked at', { timeout: 60_000 }, async () => {
    const { exitCode, stdout } = await verify(
      'examples/ticket-lock.ts',
      '--program',
      'ticket-lock',
      '--memory',
      'sc',
      '--no-type-check',
    );
    expect(exitCode).toBe(0);
    expect(unwrapped(stdout)).toMatch(
      /^ticket-lock: no violation in any execution \(\d+ states, \d+ transitions, /,
    );
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).toContain('sequential consistency');
  });

  it('is shared out among shards, which say together what one says alone', { timeout: 120_000 }, async () => {
    const asked = ['--variant', 'b27', '--scenario', 'preempted-read'];
    const [alone] = JSON.parse((await verify(...asked, '--json')).stdout).verdicts;
    const blobs = [1, 2].map((index) => join(directory, `${index}.json`));
    for (const [at, file] of blobs.entries()) {
      const shard = ['--shard', `${at + 1}/2`, '--reporter', 'blob', '--reporter-file', file];
      const { exitCode, stdout } = await verify(...asked, ...shard);
      expect(exitCode).toBe(1);
      expect(unwrapped(stdout)).toMatch(/^b27 in preempted-read: shard \d\/2, from its \d+ of 69 states /);
      expect(unwrapped(stdout)).toContain("; from others' parts fewer may do (");
    }
    const out = ['--out', join(directory, 'findings')];
    const { exitCode, stdout, stderr } = await run('merge', ...blobs, '--json', ...out);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const [merged] = JSON.parse(stdout).verdicts;
    const { complete, violation, message, isShortest, depth, bounds } = alone;
    expect(merged).toMatchObject({ complete, violation, message, isShortest, depth, bounds });
    expect(merged.merged).toEqual({ of: 2, missing: [] });
    const missing = await run('merge', blobs[0], ...out);
    expect(missing.stdout).toContain('b27 in preempted-read: shard 2 is missing');
    expect(unwrapped(missing.stdout)).toContain('stale-use in 50 steps, of an execution; fewer may do');
  });

  it('refuses shards of what is found out on the way, and a file for no report', async () => {
    const refused = async (...argv: string[]) => (await verify('--variant', '6.18', ...argv)).stderr;
    expect(await refused('--shard', '1/2', '--reduce')).toContain('give one of --reduce and --shard');
    expect(await refused('--reporter-file', 'x')).toContain(
      'no report is named for it; give --reporter json, ',
    );
    expect(await refused('--json', '--reporter', 'blob')).toContain('--reporter-file blob=FILE');
  });

  it('tells CI too: a file for each, a sign for each on stdout, and each witness once', async () => {
    const asked = ['--variant', 'b27,6.18', '--scenario', 'preempted-read'];
    const [junit, sarif] = ['junit', 'sarif'].map((name) => join(directory, `of-ci.${name}`));
    const files = ['--reporter-file', `junit=${junit}`, '--reporter-file', `sarif=${sarif}`];
    const { exitCode, stdout } = await verify(...asked, '--reporter', 'dot,junit,sarif', ...files);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^x\.\n1 of 2 subjects with a violation\n\. 6\.18 in preempted-read: no violation /,
    );
    expect(stdout).not.toContain('step │');
    expect(readFileSync(junit, 'utf8')).toContain('step │');
    const [{ results }] = JSON.parse(readFileSync(sarif, 'utf8')).runs;
    expect(results[0].codeFlows).toHaveLength(1);
    const verbose = (await verify(...asked, '--reporter', 'verbose')).stdout;
    expect(verbose.split('step │')).toHaveLength(2);
    const annotated = (await verify(...asked, '--reporter', 'github-actions')).stdout.split('\n');
    expect(annotated[0]).toMatch(/^::stop-commands::/);
    expect(annotated.filter((line) => /^::(error|notice) /.test(line))).toHaveLength(2);
  });

  it('decides a kernel in a scenario', { timeout: 60_000 }, async () => {
    const { exitCode, stdout } = await verify('--variant', '6.18', '--scenario', 'munmap-walk', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).verdicts).toMatchObject([
      {
        ...{ variant: '6.18', scenario: 'munmap-walk', program: false, complete: true, violation: null },
        bounds: { storeBufferDepth: 8, walks: 1, preemptions: 0 },
      },
    ]);
  });

  it('has the shortest witness against a kernel, which replays', { timeout: 60_000 }, async () => {
    const { exitCode, stdout } = await verify('--variant', 'b27', '--scenario', 'preempted-read', '--json');
    expect(exitCode).toBe(1);
    const [{ violation, depth, finding }] = JSON.parse(stdout).verdicts;
    expect({ violation, depth }).toEqual({ violation: 'stale-use', depth: 50 });
    const replayed = await run('replay', finding, '--json');
    expect(JSON.parse(replayed.stdout)).toMatchObject({ reproduced: true, violation: 'stale-use' });
  });

  it('says how far it came where the memory is used up', { timeout: 60_000 }, async () => {
    const { exitCode, stdout } = await verify(
      'examples/seqlock.ts',
      ...['--program', 'seqlock', '--memory-limit', '1m', '--no-type-check'],
    );
    expect(exitCode).toBe(0);
    expect(unwrapped(stdout)).toMatch(
      new RegExp(
        '^seqlock: no violation in any execution in which a CPU that could go on is taken off at most \\d+ ' +
          'times? \\(.*\\); of the others those of up to \\d+ steps, then the memory was used up',
      ),
    );
  });

  it('has a line for each of several as it ends, and what they are together', {
    timeout: 60_000,
  }, async () => {
    const scenarios = 'dontneed-read,munmap-walk';
    const { exitCode, stdout } = await verify('--variant', '6.18', '--scenario', scenarios);
    expect(exitCode).toBe(0);
    expect(unwrapped(stdout)).toMatch(
      /^6.18 in dontneed-read: no .*^6.18 in munmap-walk: no .*^2 verdicts: 2 without a violation/ms,
    );
    expect(stdout.match(/memory model: /g)).toHaveLength(1);
  });

  it.each([
    ['verify', 'nothing is given'],
    ['verify --variant 6.17.3', '6.17.3'],
    ['verify --scenario dontneed-read', 'no variant is named'],
    ['verify --variant 6.18 --scenario dontneed', 'dontneed-read'],
    ['verify examples/ticket-lock.ts --program lock', 'lock'],
    ['verify examples/ticket-lock.ts --memory-limit lots', '--memory-limit: "lots" is not a size'],
  ])('%s is refused', async (line, message) => {
    const { exitCode, stdout, stderr } = await run(...line.split(' '));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim()).not.toContain('\n');
  });

  it.each([
    [
      'try { at; } finally { yield* cpu.smpMb(); }',
      '',
      /:4: "p" cannot be verified: an operation in finally: put it behind the try; it can still be hunted/,
    ],
    [
      'const kept = new Int32Array(1);\nyield* cpu.smpMb(); return kept;',
      '',
      /\.ts:5: .* what a script keeps across an operation is not seen through \(Int32Array\): keep a list; it can/,
    ],
    [
      'const kept = new WeakMap();\nyield* cpu.smpMb(); return kept;',
      '',
      /a script keeps a proxy or a weak collection across an operation: keep a list/,
    ],
    [
      'const next = (list: number[]): number => list.push(0);\nfor (let i = 0; i < 2; i++) { const seen ' +
        '= yield* cpu.readOnce(at.x); yield* cpu.writeOnce(at.x, (seen + next(kept)) & 3); }',
      '',
      /\.ts:\d+: .* it changes an object that its module keeps from execution to execution: use a word, or make a new/,
    ],
    [
      'yield* cpu.readOnce(99);',
      '',
      /:4: program "p": CPU0: readOnce of word 99, which the program does not have/,
    ],
    [
      'yield* cpu.writeOnce(at.x, 1);',
      ', final: () => { throw new Error("mine"); }',
      /:6: threw Error: mine/,
    ],
    ['for (;;) yield* cpu.peek(at.x);', '', /:4: this loop turns without end/],
  ])('%s is told with its line', { timeout: 60_000 }, async (body, more, message) => {
    const { exitCode, stdout, stderr } = await verify(moduleOf(body, more), '--no-type-check');
    expect(stderr).toMatch(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.trim()).not.toContain('\n');
  });

  it('the other programs are verified all the same', { timeout: 60_000 }, async () => {
    const file = moduleOf('const kept = new Int32Array(1);\nyield* cpu.smpMb(); return kept;');
    const other = `export const q = plainProgram({ name: 'q', words: { x: 0 }, cpus: [function* (cpu, at) {
      yield* cpu.writeOnce(at.x, 1);
    }] });`;
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n${other}\n`);
    const { exitCode, stdout, stderr } = await verify(file, '--no-type-check', '--json');
    const { verdicts, refused } = JSON.parse(stdout);
    expect({ exitCode, verdicts, refused }).toMatchObject({
      exitCode: 2,
      verdicts: [{ variant: 'q', complete: true }],
      refused: [{ name: 'p', why: expect.stringContaining('not seen through (Int32Array)') }],
    });
    expect(stderr).toBe(`shootdown: ${refused[0].why}\n`);
  });
});
