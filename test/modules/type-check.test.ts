import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import ours from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import { compilerFor, typeMistake } from '../../src/modules/type-check.js';
import { InputError } from '../../src/vocabulary/errors.js';
import { ModuleFolder } from './write-module.js';

const folder = new ModuleFolder();
afterAll(() => folder.remove());

/** A module beside a TypeScript that is ours, with what `code` makes of it. */
function moduleBeside(project: string, code: string): string {
  const installed = join(folder.path, project, 'node_modules', 'typescript');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{"name":"typescript","main":"index.js"}');
  const path = createRequire(import.meta.url).resolve('typescript');
  writeFileSync(join(installed, 'index.js'), `const ours = require(${JSON.stringify(path)});\n${code}`);
  return folder.write(join(project, 'own.ts'), '');
}

const THEIRS = "module.exports = { ...ours, version: '5.1.0-theirs' };";

describe('the TypeScript that is installed beside a module', () => {
  it('reads it', async () => {
    const compiler = await compilerFor(moduleBeside('theirs', THEIRS), false);
    expect(compiler.version).toBe('5.1.0-theirs');
  });

  it('does not where a finding has to be what it was', async () => {
    expect(await compilerFor(moduleBeside('replayed', THEIRS), true)).toBe(ours);
  });

  it.each([
    ['too old', "module.exports = { ...ours, version: '4.9.5' };"],
    ['without a compiler', "module.exports = { version: '7.0.2' };"],
    ['broken', "throw new Error('broken');"],
  ])('does not where it is %s', async (name, code) => {
    expect(await compilerFor(moduleBeside(name.replaceAll(' ', '-'), code), false)).toBe(ours);
  });
});

describe('what no compiler can descend into', () => {
  it('is told as that', async () => {
    const file = folder.write('deep.ts', `export const deep = ${'['.repeat(20_000)}${']'.repeat(20_000)};`);
    const checked = typeMistake([file], sourceFile('index'), true);
    await expect(checked).rejects.toThrow(InputError);
    await expect(checked).rejects.toThrow(
      /deep\.ts: it, or what it leads to, is nested too deep for the compiler/,
    );
  });

  it('is told of a configuration', async () => {
    mkdirSync(join(folder.path, 'deep'));
    folder.write('deep/tsconfig.json', `{ "x": ${'{"x":'.repeat(20_000)}1${'}'.repeat(20_000)} }`);
    const checked = typeMistake([folder.write('deep/m.ts', 'export {};')], sourceFile('index'), true);
    await expect(checked).rejects.toThrow(InputError);
    await expect(checked).rejects.toThrow(
      /deep\/tsconfig\.json: it, or what it leads to, is nested too deep/,
    );
  });
});
