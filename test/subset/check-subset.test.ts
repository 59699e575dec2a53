import { describe, expect, it } from 'vitest';
import { checkSubset, formatSubsetViolation, type SubsetOptions } from '../../src/subset/check-subset.js';
import { SubsetSyntaxError } from '../../src/subset/syntax.js';

const operations = new Set(['readOnce', 'writeOnce', 'xchg', 'peek', 'assert', 'event']);
const options: SubsetOptions = { operations, configuration: new Set(['runsMm']) };

/** Violations of one module as `line construct`. */
function check(text: string, more: Partial<SubsetOptions> = {}): string[] {
  return checkSubset([{ path: 'm.ts', text }], { ...options, ...more }).map(
    ({ line, construct }) => `${line} ${construct}`,
  );
}

/** Violations of statements in a protocol function; the first statement is on line 7. */
function body(statements: string, more: Partial<SubsetOptions> = {}): string[] {
  return check(
    [
      'import { NUMBER } from "./other.js";',
      'let counter = 0;',
      'function* other(cpu: Cpu, n: number): Protocol<number> { return yield* cpu.readOnce(n); }',
      'function twice(n: number): number { return n * 2; }',
      'const LIMIT = 7;',
      'export function* f(cpu: KernelCpu, a: number, h: Handle): Protocol<void> {',
      statements,
      '}',
    ].join('\n'),
    more,
  );
}

describe('the subset allows', () => {
  it.each([
    [
      'locals, loops, labels and switch',
      'let i = 0; outer: for (;;) { while (i < 3) { i++; if (i === 2) continue outer; } do { i += 1; } ' +
        'while (i < 9); switch (i) { case 9: break outer; default: break; } }',
    ],
    [
      'operations anywhere in an expression',
      'const x = (yield* cpu.readOnce(a)) + twice(yield* cpu.readOnce(yield* cpu.peek(a)));  if (x > 0 ' +
        '&& (yield* cpu.readOnce(x)) === 1) return;',
    ],
    [
      'branches that operate on one side',
      'const x = a > 0 ? yield* cpu.readOnce(a) : h.default ?? (yield* cpu.readOnce(LIMIT)); yield* ' +
        'cpu.writeOnce(x, 0);',
    ],
    [
      'protocol functions by name and through the table',
      'const x = yield* other(cpu, a); yield* cpu.fn.anything(cpu, x);',
    ],
    [
      'immutable handles',
      'const state = cpu.own.tlbstate; const { gen, ctxs } = state; const [first] = ctxs; for (const c ' +
        'of ctxs) yield* cpu.readOnce(c.id); yield* cpu.writeOnce(first.id + state.ctxs[a].id, gen);',
    ],
    ['the int32 range', 'let x = -0x80000000; x = 0x7fffffff; x = (x / 2) | 0; x = Math.imul(x, -1);'],
    [
      'texts, booleans and undefined',
      "if (h.kind === 'run' && h.deep === true && h.more === undefined) return;",
    ],
    ['configuration of the CPU', 'if (cpu.runsMm(a, 1) && cpu.features.lazy && cpu.id === 0) return;'],
    ['types', 'const x = (a as number)! satisfies number; yield* cpu.readOnce(x);'],
    ['an operation whose value nobody wants', 'yield* cpu.assert(a === 1, "a is 1");'],
  ])('%s', (_what, statements) => {
    expect(body(statements)).toEqual([]);
  });

  it('generator functions as values of set-up code, with the constants around them', () => {
    expect(
      check(
        'export function program(me: number) {\n  const other = 1 - me;\n  return { cpus: [function* ' +
          '(cpu, at) { yield* cpu.writeOnce(at.flag + me, other); }] };\n}',
      ),
    ).toEqual([]);
  });

  it('methods of a class', () => {
    expect(
      check(
        'class Lock {\n  *take(cpu: Cpu): Protocol<void> { yield* this.spin(cpu); }\n  *spin(cpu: Cpu): ' +
          'Protocol<void> { yield* cpu.xchg(this.word, 1); }\n}',
      ),
    ).toEqual([]);
  });

  it('anything in what protocol code does not call', () => {
    expect(
      check(
        'export const setUp = (xs) => { try { return [...xs, { a: 1 }]; } catch { throw new ' +
          'Error(`no`); } };\nvar x = 1;',
      ),
    ).toEqual([]);
  });
});

