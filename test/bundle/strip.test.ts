import { describe, expect, it } from 'vitest';
import { StripError, stripGenerators } from '../../src/bundle/strip.js';

describe('stripping generators', () => {
  it('blanks the stars and the yields, and keeps every length', () => {
    const source =
      'export function* f(cpu: Cpu): Protocol<number> {\n  const x = yield* cpu.readOnce(1);\n  return ' +
      '(yield* g(cpu)) + x;\n}\n';
    const stripped = stripGenerators(source, 'f.ts');
    expect(stripped).toBe(
      'export function  f(cpu: Cpu): Protocol<number> {\n  const x =        cpu.readOnce(1);\n  return ' +
        '(       g(cpu)) + x;\n}\n',
    );
    expect(stripped.length).toBe(source.length);
  });

  it.each([
    [
      'a method',
      'const o = { *f(cpu) { yield* cpu.op(); } };',
      'const o = {  f(cpu) {        cpu.op(); } };',
    ],
    [
      'a class method',
      'class A { static *f(a) { yield* a.b(); } }',
      'class A { static  f(a) {        a.b(); } }',
    ],
    [
      'an expression',
      'const f = function* (c) { yield* c.op(); };',
      'const f = function  (c) {        c.op(); };',
    ],
    [
      'a conditional',
      'function* f(c) { return c.a ? yield* c.op() : true; }',
      'function  f(c) { return c.a ?        c.op() : true; }',
    ],
    [
      'a comment in between',
      'function* f(c) { yield * /* yield* */ c.op(); }',
      'function  f(c) {         /* yield* */ c.op(); }',
    ],
    ['text that looks like one', "function* f() { return 'yield*'; }", "function  f() { return 'yield*'; }"],
    ['a product', 'function f(a, b) { return a * b; }', 'function f(a, b) { return a * b; }'],
  ])('leaves %s right', (_what, source, stripped) => {
    expect(stripGenerators(source, 'f.js')).toBe(stripped);
  });

  it.each([
    ['a bare yield', 'function* f() {\n  yield 1;\n}', 'f.js:2: a bare yield cannot be stripped'],
    [
      'a return that would end',
      'function* f(c) {\n  return yield*\n    c.op();\n}',
      'f.js:2: a line break after "return yield*"',
    ],
    [
      'a statement that would join',
      'function* f(c) {\n  c.x\n  yield* (c.op());\n}',
      'f.js:3: a statement may not begin',
    ],
    ['no JavaScript', 'function* {', 'f.js: '],
  ])('refuses %s', (_what, source, message) => {
    expect(() => stripGenerators(source, 'f.js')).toThrow(StripError);
    expect(() => stripGenerators(source, 'f.js')).toThrow(message);
  });
});
