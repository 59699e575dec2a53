import { describe, expect, it } from 'vitest';
import type { PlainProgram } from '../../src/programs/plain-program.js';
import type * as Compare from './compare.js';
import { evaluateLowered, projectFile } from './lowered.js';

type Module = typeof Compare & { readonly programs: readonly PlainProgram[] };

/** A program whose `end` answers by the choice `c` in ways that variables do not show. */
const program = (end: string): string => `plainProgram({
  name: ${JSON.stringify(end)},
  words: { x: 0, seen: 0 },
  cpus: [
    function* (cpu, at) {
      const c = yield* cpu.choose(2);
      let n = c;
      ${end}
      yield* cpu.writeOnce(at.seen, n);
    },
    function* (cpu, at) { yield* cpu.writeOnce(at.x, 1); },
  ],
})`;

const HELPERS = `
class Taker { constructor(v) { this.v = v; } get take() { const v = this.v; this.v = 0; return v; } }
class Hidden extends Map { get [Symbol.toStringTag]() { return 'Object'; } }
class Arrow { constructor(v) { this.v = v; } get = () => this.v + 1; }
const IDLE = Symbol('idle'), BUSY = Symbol('busy');
const LIST = [0];
const swallow = (o, v) => { try { o[0] = v; } catch ({ message }) {} };
function* bump(cpu, at, n) { yield* cpu.smpMb(); yield* cpu.smpMb(); yield* cpu.writeOnce(at.x, n); }
const again = (times, make) => {
  let it = make();
  const next = (v) => {
    for (;;) {
      const r = it.next(v);
      if (!r.done || --times <= 0) return r;
      [it, v] = [make(), undefined];
    }
  };
  return { [Symbol.iterator]: () => ({ next }) };
};`;

const M = 'yield* cpu.smpMb();';

const ENDS_SAME = [
  `const o = c > 5 ? { f() {} } : null; ${M} o?.f((n = 5));`,
  `let a = 1; ${M} a ||= (n = 5);`,
  `for (let i = 0; i < 2; i++) { out: switch (i) { case 0: ${M} break; default: n = 7; }
    if (i === 0) yield* cpu.writeOnce(at.seen, n + 2); }`,
  'const t = new Taker(c + 1); n = t.take + (yield* cpu.readOnce(at.x)) * 8;',
  `const get = () => k; ${M} n = (() => 3)(get); ${M} const k = c; ${M} n += get();`,
  `try { ${M} if (c) throw new Error('a'); } catch (e) { ${M} if (e.message === 'a') n = 4; }`,
  `try { ${M} if (c) throw new Error('a'); } catch ({ message }) { ${M} if (message === 'a') n = 4; }`,
  `const a = new Arrow(c); ${M} n = a.get();`,
  `const o = { n: c }; ${M} swallow(o, 5); Reflect.set(o, 'n', c + 2); ${M} n = o.n + o[0];`,
  `let s = IDLE; if (c) s = BUSY; n = 0; ${M} if (s === BUSY) n = 3;`,
];

const REFUSED = [
  [`class A { static n = 0; } A.n = c; ${M} n = A.n;`, CHANGES()],
  [`class A { static l = []; } A.l.push(c); ${M} n = A.l[0];`, 'a static member which is an object'],
  [`const f = () => 1; f.n = c; ${M} n = f.n;`, CHANGES()],
  [`function F() {} F.prototype.n = c; ${M} n = new F().n;`, CHANGES()],
  [`const p = new Proxy({}, { get: () => c }); n = 0; ${M} n = p.n;`, 'keeps a proxy'],
  [`const m = new Hidden([[1, c]]); ${M} n = m.get(1);`, 'a Map or Set of a class of its own'],
  ['yield* again(c + 1, () => bump(cpu, at, 1));', 'neither an operation nor a generator'],
  [`const it = bump(cpu, at, c + 1); it.next(); yield* it;`, 'something else than yield*'],
  [`n = 0; swallow(LIST, c); ${M} n = LIST[0];`, 'it changes an object that its module keeps'],
  [`n = 0; Reflect.set(LIST, 0, c); ${M} n = LIST[0];`, CHANGES()],
  [`cpu.left = c; ${M} n = cpu.left;`, CHANGES()],
  [`n = 0; Object.assign(Math, { left: c }); ${M} n = Math.left;`, 'what JavaScript itself has (left)'],
  [`n = 0; /(\\d)/.exec(String(c)); ${M} n = Number(RegExp.$1);`, 'what a regular expression matched last'],
  [`let q = c; n = 0; ${M} n = eval('q');`, 'eval: write the code out'],
];

