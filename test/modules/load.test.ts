import { afterAll, describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import * as api from '../../src/index.js';
import { type LoadOptions, loadModules } from '../../src/modules/load.js';
import { findVariant } from '../../src/variants/index.js';
import { ModuleFolder, program } from './write-module.js';

const folder = new ModuleFolder();
afterAll(() => folder.remove());

const load = (files: readonly string[], options: Partial<LoadOptions> = {}) =>
  loadModules(files, { api, apiFile: sourceFile('index'), typeCheck: false, ...options });

/** The message of a module that is refused, with its file as FILE. */
async function refused(name: string, lines: readonly string[], typeCheck = false): Promise<string> {
  const file = folder.write(name, ...lines);
  try {
    await load([file], { typeCheck });
  } catch (error) {
    expect(error).toBeInstanceOf(api.InputError);
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    return message.replaceAll(folder.shown(file), 'FILE');
  }
  throw new Error(`${name} was accepted`);
}

describe('a module', () => {
  it('brings its programs, variants and scenarios, in the order in which they are made', async () => {
    const file = folder.write(
      'all.ts',
      "import { defineScenario, defineVariant, plainProgram, steps } from 'shootdown';",
      "export const z = plainProgram({ name: 'first', words: { x: 0 }, cpus: [function* (cpu, at) { " +
        'yield* cpu.writeOnce(at.x, 1); }] });',
      "export const a = plainProgram({ name: 'second', words: { x: 0 }, cpus: [function* (cpu, at) { " +
        'yield* cpu.writeOnce(at.x, 1); }] });',
      "export const v = [defineVariant({ name: 'mine', base: 'b1', features: { skipLazy: false } }), " +
        "defineVariant({ name: 'other' })];",
      "export const s = defineScenario({ name: 'short', scripts: [[steps.run(1), ...steps.write(4)], " +
        '[steps.run(0)]] });',
    );
    const loaded = await load([file]);
    expect(loaded.programs.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(loaded.variants.map(({ name }) => name)).toEqual(['mine', 'other']);
    expect(loaded.scenarios).toMatchObject([{ name: 'short', cpus: 2, mms: [{}, {}], pages: 5 }]);
    expect(findVariant('mine', loaded.modules.variants)?.features).toMatchObject({
      skipLazy: false,
      barrierWhenBitSet: false,
    });
    expect(findVariant('mine+barrierWhenBitSet', loaded.modules.variants)?.features).toMatchObject({
      skipLazy: false,
      barrierWhenBitSet: true,
    });
    expect(loaded.modules.refs).toEqual([
      { file: folder.shown(file), sha256: expect.stringMatching(/^[0-9a-f]{64}$/), inputs: 1 },
    ]);
  });

  it('of a finding has its types checked only where it is no longer what it was', async () => {
    const file = folder.write(
      'loose.ts',
      ...program('const y: number = "1"; yield* cpu.writeOnce(at.x, +y);'),
    );
    const { refs } = (await load([file])).modules;
    await expect(load([file], { typeCheck: refs })).resolves.toMatchObject({ programs: [{ name: 'p' }] });
    folder.write('loose.ts', ...program('const y: number = "2"; yield* cpu.writeOnce(at.x, +y);'));
    await expect(load([file], { typeCheck: refs })).rejects.toThrow('(TS2322)');
  });

  it('is known by what is in it and in the files that it imports', async () => {
    folder.write('part.ts', 'export const one = 1;');
    const file = folder.write(
      'whole.ts',
      "import { one } from './part.js';",
      ...program('yield* cpu.writeOnce(at.x, one);').slice(0),
    );
    const [before] = (await load([file])).modules.refs;
    folder.write('part.ts', 'export const one = 2;');
    const [after] = (await load([file])).modules.refs;
    expect(after.sha256).not.toBe(before.sha256);
    await expect(load([file], { expected: [before] })).rejects.toThrow(
      'has changed since the finding was made',
    );
    await load([file], { expected: [after] });
  });
});

describe('a mistake in a module is told with its line', () => {
  it.each([
    [
      'a type',
      program('yield* cpu.writeOnce(at.y, 1);'),
      /^FILE:4: Property 'y' does not exist on type .*\(TS2339\)$/,
    ],
    [
      'an import that is not there',
      ["import { plainProgramm } from 'shootdown';", 'plainProgramm;'],
      /^FILE:1: .*plainProgram/,
    ],
    ['syntax', ['const a = {', 'export const b = ;'], /^FILE:2: /],
  ])('%s', async (name, lines, expected) => {
    expect(await refused(`${name.replaceAll(' ', '-')}.ts`, lines, true)).toMatch(expected);
  });

  it.each([
    [
      'an import that is not there, types unchecked',
      ["import { plainProgramm } from 'shootdown';", 'plainProgramm();'],
      /^FILE:1: No matching export in "shootdown"/,
    ],
    [
      'CommonJS',
      ['', "const { plainProgram } = require('shootdown');", 'exports.p = plainProgram;'],
      /^FILE:2: a module is no CommonJS: write import/,
    ],
    ['a file that is not there', ["import './nothing.js';"], /^FILE:1: Could not resolve ".\/nothing.js"$/],
    [
      'an operation without yield*',
      program('cpu.writeOnce(at.x, 1);'),
      /^FILE:4: protocol call without yield\*: cpu.writeOnce never happens/,
    ],
    [
      'state outside the words',
      ['let n = 0;', ...program('n++; yield* cpu.writeOnce(at.x, n);')],
      /^FILE:5: state outside the words: n would keep/,
    ],
    ['a random number', program('yield* cpu.writeOnce(at.x, Math.random());'), /^FILE:4: Math.random: /],
    ['a clock', program('yield* cpu.writeOnce(at.x, Date.now());'), /^FILE:4: Date: /],
    [
      'a program that makes no sense',
      [
        "import { plainProgram } from 'shootdown';",
        '',
        "export const p = plainProgram({ name: 'p', words: { x: 0.5 }, cpus: [] });",
      ],
      /^FILE:3: program "p": cpus must be/,
    ],
    [
      'a variant that makes no sense',
      [
        "import { defineVariant } from 'shootdown';",
        "export const v = defineVariant({ name: 'v', base: '6.99' });",
      ],
      /^FILE:2: variant "v": its base "6.99" is no variant/,
    ],
    [
      'a built-in name',
      ["import { defineVariant } from 'shootdown';", "export const v = defineVariant({ name: 'b1' });"],
      /^FILE:2: variant "b1": this is the name of a built-in variant/,
    ],
    [
      'a rule where it makes no sense',
      [
        "import { defineVariant } from 'shootdown';",
        "export const v = defineVariant({ name: 'v', rule: 'v14' });",
      ],
      /^FILE:2: variant "v": rule v14 makes no sense on native: /,
    ],
    [
      'a function that the kernel has not',
      [
        "import { defineVariant } from 'shootdown';",
        "export const v = defineVariant({ name: 'v', replace: { *flushAll() {} } });",
      ],
      /^FILE:2: variant "v": replace.flushAll: /,
    ],
    [
      'kernel code outside the subset',
      [
        "import { defineVariant } from 'shootdown';",
        "export const v = defineVariant({ name: 'v', replace: {",
        '  *shouldFlushTlb(cpu, target) { const skip = [1, 2]; return target === skip[0]; } } });',
      ],
      /^FILE:3: array literal: /,
    ],
    [
      'a scenario that makes no sense',
      [
        "import { defineScenario, steps } from 'shootdown';",
        'export const s = defineScenario({',
        "  name: 's', pages: 2, scripts: [[steps.run(0), steps.munmap(0, 5)]] });",
      ],
      /^FILE:2: scenario "s": scripts\[0\]\[1\]: ends at page 5 of 2$/,
    ],
    ['nothing exported', ['const a = 1;'], /^FILE:1: exports nothing; export what/],
    [
      'nothing exported, with an import that nobody uses',
      ["import { plainProgram } from 'shootdown';", 'const a = 1;'],
      /^FILE:1: exports nothing; export what/,
    ],
    [
      'nothing that can be hunted',
      ['export const a = 1;'],
      /^FILE:1: exports nothing that can be hunted \(a\); export what/,
    ],
    [
      'an error',
      ['', "throw new RangeError('too far');", 'export {};'],
      /^FILE:2: threw RangeError: too far$/,
    ],
    [
      'an error in a function',
      ['function f(): never {', "  throw new Error('no');", '}', 'f();', 'export {};'],
      /^FILE:2: threw Error: no$/,
    ],
    [
      'a loop without end',
      ['let n = 0;', 'for (;;) n++;', 'export {};'],
      /^FILE:2: this loop turns without end/,
    ],
  ])('%s', async (name, lines, expected) => {
    expect(await refused(`${name.replaceAll(/\W+/g, '-')}.ts`, lines)).toMatch(expected);
  });

  it('two definitions of one name', async () => {
    const lines = program('yield* cpu.writeOnce(at.x, 1);');
    expect(
      await refused('twice.ts', [...lines, lines[1].replace('const p', 'const q'), ...lines.slice(2)]),
    ).toMatch(/two definitions are named "p"/);
  });

  it.each([
    ['folder.txt', /not a module; give a \.ts/],
    ['nowhere.ts', /cannot be read: no such file or directory \(ENOENT\); give the path of a module/],
  ])('a file that is none: %s', async (name, expected) => {
    await expect(load([`${folder.path}/${name}`])).rejects.toThrow(expected);
  });
});
