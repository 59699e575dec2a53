import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { COVER_BANNER } from '../../src/bundle/cover.js';
import { coveredFile, guardAndCover, LOOP_GUARD } from '../../src/bundle/guard-loops.js';

/** What runs of a user's code is noted, and the code does what it did. */

interface Context {
  readonly out: unknown[];
  readonly shootdownCovered?: Map<string, Uint8Array>;
}

function run(source: string, isCovered: boolean): Context {
  const context: Context = { out: [] };
  const prelude = `var globalThis = this;\n${COVER_BANNER}\n${LOOP_GUARD}\n`;
  runInNewContext(isCovered ? prelude + guardAndCover(source, 'x.js', 'x.js') : source, context);
  return context;
}

/** Sites that never ran: line, and which branch or a statement. */
function never(source: string): string[] {
  const ran = run(source, true).shootdownCovered?.get('x.js') ?? [];
  const { sites } = coveredFile(source, 'x.js', 'x.js')!;
  return sites.flatMap(({ line, branch }, index) =>
    ran[index] === 0 ? [`${line} ${branch ?? 'statement'}`] : [],
  );
}

describe('code that is noted', () => {
  it.each([
    'for (const x of [1, 2]) if (x > 1) out.push(x); else out.push(-x);',
    `function f(a, b) { if (a) if (b) out.push(1); else out.push(2); for (let i = 0; i < 2; i++) if (i) out.push(i); return a && b ? a || b : b ?? 3 }
     out.push(f(1, 0), f(1, 1), f(0, null));`,
    `const f = (x) => { switch (x) { case 1: out.push(1); case 2: { out.push(2); break } default: out.push(3) } if (x === 2) return 5
     return x }; out.push(f(1), f(2), f(3));`,
    `function* g(c) { const v = c ? yield* h(1) : (yield* h(2)); if (v) while (out.length < 3) out.push(v); else if (c) out.push(9); else { out.push(8) } }
     function* h(x) { yield x; return x } for (const y of g(true)) out.push(y); for (const y of g(false)) out.push(y);`,
    'function f() { do if (out.length > 1) out.push(3); else out.push(1); while (out.length < 4); a: ' +
      'for (;;) { break a } } f();',
    'function f(x) { if (x) for (const i of [1]) out.push(i); else while (out.length < 2) out.push(x) } ' +
      'f(1); f(0);',
    `function f(x) { 'use strict'; const a = x
     if (a) { out.push(1) } else out.push(2)
     try { if (!a) throw 1; out.push(3) } catch (e) { if (e) out.push(4) } finally { out.push(5) } } f(1); f(0);`,
    'const o = { f(x) { return x ? () => x && 1 : [x, x || 2] } }; out.push(o.f(1)(), ...o.f(0));',
  ])('does what it did: %s', (source) => {
    expect(run(source, true).out).toEqual(run(source, false).out);
  });

  it('keeps its lines', () => {
    const source = 'function f(x) {\n  if (x)\n    return 1;\n  return 2;\n}';
    expect(guardAndCover(source, 'x.js', 'x.js').split('\n')).toHaveLength(5);
  });

  it('says what never ran', () => {
    const lines = [
      'function f(x) {',
      '  if (x) {',
      '    out.push(1);',
      '  }',
      '  return x && 2;',
      '}',
      'function g() {',
      '  return 3;',
      '}',
    ];
    expect(never([...lines, 'f(0);'].join('\n'))).toEqual([
      '2 if true',
      '3 statement',
      '5 right of &&',
      '8 statement',
    ]);
    expect(never([...lines, 'f(1); g();'].join('\n'))).toEqual(['2 if false']);
  });

  it('counts nothing as run while that is switched off', () => {
    const source = 'function f() { return 1; } shootdownMute(true); f(); shootdownMute(false);';
    expect(never(source)).toEqual(['1 statement']);
  });
});
