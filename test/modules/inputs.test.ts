import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import * as api from '../../src/index.js';
import { loadModules } from '../../src/modules/load.js';
import type { ModuleRef } from '../../src/vocabulary/finding.js';
import { ModuleFolder, program } from './write-module.js';

/** What a finding says of its modules: all that they are made of, or they are refused. */

const folder = new ModuleFolder();
afterAll(() => folder.remove());
const ran = globalThis as { shootdownRan?: number };
afterEach(() => {
  delete ran.shootdownRan;
});

const RAN = 'globalThis.shootdownRan = 1;';
const load = (file: string, expected?: readonly ModuleRef[]) =>
  loadModules([file], { api, apiFile: sourceFile('index'), typeCheck: false, expected });
const refs = async (file: string): Promise<readonly ModuleRef[]> => (await load(file)).modules.refs;

function writePackage(name: string, version: string, source: string): void {
  const at = join(folder.path, 'node_modules', name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
  writeFileSync(join(at, 'index.js'), source);
}

/** As it was made when findings told no number of inputs. */
function formerHash(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${readFileSync(file).length}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

async function message(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(api.InputError);
  return (error as Error).message;
}

describe('a module is known by', () => {
  it(
    'every file that it reaches: through a link, in a package, of data; in each a change is told ' +
      'before anything runs',
    async () => {
      writePackage('dep', '1.2.3', 'module.exports = { one: 1 };');
      mkdirSync(join(folder.path, 'lib'));
      symlinkSync('lib', join(folder.path, 'linked'));
      folder.write('lib/part.ts', 'export const two = 2;');
      folder.write('data.json', '{ "three": 3 }');
      const file = folder.write(
        'main.ts',
        RAN,
        "import dep from 'dep';",
        "import { two } from './linked/part.js';",
        "import data from './data.json';",
        ...program('yield* cpu.writeOnce(at.x, dep.one + two + data.three);'),
      );
      const [ref] = await refs(file);
      expect(ref).toMatchObject({ inputs: 4, packages: ['dep 1.2.3'] });
      const changes: (readonly [string, () => unknown, () => unknown])[] = [
        [
          'has changed since the finding was made',
          () => folder.write('lib/part.ts', 'export const two = 9;'),
          () => folder.write('lib/part.ts', 'export const two = 2;'),
        ],
        [
          'has changed since the finding was made',
          () => folder.write('data.json', '{ "three": 9 }'),
          () => folder.write('data.json', '{ "three": 3 }'),
        ],
        [
          'has changed since the finding was made',
          () => writePackage('dep', '1.2.3', 'module.exports = { one: 9 };'),
          () => writePackage('dep', '1.2.3', 'module.exports = { one: 1 };'),
        ],
        [
          'package dep 1.2.4 instead of dep 1.2.3',
          () => writePackage('dep', '1.2.4', 'module.exports = { one: 1 };'),
          () => writePackage('dep', '1.2.3', 'module.exports = { one: 1 };'),
        ],
      ];
      for (const [told, change, undo] of changes) {
        change();
        delete ran.shootdownRan;
        expect(await message(load(file, [ref]))).toContain(told);
        expect(ran.shootdownRan).toBeUndefined();
        undo();
        await load(file, [ref]);
      }
    },
  );

  it(
    'its real path: a module behind a link, a linked directory, /proc is the file that ' + 'they lead to',
    async () => {
      const lines = [RAN, ...program('yield* cpu.writeOnce(at.x, 1);')];
      const file = folder.write('real.ts', ...lines);
      const [ref] = await refs(file);
      symlinkSync('real.ts', join(folder.path, 'link.ts'));
      symlinkSync(folder.path, join(folder.path, 'around'));
      const ways = [
        join(folder.path, 'link.ts'),
        join(folder.path, 'around', 'real.ts'),
        `/proc/self/root${file}`,
      ];
      for (const way of ways) expect(await refs(way)).toEqual([ref]);
      folder.write('real.ts', ...lines, 'export const changed = true;');
      delete ran.shootdownRan;
      for (const way of ways)
        expect(await message(load(way, [{ ...ref, file: way }]))).toContain('has changed');
      expect(ran.shootdownRan).toBeUndefined();
    },
  );

  it('its own text where it lies in a package', async () => {
    writePackage('models', '3.0.0', 'export {};');
    const at = 'node_modules/models/model.js';
    const lines = [RAN, ...program('yield* cpu.writeOnce(at.x, 1);')];
    const file = folder.write(at, ...lines);
    const [ref] = await refs(file);
    expect(ref.packages).toEqual(['models 3.0.0']);
    folder.write(at, ...lines, 'export const changed = true;');
    delete ran.shootdownRan;
    expect(await message(load(file, [ref]))).toContain('has changed');
    expect(ran.shootdownRan).toBeUndefined();
  });

  it('the former hash, as long as that left nothing out', async () => {
    folder.write('whole.ts', 'export const one = 1;');
    const file = folder.write(
      'old.ts',
      "import { one } from './whole.js';",
      ...program('yield* cpu.writeOnce(at.x, one);'),
    );
    const [ref] = await refs(file);
    const former = { file: ref.file, sha256: '0'.repeat(64) };
    expect(await message(load(file, [former]))).toContain('has changed since the finding was made');
    await load(file, [{ ...former, sha256: formerHash([file, join(folder.path, 'whole.ts')]) }]);
    writePackage('dep', '1.2.3', 'module.exports = { one: 1 };');
    const reaching = folder.write(
      'reaching.ts',
      "import dep from 'dep';",
      ...program('yield* cpu.writeOnce(at.x, dep.one);'),
    );
    expect(
      await message(load(reaching, [{ file: folder.shown(reaching), sha256: formerHash([reaching]) }])),
    ).toContain(
      'imports packages, and the finding, of an older shootdown, does not vouch for them; to replay ' +
        'with what is there now, give --module',
    );
  });

  it(
    'nothing at all where it does not import shootdown: a script of the project is no module ' +
      'of a finding',
    async () => {
      const file = folder.write('deploy.ts', RAN, 'export {};');
      const other = folder.write('fine.ts', ...program('yield* cpu.writeOnce(at.x, 1);'));
      const [ref] = await refs(other);
      expect(await message(load(file, [{ ...ref, file: folder.shown(file) }]))).toContain(
        'does not import shootdown',
      );
      expect(ran.shootdownRan).toBeUndefined();
    },
  );
});

describe('what no hash can have is refused, with its line', () => {
  it.each([
    [
      'a computed import()',
      "const n = './x.js'; await import(n);",
      /:2: what this import\(\) loads is only known when it runs/,
    ],
    ['one from parts', "await import(process.argv0 + '.js');", /:2: what this import\(\) loads/],
    ['a computed require()', "const n = './x.js'; require(n);", /:2: what this require\(\) loads/],
    ['a file that is not there', "await import('./nowhere.js').catch(() => 0);", /:2: /],
    [
      'a URL',
      "await import('https://example.org/x.js');",
      /:2: "https:\/\/example.org\/x.js" is only looked for when the module runs/,
    ],
    [
      'a loader',
      "import { createRequire } from 'node:module'; createRequire('/');",
      /:2: "node:module" can run code that no finding names/,
    ],
    [
      'a process',
      "import { execSync } from 'child_process'; execSync('true');",
      /:2: "child_process" can run code/,
    ],
    ['text', "eval('1');", /:2: eval runs text that no finding names/],
    ['a function of text', "new Function('return 1')();", /:2: Function runs text/],
  ])('%s', async (name, line, expected) => {
    const file = folder.write(
      `${name.replaceAll(/\W+/g, '-')}.ts`,
      RAN,
      line,
      ...program('yield* cpu.writeOnce(at.x, 1);'),
    );
    expect(await message(load(file))).toMatch(expected);
    expect(ran.shootdownRan).toBeUndefined();
  });

  it('an expression that is too long for who reads it: its fault, not one of ours', async () => {
    const sum = Array(5_000).fill('1').join('+');
    const file = folder.write(
      'long.ts',
      `export const n = ${sum};`,
      ...program('yield* cpu.writeOnce(at.x, 1);'),
    );
    expect(await message(load(file))).toMatch(/long\.ts(?::1)?: /);
  });

  it('but types, unused names and what a package tries to find are none of it', async () => {
    writePackage(
      'optional',
      '1.0.0',
      "let found = 0; try { found = require('not-installed'); } catch {} module.exports = { found };",
    );
    folder.write('types.ts', 'export interface Both { readonly a: number }');
    const file = folder.write(
      'unused.ts',
      "import { Both } from './types.js';",
      "import vm from 'node:vm';",
      "import optional from 'optional';",
      'const both: Both = { a: 1 };',
      ...program('yield* cpu.writeOnce(at.x, both.a + optional.found);'),
    );
    await load(file);
  });

  it.each([
    ...['part.ts', 'other/package.json', 'other/tsconfig.json', 'folder/package.json', 'part.map', 'a b.map'],
    ...[
      'node_modules/held/package.json',
      'node_modules/held/deep/package.json',
      'node_modules/held/index.map',
    ],
    // Where configurations lead.
    ...['base.json', 'further.json', 'mapped/package.json', 'elsewhere/package.json'],
    'node_modules/led/dist/package.json',
  ])('a %s that is no regular file: it may never be read to its end', async (name) => {
    const at = join(folder.path, `special-${name.replaceAll(/\W/g, '-')}`);
    const parts: Readonly<Record<string, string>> = {
      'other/part.ts': 'export const two = 2;',
      'part.ts': 'export const two = 2;\n//# sourceMappingURL=part.map\n/*# sourceMappingURL=a%20b.map */',
      'folder/index.ts': 'export const two = 2;',
      'node_modules/held/index.js': '//# sourceMappingURL=index.map',
      'node_modules/held/deep/index.js': '',
      'tsconfig.json':
        '{ "extends": ["./base"], "compilerOptions": { "paths": { "@m/*": ["./mapped/*"] } } }',
      'base.json': '{ "extends": "./further.json" }',
      'further.json': '{}',
      'mapped/index.ts': '',
      'elsewhere/index.js': '',
      'node_modules/away/package.json': '{ "name": "away", "main": "../../elsewhere/index.js" }',
      'node_modules/led/package.json':
        '{ "name": "led", "exports": { ".": { "import": "./dist/index.js" } } }',
      'node_modules/led/dist/index.js': '',
      'node_modules/held/package.json': '{ "name": "held", "version": "1.0.0" }',
      'm.ts': [
        ...["import './part.js';", "import './other/part.js';", "import './folder';"],
        ...["import 'held';", "import 'held/deep/index.js';"],
        ...["import '@m/index';", "import 'away';", "import 'led';"],
        ...program('yield* cpu.writeOnce(at.x, 1);'),
      ].join('\n'),
    };
    for (const [path, text] of Object.entries(parts)) {
      mkdirSync(dirname(join(at, path)), { recursive: true });
      writeFileSync(join(at, path), `${text}\n`);
    }
    const file = join(at, 'm.ts');
    await load(file);
    rmSync(join(at, name), { force: true });
    symlinkSync('/dev/null', join(at, name));
    expect(await message(load(file))).toMatch(
      /: a part of a module is no regular file; put one in its place$/,
    );
  });
});
