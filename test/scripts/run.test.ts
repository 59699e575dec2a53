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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * scripts/run.mjs in a clone of its own: what is run is what the sources say, however often they have been
 * translated.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let clone = '';

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'shootdown-clone-'));
  for (const part of ['src', 'workers', 'scripts', 'package.json', 'package-lock.json'])
    cpSync(join(ROOT, part), join(clone, part), { recursive: true });
  mkdirSync(join(clone, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '.cache') symlinkSync(join(ROOT, 'node_modules', name), join(clone, 'node_modules', name));
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

const cache = () => join(clone, 'node_modules/.cache');
const builds = () => readdirSync(join(cache(), 'shootdown'));
const run = (...argv: string[]) => runWith({}, ...argv);
const runWith = (env: Record<string, string>, ...argv: string[]) =>
  execFileSync(process.execPath, [join(clone, 'scripts/run.mjs'), ...argv], {
    encoding: 'utf8',
    cwd: clone,
    env: { ...process.env, ...env },
  });

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
    const hunt = ['hunt', '--variant', 'native/v0', '--scenario', 'ping-pong-munmap', '--executions', '1'];
    const withoutBundler = { ESBUILD_BINARY_PATH: join(clone, 'no-bundler') };
    writeFileSync(withoutBundler.ESBUILD_BINARY_PATH, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(() => runWith(withoutBundler, ...hunt)).toThrow('the bundler, esbuild');
    expect(run(...hunt)).toMatch(/^native\/v0 +none/m);
    expect(runWith(withoutBundler, ...hunt)).toMatch(/^native\/v0 +none/m);
    edit('src/explore/strategies/random.ts', 'picks at random;', 'picks otherwise;');
    expect(run('list', 'strategies')).toMatch(/^random +picks otherwise;/m);
    expect(builds()).toHaveLength(2);
  });

  it('keeps no more than three translations', () => {
    rmSync(join(cache(), 'shootdown'), { recursive: true });
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
    rmSync(cache(), { recursive: true });
    writeFileSync(cache(), 'a file');
    expect(run('list', 'strategies')).toMatch(/^random +picks otherwise;/m);
  });
});
