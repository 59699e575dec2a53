import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { type CliRun, cli } from './run-cli.js';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'verify-state-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A module whose program calls `count()` in every round, and is wrong when that has come to four. */
function verified(name: string, before: string, count: string, always = 'read(at.y) !== 3'): Promise<CliRun> {
  const file = join(directory, `${name}.ts`);
  writeFileSync(
    file,
    `import { plainProgram } from 'shootdown';
import * as all from './helper.js';
import given, { limits } from './helper.js';
${before}
export const p = plainProgram({ name: 'p', words: { x: 0, y: 0 }, always: (read, at) => ${always}, cpus: [
  function* (cpu: any, at: any): any {
    const more = () => {}; let own = 0; const step = () => ++own; const ownList = [0];
    for (let i = 0; i < 9; i++) {
      yield* cpu.writeOnce(at.x, i); yield* cpu.smpMb();
      if (${count} === 4) { yield* cpu.writeOnce(at.y, 3); return; }
    }
  },
] });\n`,
  );
  writeFileSync(
    join(directory, 'helper.ts'),
    `let n = 0; export const inc = () => ++n; export const limits = [1, 4];
export default { step() { n += 1; return n; } };\n`,
  );
  const argv = ['verify', file, '--no-type-check', '--json', '--out', join(directory, 'findings')];
  return cli(argv, { engine: createEngine() });
}

const OUTSIDE = 'it assigns to a variable that keeps its value from execution to execution';
const FROZEN = 'it changes an object that its module keeps from execution to execution';
const make = (body: string): string => `function make(): any { let n = 0; const o = { n: 0 }; ${body} }\n`;

describe('what a module keeps from execution to execution is refused by verify', () => {
  it.each([
    ['a variable', 'let n = 0; const f = () => ++n; const g = (a: any) => a();', 'g(f)', OUTSIDE],
    ['one that a namespace has', '', 'all.inc()', OUTSIDE],
    ['one that a default export has', '', 'given.step()', OUTSIDE],
    ['one of a function', `${make('return () => ++n;')}const f = make();`, 'f()', OUTSIDE],
    ['one of a parameter', 'const made = (n = 0) => () => ++n; const f = made();', 'f()', OUTSIDE],
    [
      'one that a pattern assigns to',
      'let n = 0; const f = () => { [n] = [n + 1]; return n; };',
      'f()',
      OUTSIDE,
    ],
    ['one that a field of a class counts', 'let n = 0; class A { at = ++n; }', 'new A().at', OUTSIDE],
    ['one that an assertion counts', 'let n = 0;', '0', OUTSIDE, '++n < 99'],
    ['a list', 'const l: number[] = []; const f = (a: number[]) => a.push(0);', 'f(l)', FROZEN],
    [
      'an object of a class',
      'class A { n = 0; f() { return ++this.n; } } const a = new A();',
      'a.f()',
      FROZEN,
    ],
    ['a static field', 'class A { static n = 0; static f() { return ++A.n; } }', 'A.f()', FROZEN],
    [
      'a map',
      'const m = new Map([[0, 0]]); const f = (a: any) => { a.set(0, a.get(0) + 1); return a.get(0); };',
      'f(m)',
      FROZEN,
    ],
    [
      'a map that another of its methods changes',
      'const m = new Map([[0, 0]]);\n' +
        'const f = (a: any) => { Map.prototype.set.call(a, 0, a.get(0) + 1); return a.get(0); };',
      'f(m)',
      'it changes a map or a set of its module',
    ],
    [
      'a member of a function of JavaScript',
      'const f = (a: any) => (a.n = (a.n ?? 0) + 1);',
      'f(Math.max)',
      FROZEN,
    ],
    [
      'what is in a set',
      'const s = new Set([[0]]); const f = () => { for (const l of s) return ++l[0]; };',
      'f()',
      FROZEN,
    ],
    [
      'what a function has',
      'function f(): any { return 0; } f.n = 0; const g = (a: any) => ++a.n;',
      'g(f)',
      FROZEN,
    ],
    ['what a function captures', `${make('return () => ++o.n;')}const f = make();`, 'f()', FROZEN],
    [
      'what a method captures',
      `${make('return { f() { return ++o.n; } };')}const a = make();`,
      'a.f()',
      FROZEN,
    ],
    [
      'what a class captures',
      `${make('return class { f() { return ++o.n; } };')}const A = make();`,
      'new A().f()',
      FROZEN,
    ],
    [
      'what an arrow has of this',
      'class A { n = 0; f() { return () => ++this.n; } } const f = new A().f();',
      'f()',
      FROZEN,
    ],
    [
      'private fields',
      'class A { #n = 0; f() { return ++this.#n; } } const a = new A();',
      'a.f()',
      'private fields',
    ],
    [
      'a typed array',
      'const t = new Int32Array(1); const f = (a: any) => ++a[0];',
      'f(t)',
      'keeps can always change (Int32Array)',
    ],
    [
      'an iterator',
      'const l = [1, 2, 3, 4][Symbol.iterator]();',
      'l.next().value',
      'keeps can always change (Array Iterator)',
    ],
  ])('%s', { timeout: 60_000 }, async (name, before, count, message, always = undefined) => {
    const { exitCode, stdout, stderr } = await verified(name.replaceAll(' ', '-'), before, count, always);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(
      /^shootdown: [^ ]*\.ts:\d+: "p" cannot be verified: .*; it can still be hunted\n$/,
    );
    expect(exitCode).toBe(2);
    expect(stdout).not.toContain('"complete": true');
  });

  it.each([
    [
      'a function whose variables nothing tells apart',
      'switch (n) { default: let k = 0; return { f: () => ++k }; }',
      'that has a variable which is assigned to',
    ],
    [
      'an object of a class',
      'return new (class { f() { return n; } })();',
      'a script keeps a class, an object of one',
    ],
    [
      'a method beside others',
      'return { ...o, f() { return n; } };',
      'a script keeps a class, an object of one',
    ],
  ])('so is what a script makes and keeps: %s', { timeout: 60_000 }, async (name, body, message) => {
    const twice =
      '(yield* (function* (a: any, cpu: any): any {\n' +
      'yield* cpu.smpMb(); a.f(); yield* cpu.smpMb(); return a.f(); })(make(), cpu))';
    const { exitCode, stderr } = await verified(name.replaceAll(' ', '-'), make(body), twice);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    // A new one in each round is kept by nobody.
    const once = await verified(`${name}-once`.replaceAll(' ', '-'), make(body), 'make().f()');
    expect(once).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each([
    ['own variables that a function within counts', '', 'step()'],
    [
      'an object whose method counts',
      make('return { f() { return ++n; } };'),
      '(yield* (function* (a: any, cpu: any): any {\n' +
        'yield* cpu.smpMb(); a.f(); yield* cpu.smpMb(); return a.f() + 2; })(make(), cpu))',
    ],
    [
      'what a method has made of its own',
      make('const l = [0]; return { f() { return l.push(0); } };'),
      'make().f() + 2',
    ],
    ['own lists of one step', '', '[0].push(1, 2, 3)'],
    ['tables that nobody changes', 'const m = new Map([[3, 4]]);', 'm.get(i) ?? limits[0]'],
  ])('but not %s', { timeout: 60_000 }, async (name, before, count) => {
    const { exitCode, stdout, stderr } = await verified(name.replaceAll(' ', '-'), before, count);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(JSON.parse(stdout).verdicts).toMatchObject([{ violation: 'assertion' }]);
  });
});
