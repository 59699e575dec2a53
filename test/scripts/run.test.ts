import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/**
 * scripts/run.mjs in a clone of its own: what is run is what the sources say, however often they have been
 * translated.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let clone = '';

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'shootdown-clone-'));
  for (const part of ['src', 'workers', 'scripts', 'package.json', 'package-lock.json'])
    cpSync(join(ROOT, part), join(clone, part), { recursive: true });
  mkdirSync(join(clone, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '.cache') symlinkSync(join(ROOT, 'node_modules', name), join(clone, 'node_modules', name));
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

const cache = () => join(clone, 'node_modules/.cache');
const builds = () => readdirSync(join(cache(), 'shootdown'));
const run = (...argv: string[]) =>
  execFileSync(process.execPath, [join(clone, 'scripts/run.mjs'), ...argv], { encoding: 'utf8', cwd: clone });

function edit(file: string, from: string, to: string): void {
  const path = join(clone, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

describe('the command line of a clone', () => {
  it('is translated once, and again when a source has changed', { timeout: 180_000 }, () => {
    expect(run('list', 'strategies')).toMatch(/^random +picks at random;/m);
    const [first] = builds();
    run('list', 'strategies');
    expect(builds()).toEqual([first]);
    edit('src/explore/strategies/random.ts', 'picks at random;', 'picks otherwise;');
    expect(run('list', 'strategies')).toMatch(/^random +picks otherwise;/m);
    expect(builds()).toHaveLength(2);
  });

  it('keeps no more than three translations', () => {
    for (const [minutes, name] of ['new', 'old', 'older', 'oldest'].entries()) {
      const path = join(cache(), 'shootdown', name);
      mkdirSync(path, { recursive: true });
      const at = new Date(Date.now() - (minutes + 1) * 60_000);
      utimesSync(path, at, at);
    }
    run('--version');
    const kept = builds();
    expect(kept).toHaveLength(3);
    expect(kept).toEqual(expect.arrayContaining(['new', 'old']));
  });

  it('is run from the sources where nothing can be written', () => {
    writeFileSync(cache(), 'a file');
    expect(run('list', 'strategies')).toMatch(/^random +picks at random;/m);
  });
});
