import { describe, expect, it } from 'vitest';
import type { PlainProgram } from '../../src/programs/plain-program.js';
import type * as Compare from './compare.js';
import { evaluateLowered, projectFile } from './lowered.js';

type Module = typeof Compare & { readonly programs: readonly PlainProgram[] };

/**
 * Programs whose expressions have read an old value, of a variable or of an object, when a function gives it a
 * new one in the middle of them, and programs that change what they keep. `look`: what the function does; `end`: what is made of it.
 */
const program = (look: string, end: string): string => `plainProgram({
  name: ${JSON.stringify(end)},
  words: { x: 0, seen: 0 },
  cpus: [
    function* (cpu, at) {
      let n = yield* cpu.choose(3);
      const list = [n, 7], box = { n, m: 0 };
      const look = function* () { ${look} yield* cpu.smpMb(); yield* cpu.smpMb(); return 1; };
      const one = (v) => v + 10, two = { f: (v) => v + 20 };
      ${end}
    },
    function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); },
  ],
})`;

const SEE_F = ' yield* cpu.writeOnce(at.seen, m.f());';

const SEE_LIST = ' yield* cpu.writeOnce(at.seen, list.length * 8 + list.at(-1));';
const SEE_MAP = ' yield* cpu.writeOnce(at.seen, m.size * 8 + (m.get(0) ?? 5));';
const SEE_SET = ' yield* cpu.writeOnce(at.seen, s.size * 8 + [...s][0]);';
const SEE_FROZEN = ' yield* cpu.writeOnce(at.seen, Object.isFrozen(box) ? 1 : 2);';

const PROGRAMS = [
  program('n = 2;', 'yield* cpu.writeOnce(at.seen, n + (yield* look()));'),
  program('n = yield* cpu.readOnce(at.x);', 'yield* cpu.writeOnce(at.seen, n * 8 + (yield* look()) + n);'),
  program('n = 2;', 'yield* cpu.writeOnce(at.seen, list[n & 1] + (yield* look()));'),
  program('n = 2;', 'const a = [n, yield* look(), n]; yield* cpu.writeOnce(at.seen, a[0] * 8 + a[2]);'),
  program('n = 2;', 'const o = { m: n, k: yield* look() }; yield* cpu.writeOnce(at.seen, o.m * 8 + o.k);'),
  program('n = 2;', 'yield* cpu.writeOnce(at.seen, Number(`$' + '{n}$' + '{yield* look()}`));'),
  program(
    '',
    'const m = makeAdder(cpu, n); yield* cpu.smpMb(); yield* m.add(at.seen); yield* m.add(at.seen);',
  ),
  program('', `const m = n > 1 ? { f() { return 5; } } : { f() { return 6; } }; yield* cpu.smpMb();${SEE_F}`),
  program('', `const m = { ...(n > 1 ? TWO : ONE), k: 3 }; yield* cpu.smpMb();${SEE_F}`),
  program('', `const m = { n, f() { return this.n * 3; } }; yield* cpu.smpMb();${SEE_F}`),
  program(
    '',
    'const m = n > 1 ? ONE : { ...ONE }; yield* cpu.smpMb(); yield* cpu.writeOnce(at.seen, m === ONE ? 1 : 2);',
  ),
  program('list[0] = 2;', 'yield* cpu.writeOnce(at.seen, list[0] + (yield* look()) * 8 + list[0] * 32);'),
  program(
    'list.push(9);',
    'const all = [...list, yield* look()]; yield* cpu.writeOnce(at.seen, all.length);',
  ),
  program('box.n = 2;', 'const all = { ...box, k: yield* look() }; yield* cpu.writeOnce(at.seen, all.n);'),
  program('box.n = 2;', 'const all = { m: box.n, k: yield* look() }; yield* cpu.writeOnce(at.seen, all.m);'),
  program('box.n = 2;', 'yield* cpu.writeOnce(at.seen, (box.n > 1 ? 1 : 2) + (yield* look()));'),
  program('box.n = 2;', 'box.m = yield* look(); yield* cpu.writeOnce(at.seen, box.n + box.m + n * 8);'),
  program('', `for (let i = 0; i < n; i++) list.push(yield* cpu.readOnce(at.x));${SEE_LIST}`),
  program(
    '',
    `const m = new Map(); for (let i = 0; i < n; i++) m.set(i, yield* cpu.readOnce(at.x));${SEE_MAP}`,
  ),
  program('', `const s = new Set([n]); yield* cpu.smpMb(); s.add(yield* cpu.readOnce(at.x));${SEE_SET}`),
  program('', `if (n > 1) Object.freeze(box); yield* cpu.smpMb();${SEE_FROZEN}`),
  program(
    '',
    'const o = n > 1 ? box : { ...box }; yield* cpu.smpMb(); o.n = 7; yield* cpu.writeOnce(at.seen, box.n);',
  ),
  // Functions that have variables which somebody assigns to.
  program('', 'const f = () => ++n; yield* twice(cpu, f); yield* cpu.writeOnce(at.seen, n * 8 + f());'),
  program('', 'const f = counter(n); yield* twice(cpu, f); yield* cpu.writeOnce(at.seen, f());'),
  program(
    '',
    'const f = counter(0), g = n > 1 ? f : counter(0); yield* twice(cpu, f); yield* twice(cpu, g);' +
      ' yield* cpu.writeOnce(at.seen, f() * 8 + g());',
  ),
  program(
    '',
    'let m = 0; const own = () => ++m; const f = n > 1 ? own : counter(0); m = 0; yield* cpu.smpMb(); f();' +
      ' yield* cpu.smpMb(); yield* cpu.writeOnce(at.seen, m * 8 + f());',
  ),
  program(
    '',
    'const all = []; for (let i = 0; i < n; i++) { let k = i; all.push(() => ++k); yield* twice(cpu, all[0]); }' +
      ' yield* cpu.writeOnce(at.seen, all.reduce((sum, f) => sum * 4 + f(), 0));',
  ),
  program(
    '',
    'const a = twoOf(0), b = twoOf(0), pair = n > 1 ? a : [a[0], b[1]]; yield* cpu.smpMb(); pair[0]();' +
      ' yield* cpu.smpMb(); yield* cpu.writeOnce(at.seen, pair[1]());',
  ),
  program('', 'yield* deep(cpu, at, n > 1, null);'),
  program(
    '',
    'const o = holder(n); yield* cpu.smpMb(); o.add(); yield* cpu.smpMb(); yield* cpu.writeOnce(at.seen, o.get());',
  ),
  program('n = 2;', 'yield* cpu.writeOnce(at.seen, (n > 1 ? one : two.f)(yield* look()));'),
];

