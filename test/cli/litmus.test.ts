import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { type CliRun, cli } from './run-cli.js';

let directory = '';
const STORE_BUFFERING = `X86 SB
{ x=0; y=0; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
`;

const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const run = (...argv: string[]): Promise<CliRun> => cli(['litmus', ...argv], { engine: createEngine() });

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'litmus-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('shootdown litmus', () => {
  it('says on a terminal how far it is, unless a document is wanted', async () => {
    const path = file('SB.litmus', STORE_BUFFERING);
    const on = (...argv: string[]): Promise<CliRun> =>
      cli(['litmus', path, ...argv], { engine: createEngine(), isTTY: true, env: { NO_COLOR: '1' } });
    expect((await on()).stderr).toContain('0 of 1 test done');
    expect((await on('--json')).stderr).toBe('');
  });

  it('prints states and verdict as herd7 does', async () => {
    const path = file('SB.litmus', STORE_BUFFERING);
    const { exitCode, stdout, stderr } = await run(path);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'Test SB Allowed',
      'States 4',
      '0:EAX=0; 1:EAX=0;',
      '0:EAX=0; 1:EAX=1;',
      '0:EAX=1; 1:EAX=0;',
      '0:EAX=1; 1:EAX=1;',
      'Ok',
      'Condition exists (0:EAX=0 /\\ 1:EAX=0)',
      'Observation SB Sometimes',
      '',
      '',
    ]);
  });

  // Two that lead up, followed, are a tree of 2^40 directories.
  it('follows no link to a directory', async () => {
    const up = join(directory, 'up');
    mkdirSync(up);
    writeFileSync(join(up, 'SB.litmus'), STORE_BUFFERING);
    symlinkSync('.', join(up, 'again'));
    const { exitCode, stdout } = await run(up, '--json');
    expect({ exitCode, tests: JSON.parse(stdout).tests.length }).toEqual({ exitCode: 0, tests: 1 });
    rmSync(up, { recursive: true });
  });

  it('reads a directory, skips what it cannot explore, and says so', async () => {
    file('SB.litmus', STORE_BUFFERING);
    const other = file('arm.litmus', 'AArch64 SB\n{ }\n P0 ;\n NOP ;\nexists (x=1)\n');
    const { exitCode, stdout } = await run(directory, '--memory', 'sc', '--json');
    expect(exitCode).toBe(0);
    const { memory, tests } = JSON.parse(stdout);
    expect(memory).toBe('sc');
    expect(tests).toMatchObject([
      { name: 'SB', verdict: 'No', observation: 'Never', skipped: null },
      {
        name: 'SB',
        file: other,
        states: [],
        verdict: null,
        skipped: `${other}: a test for AArch64; X86 and X86_64 are explored`,
      },
    ]);
    expect(tests[0].states).toHaveLength(3);
    rmSync(other);
  });

  it('refuses what is no litmus test in one line, before anything is explored', async () => {
    file('SB.litmus', STORE_BUFFERING);
    const broken = file('TB.litmus', 'X86 TB\n{ }\n P0 ;\n MFENCE\nexists (x=1)\n');
    const { exitCode, stdout, stderr } = await run(directory);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(`shootdown: ${broken}:4: a line of code ends in ";"; this is "MFENCE"\n`);
    rmSync(broken);
  });

  it.each([['nothing/here'], ['package.json'], ['src']])('refuses %s', async (path) => {
    const { exitCode, stdout, stderr } = await run(path);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^shootdown: \S.{5,300}\n$/);
  });
});