/** The script throws, and is told so by the run of the search. */
function CHANGES(): null {
  return null;
}

const KEPT_BY_MODULES = [
  'class A { static #n = 0; static put(v) { A.#n = v; } static get() { return A.#n; } }',
  'class B { accessor n = 0; } const b = new B(); const A = { put(v) { b.n = v; }, get: () => b.n };',
  'let A; { const s = { n: 0 }; A = { put(v) { s.n = v; }, get: () => s.n }; }',
  'namespace A { const s = { n: 0 }; export function put(v) { s.n = v; } export const get = () => s.n; }',
  'enum E { n = 0 } const A = { put(v, e = E) { e.n = v; }, get: () => E.n };',
  "const K = Symbol('k'); const A = { [K]: { n: 0 }, put(v) { this[K].n = v; }, get() { return A[K].n; } };",
  'function C() { this.n = 0; } C.prototype.put = function (v) { this.n = v; };\n' +
    'C.prototype.get = function () { return this.n; }; const A = new C();',
  'const A = Object.create({ put(v) { this.n = v; }, get() { return this.n ?? 0; } });',
  'class W { n = 0; put(v) { this.n = v; } get() { return this.n; } }\n' +
    'const A = (() => { const w = new W(); return { put: w.put.bind(w), get: w.get.bind(w) }; })();',
  'const r = new WeakRef({ n: 0 }); const A = { put: (v) => (r.deref().n = v), get: () => r.deref().n };',
  "const q = new URLSearchParams(); const A = { put(v) { q.set('n', v); }, get: () => Number(q.get('n')) };",
  'class A { static { const s = { n: 0 }; A.put = (v) => { s.n = v; }; A.get = () => s.n; } }',
];

const text = (programs: readonly string[], before: string): string =>
  `export * from ${JSON.stringify(projectFile('test/verify/compare.ts'))};
import { plainProgram } from ${JSON.stringify(projectFile('src/programs/plain-program.ts'))};
${before}
export const programs = [${programs.join(',\n')}];`;

/** What differs, or why nothing is said. */
function answer({ compareEnds }: Module, each: PlainProgram): readonly string[] | string {
  try {
    return compareEnds(each, 'tso')?.different ?? 'too large';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('what no variable shows', () => {
  it('makes no proof wrong', { timeout: 120_000 }, async () => {
    const all = [...ENDS_SAME, ...REFUSED.map(([end]) => end as string)];
    const module = await evaluateLowered<Module>(text(all.map(program), HELPERS));
    for (const [i, each] of module.programs.entries()) {
      const found = answer(module, each);
      const why = REFUSED[i - ENDS_SAME.length]?.[1];
      if (i < ENDS_SAME.length) expect([each.name, found]).toEqual([each.name, []]);
      else if (why !== null)
        expect([each.name, found]).toEqual([each.name, expect.stringContaining(`${why}`)]);
      // An end that nobody else comes to: the script throws.
      else expect([each.name, isTold(found)]).toEqual([each.name, true]);
    }
  });

  it.each(KEPT_BY_MODULES)(
    'makes no proof wrong where a module has it: %s',
    {
      timeout: 120_000,
    },
    async (before) => {
      const end = `A.put(c); n = 0; ${M} n = A.get();`;
      const module = await evaluateLowered<Module>(text([program(end)], before));
      expect(isTold(answer(module, module.programs[0]))).toBe(true);
    },
  );
});

/** Refused, or a script that throws, of which `verify` tells that it has changed what is frozen. */
function isTold(found: readonly string[] | string): boolean {
  if (typeof found === 'string') return found !== 'too large';
  return found.some((each) => each === 'not complete' || each.startsWith('invented: violation'));
}