describe('the subset refuses, naming line and construct:', () => {
  it.each([
    ['var', 'var x = 1;'],
    ['closure', 'const g = () => 1;'],
    ['closure', 'function inner() {}'],
    ['closure', 'const g = function* () {};'],
    ['closure', 'twice(h.list.length > 0 ? (function () { return 1; })() : 0);', ['unknown call']],
    ['try', 'try { yield* cpu.readOnce(a); } finally { a = 0; }'],
    ['throw', 'throw a;'],
    ['plain yield', 'yield;'],
    ['plain yield', 'yield cpu.readOnce(a);'],
    ['generator as a value', 'const g = 1; yield* g;'],
    ['function as a value', 'const g = other;'],
    ['function as a value', 'const g = cpu.readOnce;'],
    ['function as a value', 'const g = cpu.fn;'],
    ['assignment to a member', 'h.x = 1;'],
    ['assignment to a member', 'h.list[a] += 1;'],
    ['assignment to a member', 'h.x++;'],
    ['assignment to a pattern', '[a] = h;'],
    ['object literal', 'const o = { x: 1 };'],
    ['array literal', 'const o = [1, 2];'],
    ['template literal', 'const s = `a`;'],
    ['template literal', 'const s = h.tag`x`;'],
    ['spread', 'twice(...h.list);'],
    ['optional chaining', 'const x = h?.x;'],
    ['optional chaining', 'const x = h.f?.(1);'],
    ['new', 'const x = new Map();'],
    ['class', 'class X {}'],
    ['for-in', 'for (const k in h) a = 1;'],
    ['regular expression', 'const r = /x/;'],
    ['bigint', 'const b = 1n;'],
    ['number outside int32', 'const n = 0x80000000;'],
    ['number outside int32', 'const n = -0x80000001;'],
    ['number outside int32', 'const n = 0.5;'],
    ['operator /', 'const n = a / 2;'],
    ['operator **', 'const n = a ** 2;'],
    ['operator instanceof', 'const n = h instanceof LIMIT;'],
    ['delete', 'delete h.x;'],
    ['this', 'const t = this;'],
    ['mutable module state', 'const x = counter;'],
    ['mutable module state', 'counter = 1;'],
    ['mutable module state', 'counter++;'],
    ['global', 'const x = Date;'],
    ['unknown call', 'console.log(a);'],
    ['unknown call', 'NUMBER(a);'],
    ['unknown call', 'h.f(a);'],
    ['unknown call', 'const x = Math.random();'],
    ['unknown call', 'cpu.own.lock.take(cpu);', ['CPU as a value']],
    ['array literal', '[a].map(twice);', ['unknown call', 'function as a value']],
    ['machine state', 'const x = cpu.machine.mem[a];'],
    ['machine state', 'const x = cpu.pending;'],
    ['dynamic member of the CPU', 'const x = cpu[h.name];'],
    ['CPU as a value', 'const c = cpu;'],
    ['CPU as a value', 'twice(a, cpu);'],
    ['yield* of a plain function', 'yield* twice(a);'],
    ['protocol call without yield*', 'cpu.writeOnce(a, 1);'],
    ['protocol call without yield*', 'const x = twice(cpu.readOnce(a));'],
    ['protocol call without yield*', 'other(cpu, a);'],
    ['protocol call without yield*', 'cpu.fn.anything(cpu, a);'],
    ['protocol call without yield*', 'return cpu.fn.anything(cpu, a);'],
    ['default in a pattern', 'const { x = 1 } = h;'],
    ['rest in a pattern', 'const { x, ...more } = h;'],
    ['rest in a pattern', 'const [x, ...more] = h;'],
    ['computed key in a pattern', 'const { [h.name]: x } = h;'],
    ['debugger', 'debugger;'],
  ] as [string, string, string[]?][])('%s', (construct, statement, also = []) => {
    // With lines before and after it, and with what the same statement is refused for besides.
    const found = body(`const before = 1;\n${statement}\nconst after = 2;`).filter(
      (violation) => !also.some((name) => violation === `8 ${name}`),
    );
    expect(found).toEqual([`8 ${construct}`]);
  });

  it.each([
    ['default parameter', 'n = 1'],
    ['rest parameter', '...n'],
    ['pattern parameter', '{ n }'],
  ])('%s', (construct, parameter) => {
    expect(check(`\nfunction* f(cpu, ${parameter}) {\n  yield* cpu.readOnce(1);\n}`)).toEqual([
      `2 ${construct}`,
    ]);
  });

  it('async', () => {
    expect(
      check(
        'async function* f(cpu) {\n  yield* cpu.readOnce(await 1);\n  for await (const x of cpu.own) ' +
          'yield* cpu.readOnce(x);\n}',
      ),
    ).toEqual(['1 async', '2 await', '3 await']);
  });

  it('getter', () => {
    expect(
      check(
        'class Lock {\n  get word() { return 1; }\n  *take(cpu: Cpu) {\n    yield* cpu.xchg(this.word, ' +
          'this.other);\n  }\n}',
      ),
    ).toEqual(['4 getter']);
  });

  it('mutable module state: bare literals and objects, and variables of functions around', () => {
    expect(
      check(
        'const cache = new Map();\nconst list = [1];\nfunction* f(cpu) {\n  yield* ' +
          'cpu.readOnce(cache.size);\n  yield* cpu.readOnce(list[0]);\n}',
      ),
    ).toEqual(['4 mutable module state', '5 mutable module state']);
    expect(
      check(
        'export function make() {\n  let n = 1;\n  n = 2;\n  return function* (cpu) {\n    yield* ' +
          'cpu.readOnce(n);\n  };\n}',
      ),
    ).toEqual(['5 mutable module state']);
  });

  it('recursion, through names, the table and aliases', () => {
    expect(check('function* f(cpu) {\n  yield* f(cpu);\n}')).toEqual(['1 recursion']);
    expect(
      check('function* f(cpu) {\n  yield* cpu.fn.g(cpu);\n}\nfunction* g(cpu) {\n  yield* f(cpu);\n}'),
    ).toEqual(['1 recursion']);
    expect(
      check('function* f(cpu) {\n  yield* cpu.fn.flush(cpu);\n}\nexport const backend = { flush: f };'),
    ).toEqual(['1 recursion']);
    expect(
      check(
        'function depth(n: number): number {\n  return n === 0 ? 0 : depth(n - 1);\n}\nfunction* f(cpu) ' +
          '{\n  yield* cpu.readOnce(depth(3));\n}',
      ),
    ).toEqual(['1 recursion']);
  });

  it('what a plain function does that protocol code calls, in whatever module', () => {
    const helpers = {
      path: 'lib/helpers.ts',
      text:
        '\nexport function helper(n: number): number[] {\n  return [n];\n}\nexport const unused = ' +
        '() => [1];\nexport let last = 0;',
    };
    const main = {
      path: 'm.ts',
      text:
        "import { helper as h } from './lib/helpers.js';\nimport * as all from " +
        "'./lib/helpers.js';\nfunction* f(cpu) {\n  yield* cpu.readOnce(h(1));\n  yield* " +
        'cpu.readOnce(all.helper(all.last));\n}',
    };
    const violations = checkSubset([helpers, main], { ...options, checked: (path) => path === 'm.ts' });
    expect(violations.map(({ file, line, construct }) => `${file}:${line} ${construct}`)).toEqual([
      'lib/helpers.ts:3 array literal',
      'm.ts:5 mutable module state',
    ]);
  });

  it('an operation in a plain function', () => {
    expect(
      check(
        'function helper(cpu: Cpu): void {\n  cpu.readOnce(1);\n}\nfunction* f(cpu) {\n  yield* ' +
          'cpu.readOnce(helper(cpu));\n}',
      ),
    ).toEqual(['2 protocol call without yield*']);
  });
});

describe('the checker', () => {
  it('takes what is imported from elsewhere by name', () => {
    const text =
      "import { userAccess as access, pteFrame } from 'shootdown';\nfunction* f(cpu) {\n  const x = " +
      'yield* access(cpu, 1);\n  access(cpu, pteFrame(x));\n}';
    const external = { protocol: new Set(['userAccess']), pure: new Set(['pteFrame']) };
    expect(check(text, { external })).toEqual(['4 protocol call without yield*']);
    expect(check(text)).toEqual(['3 unknown call', '4 unknown call', '4 unknown call']);
  });

  it('says file, line, construct and what to do instead', () => {
    const [violation] = checkSubset(
      [{ path: 'src/x.ts', text: 'function* f(cpu) {\n  throw 1;\n}' }],
      options,
    );
    expect(formatSubsetViolation(violation)).toBe('src/x.ts:2: throw: use cpu.assert (in f)');
  });

  it('says where text is no TypeScript', () => {
    const wrong = (): unknown =>
      checkSubset([{ path: 'src/x.ts', text: 'const a = 1;\nfunction* (' }], options);
    expect(wrong).toThrow(SubsetSyntaxError);
    expect(wrong).toThrow(/^src\/x\.ts:2: /);
  });
});
