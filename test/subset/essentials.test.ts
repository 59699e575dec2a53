import { describe, expect, it } from 'vitest';
import { Cpu } from '../../src/machine/cpu.js';
import { formatSubsetViolation, operationNames } from '../../src/subset/check-subset.js';
import { checkEssentials } from '../../src/subset/essentials.js';

/** What plain programs may and may not do. */

const check = (...lines: string[]): string[] =>
  checkEssentials([{ path: 'p.ts', text: lines.join('\n') }], { operations: operationNames(Cpu) }).map(
    formatSubsetViolation,
  );

describe('the essentials of plain programs', () => {
  it('leave objects, closures, arrays and helpers of their own alone', () => {
    expect(
      check(
        'const SLOTS = [1, 2];',
        'class Bell { constructor(cpu) { this.cpu = cpu; } *ring(at) { yield* this.cpu.xchg(at, 1); } }',
        'function* helper(cpu, at, n) { return yield* cpu.fetchAdd(at, n); }',
        'function* script(cpu, at) {',
        '  const seen = { n: 0 }; const all = [];',
        '  const bell = new Bell(cpu);',
        '  for (const slot of SLOTS) { seen.n += yield* helper(cpu, at.x, slot); all.push(slot); }',
        '  const add = (n) => { seen.n += n; };',
        '  add(1); yield* bell.ring(at.y);',
        '  const later = helper(cpu, at.x, 1); yield* later;',
        '  try { yield* cpu.writeOnce(at.x, seen.n); } finally { all.length = 0; }',
        '}',
      ),
    ).toEqual([]);
  });

  it.each([
    ['cpu.writeOnce(at.x, 1);', 'protocol call without yield*: cpu.writeOnce never happens'],
    ['const seen = cpu.readOnce(at.x);', 'protocol call without yield*: cpu.readOnce never happens'],
    ['helper(cpu, at);', 'protocol call without yield*: helper never runs'],
    ['yield 1;', 'plain yield: '],
    ['total++;', 'state outside the words: total would keep its value'],
    ['shared.n = 1;', 'state outside the words: shared would keep its value'],
    ['log.push(1);', 'state outside the words: log would keep its value'],
    ['shared.seen.set(1, 2);', 'state outside the words: shared would keep its value'],
    ['yield* cpu.writeOnce(at.x, Math.random());', 'Math.random: '],
    ['yield* cpu.writeOnce(at.x, Date.now());', 'Date: '],
    ['yield* cpu.writeOnce(at.x, performance.now());', 'performance: '],
    ['setTimeout(() => 0, 1);', 'setTimeout: '],
    ["yield* cpu.writeOnce(at.x, readFileSync('f').length);", 'readFileSync: '],
    ['yield* cpu.writeOnce(at.x, os.freemem());', 'os: '],
  ])('refuse %s', (line, expected) => {
    const found = check(
      "import { readFileSync } from 'node:fs'; import * as os from 'os';",
      'let total = 0; const shared = { n: 0 }; const log = [];',
      'function* helper(cpu, at) { yield* cpu.readOnce(at.x); }',
      `function* script(cpu, at) {`,
      line,
      '}',
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`p.ts:5: ${expected}`);
  });

  it.each([
    ['function next() { return ++total; }', 'state outside the words: total would keep its value'],
    [
      'const next = () => { log.push(1); return log.length; };',
      'state outside the words: log would keep its value',
    ],
    ['const next = () => Date.now();', 'Date: '],
    [
      'const deeper = () => total++; function next() { return deeper(); }',
      'state outside the words: total would keep its value',
    ],
  ])('refuse a helper that says %s', (helper, expected) => {
    const found = check(
      helper,
      'let total = 0; const log = [];',
      'function* script(cpu, at) { yield* cpu.writeOnce(at.x, next()); }',
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`p.ts:1: ${expected}`);
  });

  it('refuse state of the function that makes the scripts', () => {
    const found = check(
      'function make() { const log = []; return function* (cpu, at) { log.push(1); yield* ' +
        'cpu.writeOnce(at.x, 1); }; }',
    );
    expect(found.join()).toContain('state outside the words: log would keep its value');
  });

  it(
    'leave helpers alone that change what they are given, or make an operation, and what no ' +
      'script calls',
    () => {
      expect(
        check(
          'const log = []; const put = (list, n) => { list.push(n); return n; };',
          'const store = (cpu, word) => cpu.writeOnce(word, 1);',
          'function setUp() { log.push(1); }',
          'setUp();',
          'function* script(cpu, at) { const own = []; put(own, 1); yield* store(cpu, at.x); ' +
            'Reflect.set({}, "a", 1); }',
        ),
      ).toEqual([]);
    },
  );

  it('tell a member of that name from the global', () => {
    expect(
      check('function* script(cpu, at) { const o = { Date: 1 }; yield* cpu.writeOnce(at.Date, o.Date); }'),
    ).toEqual([]);
  });
});