describe('values that an expression has read before a function changes their variables', () => {
  it('belong to where the script stands', { timeout: 60_000 }, async () => {
    const text = `export * from ${JSON.stringify(projectFile('test/verify/compare.ts'))};
import { plainProgram } from ${JSON.stringify(projectFile('src/programs/plain-program.ts'))};
const ONE = { f() { return 5; } }, TWO = { f() { return 6; } };
const counter = (n) => { return () => ++n; };
function twoOf(n) { return [() => ++n, () => n]; }
function* deep(cpu, at, isOwn, given) {
  let m = 0;
  const own = () => m;
  if (given === null) return yield* deep(cpu, at, isOwn, own);
  const f = isOwn ? own : given;
  yield* cpu.smpMb();
  m = 5;
  yield* cpu.smpMb();
  yield* cpu.writeOnce(at.seen, f());
}
function holder(n) { return { add() { n += 1; }, get() { return n; } }; }
function* twice(cpu, f) { f(); yield* cpu.smpMb(); f(); yield* cpu.smpMb(); }
const makeAdder = (cpu, n) => ({ *add(word) { yield* cpu.writeOnce(word, n + (yield* cpu.readOnce(word))); } });
export const programs = [${PROGRAMS.join(',\n')}];`;
    const { programs, compareEnds } = await evaluateLowered<Module>(text);
    expect(programs).toHaveLength(PROGRAMS.length);
    let all = 0;
    for (const each of programs) {
      const { ends, different } = compareEnds(each, 'tso') ?? { ends: 0, different: ['too large'] };
      expect({ program: each.name, different }).toEqual({ program: each.name, different: [] });
      all += ends;
    }
    expect(all).toBeGreaterThan(2 * PROGRAMS.length);
  });
});
