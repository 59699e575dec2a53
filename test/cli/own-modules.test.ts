import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { ModuleFolder } from '../modules/write-module.js';
import { cli } from './run-cli.js';

/**
 * Users' modules from the command line, with the real engine: hunted, replayed while they are what they were,
 * refused when they are not.
 */

const folder = new ModuleFolder();
const out = join(folder.path, 'findings');
afterAll(() => folder.remove());

/** What types say is test/modules/load's. */
const HUNT = ['hunt', '--no-type-check'];
const run = (...argv: string[]) => cli(argv, { engine: createEngine() });

const counter = (increment: string): string[] => [
  "import { plainProgram } from 'shootdown';",
  'const count = function* (cpu, at) {',
  `  ${increment}`,
  '};',
  "export const counter = plainProgram({ name: 'counter', words: { x: 0 }, cpus: [count, count], final: " +
    "(read, at) => read(at.x) === 2 || 'lost one' });",
];
const LOST = 'const seen = yield* cpu.readOnce(at.x); yield* cpu.writeOnce(at.x, seen + 1);';
const KEPT = 'yield* cpu.fetchAdd(at.x, 1);';

describe('a module on the command line', () => {
  it('is hunted, replayed while it is what it was, and replayed as it is now only on demand', async () => {
    const file = folder.write('counter.ts', ...counter(LOST));
    const hunted = await run(...HUNT, file, '--executions', '500', '--out', out, '--jobs', '1');
    expect(hunted).toMatchObject({ exitCode: 1, stderr: '' });
    expect(hunted.stdout).toContain('counter: assertion in plain program');
    const finding = join(out, readdirSync(out)[0]);
    for (const line of [
      ['replay', finding],
      ['replay', finding, '--on-threads'],
    ]) {
      const replayed = await run(...line);
      expect(replayed).toMatchObject({ exitCode: 1, stderr: '' });
      expect(replayed.stdout).toContain('reproduced: same violation, same step, same trace');
      expect(replayed.stdout).toContain(`[${folder.shown(file)}:3]`);
    }
    expect(await run('show', finding)).toMatchObject({ exitCode: 0 });

    folder.write('counter.ts', ...counter(KEPT));
    const changed = await run('replay', finding);
    expect(changed).toMatchObject({ exitCode: 2, stdout: '' });
    expect(changed.stderr).toContain(
      `${folder.shown(file)}: has changed since the finding was made; to replay with what is there now, ` +
        'give --module',
    );
    const now = await run('replay', finding, '--module', file);
    expect(now.exitCode).toBe(2);
    expect(now.stderr).toContain('not reproduced');
  });

  it(
    'runs for a finding of another project only by a flag or a yes, and the hunt prints what a ' +
      'replay needs',
    async () => {
      const file = folder.write('mine.ts', ...counter(LOST));
      const away = new ModuleFolder();
      try {
        const hunted = await run(...HUNT, file, '--executions', '500', '--out', away.path, '--jobs', '1');
        const finding = join(away.path, readdirSync(away.path)[0]);
        expect(hunted.stdout).toContain(`  shootdown replay ${finding} --module ${folder.shown(file)}\n`);
        const alone = await run('replay', finding);
        expect(alone).toMatchObject({ exitCode: 2, stdout: '' });
        expect(alone.stderr).toMatch(
          /^shootdown: \S+ is of another project than \S+; to run it, give --module \S+\n$/,
        );
        const asked: string[] = [];
        const answer = (yes: boolean) => async (question: string) => {
          asked.push(question);
          return yes;
        };
        expect(
          (await cli(['replay', finding], { engine: createEngine(), confirm: answer(false) })).exitCode,
        ).toBe(2);
        expect(
          (await cli(['replay', finding], { engine: createEngine(), confirm: answer(true) })).exitCode,
        ).toBe(1);
        expect(asked).toHaveLength(2);
        expect(asked[0]).toContain(
          `is of another project than ${folder.shown(file)}, which the replay runs if it is what it was`,
        );
        expect((await run('replay', finding, '--module', file)).exitCode).toBe(1);
      } finally {
        away.remove();
      }
    },
  );

  it(
    'whose code keeps state that the source check does not see is told so: its witness ' + 'does not replay',
    async () => {
      const file = folder.write(
        'hidden.ts',
        "import { plainProgram } from 'shootdown';",
        'const box = { n: 0 };',
        'const set = function* (cpu, at) { const alias = box; alias.n++; yield* cpu.writeOnce(at.x, ' +
          'alias.n); };',
        "export const hidden = plainProgram({ name: 'hidden', words: { x: 0 }, cpus: [set], final: (read, " +
          "at) => read(at.x) < 20 || 'too large' });",
      );
      const hunted = await run(
        ...HUNT,
        file,
        '--executions',
        '100',
        '--out',
        join(folder.path, 'hidden'),
        '--jobs',
        '1',
      );
      expect(hunted.exitCode).toBe(1);
      expect(hunted.stderr).toMatch(
        /^shootdown: hidden: the witness does not replay \(.+\): its code keeps state outside the words, .+\n$/,
      );
    },
  );

  // A hunt of each: a wild word, one that the kernel's own code is led to, and what only the executed
  // operation shows.
  it.each([
    [
      'yield* cpu.writeOnce(1234567, 1);',
      'ping-pong-dontneed',
      /^shootdown: \S*wild\.ts:3: scenario "\S+": CPU\d: writeOnce of word 1234567, which the machine does not have\n$/,
    ],
    [
      // In most scenarios a stale use comes first.
      'yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, 77);',
      'reclaim-mprotect',
      /^shootdown: \S*wild\.ts: variant "wild" in \S+: kernel code cannot go on at src\/\S+:\d+: .+\n$/,
    ],
    [
      'yield* cpu.writeOnce(cpu.own.tlbstate.nextAsid, 0x7fffffff); yield* ' +
        'cpu.incReturn(cpu.own.tlbstate.nextAsid);',
      'ping-pong-dontneed',
      /^shootdown: \S*wild\.ts:3: scenario "\S+": CPU\d: fetchAdd overflows cpu\d\.next_asid at 2147483647 \+ 1\n$/,
    ],
  ])('whose kernel code does what no machine can is told so: %s', async (statement, scenario, told) => {
    const file = folder.write(
      'wild.ts',
      "import { defineVariant, shouldFlushTlb } from 'shootdown';",
      'const f = function* (cpu, target) {',
      `  ${statement}`,
      '  return yield* shouldFlushTlb(cpu, target);',
      '};',
      "export const wild = defineVariant({ name: 'wild', replace: { shouldFlushTlb: f } });",
    );
    const hunted = await run(
      ...['hunt', file, '--scenario', scenario, '--executions', '5000'],
      ...['--out', out, '--jobs', '1', '--no-type-check'],
    );
    expect(hunted).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(told) });
  });

  it('has all of its programs hunted, or the ones that are named', async () => {
    const file = folder.write(
      'two.ts',
      "import { plainProgram } from 'shootdown';",
      'const words = { x: 0 };',
      'const set = function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); };',
      "export const b = plainProgram({ name: 'first', words, cpus: [set] });",
      "export const a = plainProgram({ name: 'second', words, cpus: [set] });",
    );
    const names = async (...more: string[]): Promise<string[]> => {
      const { stdout } = await run(
        'hunt',
        file,
        '--executions',
        '20',
        '--jobs',
        '1',
        '--out',
        out,
        '--json',
        '--no-type-check',
        ...more,
      );
      return JSON.parse(stdout).verdicts.map(({ variant }: { variant: string }) => variant);
    };
    expect(await names()).toEqual(['first', 'second']);
    expect(await names('--program', 'second')).toEqual(['second']);
    expect(await names('--variant', 'b1-fixed', '--scenario', 'ping-pong-dontneed')).toEqual(['b1-fixed']);
    const unknown = await run('hunt', file, '--program', 'third', '--no-type-check');
    expect(unknown).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('unknown program "third"; known names: first, second'),
    });
    const cpus = await run('stress', file, '--program', 'first', '--cpus', '3', '--no-type-check');
    expect(cpus).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('program first has 1 CPU, one for each of its scripts'),
    });
  });
});
