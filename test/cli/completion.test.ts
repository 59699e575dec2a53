import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from './run-cli.js';

/** What the last word may become. */
async function completed(...words: string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await cli(['complete', '--', ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

describe('what may stand next', () => {
  it('is a command, one of a group, a flag, or what a command takes', async () => {
    expect(await completed('hu')).toEqual(['hunt']);
    expect(await completed('trace', '')).toEqual(expect.arrayContaining(['info', 'check']));
    expect(await completed('hunt', '--vari')).toEqual(['--variant']);
    expect(await completed('list', 's')).toEqual(['scenarios', 'strategies']);
    expect(await completed('completion', 'z')).toEqual(['zsh']);
    expect(await completed('')).not.toContain('complete');
  });

  it('is a name of what the flag before it takes, the last one of a list too', async () => {
    expect(await completed('hunt', '--scenario', 'laz')).toEqual(['lazy-return']);
    expect(await completed('hunt', '--variant', 'b1,b')).toEqual(['b1,b3', 'b1,b1', 'b1,b1-fixed']);
    expect(await completed('hunt', '--memory=t')).toEqual(['--memory=tso']);
    // A value is no command, and the flag after it is one again.
    expect(await completed('hunt', '--variant', 'b1', '--memory', 's')).toEqual(['sc']);
    expect(await completed('hunt', '--json', '--scenario', 'lazy-r')).toEqual(['lazy-return']);
  });

  it('is nothing of ours where a file stands, or after what is unknown', async () => {
    expect(await completed('show', '')).toEqual([]);
    expect(await completed('hunt', '--out', '')).toEqual([]);
    expect(await completed('hunt', '--nothing', 'x')).toEqual([]);
    expect(await completed()).toContain('study');
  });
});

describe('scripts of shells', () => {
  it('are refused for a shell that there is none for', async () => {
    const { exitCode, stderr } = await cli(['completion', 'zshh']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'shootdown: completion: there is none for "zshh"; give zsh\n',
    });
  });

  /** A directory with a `shootdown` that answers one question, and what the script of a shell is in. */
  function install(script: string): { readonly bin: string; readonly file: string } {
    const bin = mkdtempSync(join(tmpdir(), 'completion-'));
    const file = join(bin, 'script');
    writeFileSync(file, script);
    const answer = '[ "$*" = "complete -- hunt --memory=t" ] && echo --memory=tso\n';
    writeFileSync(join(bin, 'shootdown'), `#!/bin/sh\n${answer}`, { mode: 0o755 });
    return { bin, file };
  }

  const typed = 'shootdown hunt --memory=t';
  // Bash splits words at "=", and replaces what follows it.
  const bash =
    `COMP_LINE="${typed}"; COMP_POINT=\${#COMP_LINE}; COMP_CWORD=4; ` +
    'COMP_WORDS=(shootdown hunt --memory = t); _shootdown; echo "$COMPREPLY"';
  const zsh = `compadd() { print -- $found }; words=(${typed}); CURRENT=3; _shootdown`;

  it.each([
    ['bash', '', bash, 'tso'],
    ['zsh', 'compdef() { :; }; ', zsh, '--memory=tso'],
    ['fish', '', `complete -C "${typed}"`, '--memory=tso'],
  ])('ask for what has been typed (%s)', async (shell, before, ask, expected) => {
    const { stdout } = await cli(['completion', shell]);
    const { bin, file } = install(stdout);
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const run = spawnSync(shell, ['-c', `${before}source ${file}\n${ask}`], { env, encoding: 'utf8' });
    rmSync(bin, { recursive: true });
    if (run.error !== undefined) return console.warn(`${shell} is not installed: its script was not run`);
    expect({ stdout: run.stdout.trim(), stderr: run.stderr }).toEqual({ stdout: expected, stderr: '' });
  });
});
