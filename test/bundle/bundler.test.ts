import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { InfrastructureError, ProgramEndedError } from '../../src/vocabulary/errors.js';

/** The bundler's process is ended by others: before it begins, in the middle of a build, between two. */

/** What is to be done when this process ends. */
const undoings = vi.hoisted(() => new Set<() => void>());
vi.mock('../../src/seal/at-end.js', () => ({
  atEnd: (undo: () => void) => {
    undoings.add(undo);
    return () => undoings.delete(undo);
  },
}));

const folder = mkdtempSync(join(tmpdir(), 'bundler-'));
const [refusal, pid] = ['refuse', 'pid'].map((name) => join(folder, name));
const platform = `@esbuild/${process.platform}-${process.arch}`;
const real = join(dirname(createRequire(import.meta.url).resolve(`${platform}/package.json`)), 'bin/esbuild');
// In its place, one that says its number; or that ends at once, where it is told to.
const script = join(folder, 'esbuild');
writeFileSync(
  script,
  ['#!/bin/sh', `[ -e '${refusal}' ] && exit 1`, `echo $$ > '${pid}'`, `exec '${real}' "$@"`, ''].join('\n'),
);
chmodSync(script, 0o755);
// esbuild reads it when it is loaded.
process.env.ESBUILD_BINARY_PATH = script;
const { build } = await import('../../src/bundle/bundler.js');

afterEach(() => rmSync(refusal, { force: true }));
afterAll(async () => {
  await (await import('esbuild')).stop();
  rmSync(folder, { recursive: true });
});

const bundled = async (contents: string, ...plugins: Plugin[]): Promise<string | undefined> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    ...{ bundle: true, write: false, logLevel: 'silent', plugins },
  });
  return outputFiles?.[0]?.text;
};
const isThere = (): boolean => process.kill(Number(readFileSync(pid, 'utf8')), 0);
const kill = (): void => void process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
/** Ends the process that asks, the first `times` times; says how often it was asked. */
function killing(times: number, how = kill): { readonly plugin: Plugin; asked(): number } {
  let asked = 0;
  const setup = (build: PluginBuild): void => {
    build.onResolve({ filter: /^other$/ }, () => {
      if (++asked <= times) how();
      return { path: 'other', namespace: 'other' };
    });
    build.onLoad({ filter: /./, namespace: 'other' }, () => ({ contents: 'console.log(2);' }));
  };
  return { plugin: { name: 'killing', setup }, asked: () => asked };
}
const ENDED = /^the bundler, esbuild, gave no answer: The service [^\n]*; run this again$/;

async function thrownBy(work: Promise<unknown>): Promise<Error> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error)) throw new Error('nothing was thrown');
  return thrown;
}

describe('a bundler that is ended', () => {
  it('before it begins is told as that, and the next build has another', async () => {
    writeFileSync(refusal, '');
    const thrown = await thrownBy(bundled('let a = 1;'));
    expect(thrown).toBeInstanceOf(ProgramEndedError);
    expect(thrown).toBeInstanceOf(InfrastructureError);
    expect(thrown.message).toMatch(ENDED);
    rmSync(refusal);
    expect(await bundled('console.log(1);')).toContain('console.log(1)');
  });

  it('in the middle of a build has another do it, and is told as that where that is ended too', async () => {
    const once = killing(1);
    expect(await bundled("import 'other';", once.plugin)).toContain('console.log(2)');
    expect(once.asked()).toBe(2);
    const always = killing(2);
    const thrown = await thrownBy(bundled("import 'other';", always.plugin));
    expect(always.asked()).toBe(2);
    expect(thrown).toBeInstanceOf(ProgramEndedError);
    expect(thrown.message).toMatch(ENDED);
  });

  it('between two builds is not told', async () => {
    await bundled('console.log(3);');
    kill();
    expect(await bundled('console.log(4);')).toContain('console.log(4)');
  });

  it('is ended before this process is, where that is in the middle of a build', async () => {
    const ending = killing(1, () => {
      expect(isThere()).toBe(true);
      for (const undo of undoings) undo();
    });
    await bundled("import 'other';", ending.plugin);
    expect(ending.asked()).toBe(2);
    expect(undoings.size).toBe(0);
  });

  it('is not what is told of files that are wrong', async () => {
    const thrown = await thrownBy(bundled('let a = ;'));
    expect(thrown).not.toBeInstanceOf(InfrastructureError);
    expect(thrown).toHaveProperty('errors');
    expect(existsSync(pid)).toBe(true);
  });
});
