import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AT_ONCE, flatten } from '../../src/bundle/flatten.js';
import { sourceFile } from '../../src/bundle/user-files.js';
import { AskedCpu, WatchedCpu } from '../../src/explore/effect/cpus.js';
import { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { ImmediateOp } from '../../src/machine/pending-op.js';
import { Bench, quiet } from '../kernel/harness.js';

describe('flat protocol code', () => {
  it('has lost its stars, and keeps its length and its lines', () => {
    const source = 'export function* f(cpu: Cpu): Protocol<number> {\n  return (yield* g(cpu)) * 2;\n}\n';
    expect(flatten(source, 'f.ts', 'protocol')).toBe(
      'export function* f(cpu: Cpu): Protocol<number> {\n  return (yield  g(cpu)) * 2;\n}\n',
    );
  });

  it.each([
    ['const x = yield* cpu.peek(a);', 'const x =  cpu.peek(a).value;'],
    ['if ((yield* cpu.peek(a)) !== 0) return;', 'if (( cpu.peek(a).value) !== 0) return;'],
    ['yield* cpu.event(A, yield* cpu.peek(a), 0);', ' cpu.event(A,  cpu.peek(a).value, 0).value;'],
    ['yield* cpu.event(A, yield* cpu.readOnce(a), 0);', ' cpu.event(A, yield  cpu.readOnce(a), 0).value;'],
    ['yield* cpu.poke(a, 1);', 'yield  cpu.poke(a, 1);'],
    ['yield* other.peek(a);', 'yield  other.peek(a);'],
  ])('does not leave for what is done at once: %s', (body, flat) => {
    const text = (inner: string): string => `function* f(cpu, other, a) { ${inner} }`;
    expect(flatten(text(body), 'f.js', 'protocol')).toBe(text(flat));
    expect(flat).toHaveLength(body.length);
    expect(flatten(text(body), 'f.js', 'mixed')).toBe(text(body.replaceAll('yield*', 'yield ')));
  });

  it('what is done at once is that on all CPUs of an explorer', () => {
    const scenario = quiet({});
    for (const Kind of [KernelCpu, WatchedCpu, AskedCpu]) {
      const { machine, program } = new Bench(scenario);
      const { config } = program;
      const cpu = new Kind(machine, 0, config);
      for (const name of AT_ONCE) {
        const operation = cpu[name as 'event'](config.layout.cpus[0].tlbstate.loadedMm, 0, 0);
        expect([Kind.name, name, operation instanceof ImmediateOp]).toEqual([Kind.name, name, true]);
      }
    }
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
