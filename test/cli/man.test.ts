import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { roffParagraphs, roffText } from '../../src/cli/commands/man/roff.js';
import { cli } from './run-cli.js';

let page = '';

beforeAll(async () => {
  const { exitCode, stdout, stderr } = await cli(['man']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  page = stdout;
});

/** What a shell may be told to stand next. */
async function completed(...words: string[]): Promise<string[]> {
  const { stdout } = await cli(['complete', '--', ...words]);
  return stdout.split('\n').slice(0, -1);
}

/** The section of a command. */
function sectionOf(command: string): string {
  const begin = page.indexOf(`\n.SS\nshootdown ${roffText(command)} `);
  expect(begin, `${command} has no section`).toBeGreaterThan(0);
  const end = page.indexOf('\n.SS\n', begin + 1);
  return page.slice(begin, end < 0 ? undefined : end);
}

describe('the manual page', () => {
  it('has every command and every flag that shells complete', async () => {
    const names = (await completed('')).filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const isGroup = ['trace', 'source'].includes(name);
      const inGroup = isGroup ? (await completed(name, '')).filter((one) => one !== 'help') : [];
      const commands = inGroup.length > 0 ? inGroup.map((one) => `${name} ${one}`) : [name];
      for (const command of commands) {
        const section = sectionOf(command);
        const flags = await completed(...command.split(' '), '--');
        expect(flags).toContain('--help');
        for (const flag of flags) expect(section).toContain(roffText(flag));
      }
    }
  });

  it('has examples as they stand, and exit codes', () => {
    expect(sectionOf('hunt')).toContain('\n.EX\n  $ shootdown hunt \\-\\-variant b1');
    expect(page).toContain('\nExit codes: 0 nothing unexpected, 1 a violation');
  });

  it('takes nothing in a text for a request or an escape', () => {
    expect(roffText('.so /etc/passwd')).toBe('\\&.so /etc/passwd');
    expect(roffText('a\\n "b"')).toBe('a\\en \\(dqb\\(dq');
    expect(roffParagraphs('One:\n  two\n\nthree')).toEqual([
      '.PP',
      'One:',
      '.EX',
      '  two',
      '.EE',
      '.PP',
      'three',
    ]);
  });

  it('is what man reads without a warning', () => {
    const directory = mkdtempSync(join(tmpdir(), 'manual-'));
    const file = join(directory, 'shootdown.1');
    writeFileSync(file, page);
    const env = { ...process.env, MANWIDTH: '100', LC_ALL: 'C.UTF-8' };
    const run = spawnSync('man', ['--warnings', '-l', file], { env, encoding: 'utf8' });
    rmSync(directory, { recursive: true });
    if (run.error !== undefined) return console.warn('man is not installed: the page was not read by it');
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^ {7}--reporter-file <file>$/m);
  });

  it('is packed as the build prints it', () => {
    const { man, scripts, files } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(man).toBe('./dist/shootdown.1');
    expect(files).toContain('dist');
    expect(scripts.build).toContain('&& node dist/src/cli/main.js man > dist/shootdown.1');
  });
});
