import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { guardLoops, LOOP_GUARD } from '../../src/bundle/guard-loops.js';

/** What a script leaves in `out`, with its loops guarded or not. */
function outcome(source: string): unknown {
  const context = { out: [] as number[] };
  runInNewContext(source, context);
  return context.out;
}

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('guarded loops', () => {
  it.each([
    'for (let i = 0; i < 3; i++) out.push(i);',
    'for (let i = 0; i < 3; i++) { out.push(i); }',
    'for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) out.push(i * 2 + j);',
    'let i = 0; while (i < 3) out.push(i++);',
    'let i = 0; do out.push(i++); while (i < 3);',
    'let i = 0; for (; i < 3; i++) ; out.push(i);',
    'for (const x of [1, 2]) if (x > 1) out.push(x); else out.push(-x);',
    'for (const k in { 1: 0, 2: 0 }) out.push(Number(k));',
    'outer: for (let i = 0; i < 3; i++) for (;;) { if (i === 1) continue outer; out.push(i); break; }',
    'if (out.length === 0) while (out.length < 2) out.push(7); else out.push(8);',
    'const f = () => { for (let i = 0; i < 2; i++) while (out.length < i) out.push(i); }; f();',
  ])('do what they did: %s', (source) => {
    const guarded = guardLoops(source, 'x.js', 'x.js');
    expect(guarded).not.toBe(source);
    expect(outcome(`${LOOP_GUARD}\n${guarded}`)).toEqual(outcome(source));
  });

  it('keep their lines', () => {
    const source = 'let n = 0;\nwhile (n < 2)\n  n++;\n\nfor (;;) {\n  break;\n}';
    const guarded = guardLoops(source, 'x.ts', 'x.ts');
    expect(guarded.split('\n')).toHaveLength(source.split('\n').length);
    expect(guarded).toContain('shootdownLoop(2,"x.ts")');
    expect(guarded).toContain('shootdownLoop(5,"x.ts")');
  });

  it('that never end are named by file and line', () => {
    // Globals of another context are slow: a smaller number shows the same.
    const guard = LOOP_GUARD.replace('20000000', '2000');
    const endless = `${guard}\n${guardLoops('let n = 0;\nfor (;;) n++;', 'x.js', 'dir/x.js')}`;
    // As it leaves a worker.
    expect(structuredClone(thrownBy(() => outcome(endless))).cause).toEqual({
      told: 'loop',
      place: { file: 'dir/x.js', line: 2 },
    });
  });

  it('are left alone where the text does not parse', () => {
    expect(guardLoops('for (', 'x.js', 'x.js')).toBe('for (');
  });
});
