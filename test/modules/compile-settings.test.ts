import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import * as api from '../../src/index.js';
import { bundleModules } from '../../src/modules/bundle-modules.js';
import { hashOfTexts, refOf } from '../../src/modules/inputs.js';
import { loadModules } from '../../src/modules/load.js';
import type { ModuleRef } from '../../src/vocabulary/finding.js';
import { ModuleFolder, program } from './write-module.js';

/** Whatever a configuration changes of what a module does is in its hash; what changes nothing is not. */

const folder = new ModuleFolder();
afterAll(() => folder.remove());
const at = (name: string): string => join(folder.path, name);
function write(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

let file: string;
beforeAll(() => {
  write('parts/barrel.ts', "export * from './one.js';\n(globalThis as any).barrel = 1;\n");
  write('parts/one.ts', 'export const one: number = 1;\n');
  write('parts/fields.ts', FIELDS);
  write('parts/side.ts', '(globalThis as any).side = 1;\n');
  write('parts/unused.ts', 'export interface Unused {}\nexport const unused = 1;\n');
  write('parts/common.cjs', 'exports.__esModule = true; exports.default = 3;\n');
  write('node_modules/dep/index.js', "export * from './one.js';\nglobalThis.dep = 1;\n");
  write('node_modules/dep/one.js', 'export const two = 2;\n');
  write('node_modules/dep/package.json', DEP);
  file = folder.write(
    'main.ts',
    "import { one } from './parts/barrel.js';",
    "import './parts/side.js';",
    "import { unused } from './parts/unused.js';",
    "import common from './parts/common.cjs';",
    "import { two } from 'dep';",
    "import { Derived } from './parts/fields.js';",
    ...program('yield* cpu.writeOnce(at.x, one);'),
    'export const other = [common, two, Derived] satisfies (typeof unused | unknown)[];',
  );
});

const FIELDS = `class Base { set field(to: number) { console.log(to); } }
export class Derived extends Base { override field = 2; declare other: number; }
`;
const DEP = '{ "name": "dep", "version": "1.0.0", "main": "index.js" }';
const CONFIGURATIONS = ['tsconfig.json', 'jsconfig.json', 'base.json', 'package.json', 'parts/tsconfig.json'];
afterEach(() => {
  for (const name of CONFIGURATIONS) rmSync(at(name), { force: true });
  write('node_modules/dep/package.json', DEP);
});

/** What the module's files become, and their hash. */
async function made(): Promise<{ text: string; sha256: string; texts: string }> {
  const outfile = at('out/made.mjs');
  const metafile = await bundleModules([file], outfile, api);
  // Which file a text is of stands in comments; and a module is strict, whether it says so or not.
  const text = readFileSync(outfile, 'utf8').replaceAll(/^(?:\/\/.*| *"use strict";)\n/gm, '');
  return { text, sha256: refOf(file, metafile).sha256, texts: hashOfTexts(file, metafile) };
}

const options = (of: object): string => JSON.stringify({ compilerOptions: of });
const TARGETS = [
  'ES3',
  'ES5',
  'ES6',
  'es2015',
  'ES2017',
  'ES2020',
  'ES2021',
  'ES2022',
  'ES2023',
  'ESNext',
  'none',
];
const VALUES: readonly (readonly [option: string, values: readonly unknown[]])[] = [
  ['target', TARGETS],
  ['jsx', ['preserve', 'react', 'react-jsx']],
  ['jsxFactory', ['h']],
  ['importsNotUsedAsValues', ['remove', 'preserve', 'error']],
  ['module', ['CommonJS', 'NodeNext', 'ESNext']],
  ['lib', [['ES2015']]],
  ...[
    'useDefineForClassFields',
    'experimentalDecorators',
    'emitDecoratorMetadata',
    'verbatimModuleSyntax',
    'preserveValueImports',
    'isolatedModules',
    'strict',
    'alwaysStrict',
    'esModuleInterop',
    'allowJs',
    'removeComments',
    'importHelpers',
    'downlevelIteration',
  ].map((name) => [name, [true, false]] as const),
];
const CASES: readonly (readonly [file: string, text: string])[] = [
  ...VALUES.flatMap(([name, values]) =>
    values.map((value) => ['tsconfig.json', options({ [name]: value })] as const),
  ),
  ['jsconfig.json', options({ target: 'ES2020' })],
  ['parts/tsconfig.json', options({ target: 'ES2020' })],
  ['tsconfig.json', '{ "extends": "./base.json" }'],
  ['tsconfig.json', '{ "extends": ["./base.json"], /* more */ "compilerOptions": { "target": "ES2022" }, }'],
  ['tsconfig.json', options({ target: 'ES2020', useDefineForClassFields: true })],
  ['package.json', '{ "type": "module" }'],
  ['package.json', '{ "type": "commonjs" }'],
  ['package.json', '{ "sideEffects": false }'],
  ['package.json', '{ "sideEffects": ["./parts/side.ts"] }'],
  ['package.json', '{ "sideEffects": true, "name": "mine", "version": "1.0.0" }'],
  ['node_modules/dep/package.json', DEP.replace('{', '{ "sideEffects": false,')],
  ['node_modules/dep/package.json', DEP.replace('{', '{ "type": "module",')],
];

it('says what is compiled otherwise, and only that', { timeout: 120_000 }, async () => {
  const plain = await made();
  expect(plain.sha256).toBe(plain.texts);
  const seen: string[] = [];
  let otherwise = 0;
  for (const [name, text] of CASES) {
    write('base.json', options({ target: 'ES2019' }));
    write(name, text);
    const { text: now, sha256 } = await made();
    if (now !== plain.text) otherwise++;
    if (now !== plain.text && sha256 === plain.sha256) seen.push(`not in the hash: ${name}: ${text}`);
    // What no text here makes use of is said too.
    if (now === plain.text && sha256 !== plain.sha256 && !/experimentalDecorators|"type"/.test(text))
      seen.push(`in the hash for nothing: ${name}: ${text}`);
    rmSync(at(name), { force: true });
    write('node_modules/dep/package.json', DEP);
  }
  expect(seen).toEqual([]);
  expect(otherwise).toBeGreaterThan(12);
});

it('is refused in a finding that does not say it', async () => {
  const load = (expected?: readonly ModuleRef[]) =>
    loadModules([file], { api, apiFile: sourceFile('index'), typeCheck: false, expected });
  const [before] = (await load()).modules.refs;
  write('tsconfig.json', options({ useDefineForClassFields: false }));
  await expect(load([before])).rejects.toThrow(
    /main\.ts: a tsconfig\.json or package\.json says how it is compiled, and the finding, [^;]*; to replay/,
  );
  const [after] = (await load()).modules.refs;
  await load([after]);
  write('tsconfig.json', options({ useDefineForClassFields: true }));
  await expect(load([after])).rejects.toThrow(/main\.ts: has changed since the finding was made/);
  await load([before]);
});
