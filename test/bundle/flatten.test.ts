import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flatten } from '../../src/bundle/flatten.js';
import { sourceFile } from '../../src/bundle/user-files.js';

describe('flat protocol code', () => {
  it('has lost its stars, and keeps its length and its lines', () => {
    const source = 'export function* f(cpu: Cpu): Protocol<number> {\n  return (yield* g(cpu)) * 2;\n}\n';
    expect(flatten(source, 'f.ts', 'protocol')).toBe(
      'export function* f(cpu: Cpu): Protocol<number> {\n  return (yield  g(cpu)) * 2;\n}\n',
    );
  });

  it('delegates nowhere in the kernel but where a line ends', () => {
    const file = sourceFile('kernel/smp');
    const source = readFileSync(file, 'utf8');
    const flat = flatten(source, file, 'protocol');
    expect(flat).toHaveLength(source.length);
    expect(source.match(/yield\*/g)?.length).toBeGreaterThan(40);
    expect(flat).not.toMatch(/yield\*/);
  });

  it.each([
    ['a line break, which would end the yield', 'function* f(cpu) {\n  yield*\n    g(cpu);\n}'],
    ['a comment before the star', 'function* f(cpu) { yield /* * */ * g(cpu); }'],
    ['text that looks like one', "function* f(cpu) { return 'yield* x'; }"],
    ['what does not parse', 'function* f( { yield* g(); }'],
  ])('leaves %s', (_, source) => {
    expect(flatten(source, 'f.js', 'protocol')).toBe(source);
  });

  it.each([
    ['by the name of its parameter', 'function* f(cpu, a) { yield* g(cpu, a); }'],
    ['by an operation', 'const f = function* (c) { yield* c.readOnce(1); yield* g(c); };'],
    ['within a plain function', 'const of = (at) => function* (cpu) { yield* cpu.readOnce(at); };'],
    ['as a method', 'class A { *f(cpu) { yield* this.g(cpu); } }'],
  ])('is recognised in a user module %s', (_, source) => {
    expect(flatten(source, 'f.js', 'mixed')).toBe(source.replaceAll('yield*', 'yield '));
  });

  it.each([
    [
      'generators for loops',
      'function* evens(n) { yield* range(n); }\nfunction f(n) { for (const x of evens(n)) use(x); }',
    ],
    [
      'a module that resumes generators itself',
      'function* f(cpu) { yield* g(cpu); }\nconst h = (cpu) => f(cpu).next();',
    ],
  ])('are not, in a user module, %s', (_, source) => {
    expect(flatten(source, 'f.js', 'mixed')).toBe(source);
  });

  it('decides for each function by itself', () => {
    const source =
      'function* f(cpu) { const r = function* () { yield* [1, 2]; }; for (const i of r()) yield* ' +
      'cpu.readOnce(i); }';
    expect(flatten(source, 'f.js', 'mixed')).toBe(source.replace('yield* cpu', 'yield  cpu'));
  });
});
