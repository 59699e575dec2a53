import { describe, expect, it } from 'vitest';
import { lowerModule } from '../../src/lowering/lower.js';

/** What is live at each `yield*` of a function body, in the order of the text. */
function liveIn(body: string): string[] {
  let sites = 0;
  const lowered = lowerModule(
    `function* f(cpu, x, y) {\n${body}\n}`,
    'a.ts',
    true,
    './frames.js',
    () => sites++,
  );
  return [...lowered.matchAll(/,shootdownDepth,\d+,\[([^\]]*)\]\)/g)].map((match) => match[1]);
}

/** Why a function is not seen through: `line: what`. */
function refused(body: string): string | undefined {
  const lowered = lowerModule(`function* f(cpu, x, y) {\n${body}\n}`, 'a.ts', true, './frames.js', () => 0);
  const match = /shootdownFrames\.refuse\("([^"]*)","a\.ts",(\d+)\)/.exec(lowered);
  return match === null ? undefined : `${match[2]}: ${match[1]}`;
}

describe('what is live at an operation', () => {
  it.each([
    ['its result is not, its operands are not', 'const a = yield* cpu.readOnce(x); return a;', ['']],
    ['what is read later is', 'const a = yield* cpu.readOnce(x); yield* cpu.writeOnce(y, a);', ['cpu,y', '']],
    ['what is overwritten first is not', 'let a = 1; yield* cpu.smpMb(); a = 2; return a;', ['']],
    ['what is read in one branch is', 'yield* cpu.smpMb(); if (x) return y; return 0;', ['x,y']],
    [
      'in a loop what the next turn reads is',
      'for (let i = 0; i < x; i++) yield* cpu.writeOnce(y, i);',
      ['cpu,i,x,y'],
    ],
    [
      'what a loop declares anew is not',
      'for (;;) { const a = yield* cpu.readOnce(x); yield* cpu.writeOnce(x, a); }',
      ['cpu,x', 'cpu,x'],
    ],
    [
      'after a break only what is read behind the loop',
      'for (;;) { const a = yield* cpu.readOnce(x); if (a) { yield* cpu.smpMb(); break; } } return y;',
      ['cpu,x,y', 'y'],
    ],
    [
      'continue goes to the update',
      'for (let i = 0; i < 3; i++) { if (x) { yield* cpu.smpMb(); continue; } return y; }',
      ['cpu,i,x,y'],
    ],
    [
      'a label leads out of two loops',
      'out: for (;;) { for (;;) { yield* cpu.smpMb(); if (x) break out; } } return y;',
      ['cpu,x,y'],
    ],
    [
      'a switch falls through',
      'yield* cpu.smpMb(); switch (x) { case 0: y = 1; case 1: return y; }',
      ['x,y'],
    ],
    ['what an expression has read before it is', 'return x + (yield* cpu.readOnce(0)) + y;', ['x,y']],
    ['what a closure captures is', 'const add = () => x + 1; yield* cpu.smpMb(); return add();', ['x']],
    ['this is, where it is used', 'yield* cpu.smpMb(); return this.a;', ['this']],
    ['a compound assignment reads first', 'x += yield* cpu.readOnce(0); return x;', ['x']],
    ['a destructured name is new', 'const { a, b = y } = x; yield* cpu.smpMb(); return a;', ['a']],
    [
      'a value is, that a second operation of the expression is waited for with',
      'return (yield* cpu.readOnce(0)) + (yield* cpu.readOnce(1)) * y;',
      ['cpu,y', 'shootdownKept0,y'],
    ],
    ['so is what was done beside it', 'f(x++, yield* cpu.readOnce(0)); return y;', ['shootdownKept0,y']],
    [
      'a loop over a list: the list and the place in it',
      'for (const a of x) y = yield* cpu.readOnce(a);',
      ['cpu,shootdownList0,shootdownPlace0'],
    ],
    [
      'what a loop over a list names is so only in it',
      'yield* cpu.smpMb(); let s = 0; for (const a of x) s += a; return s;',
      ['x'],
    ],
    [
      'in try also what its handler reads, and what comes after it',
      'let a = 1; try { yield* cpu.smpMb(); a = 2; yield* cpu.smpMb(); a = 3; } catch { return a; }\n' +
        'return y;',
      ['a,cpu,y', 'a,y'],
    ],
    ['what finally reads', 'try { yield* cpu.smpMb(); } finally { x.left = y; }', ['x,y']],
    [
      'what a function within assigns to is read anew each time, and always',
      'let a = 0; const f = function* () { a += y; yield* cpu.smpMb(); }; yield* f(); yield* cpu.smpMb();',
      [
        '',
        'shootdownFrames.cell(()=>a),cpu,shootdownShared0',
        'shootdownFrames.cell(()=>a),shootdownShared0',
      ],
    ],
    [
      'what an expression has read of such a variable is kept',
      'let a = 0; const f = function* () { a = 1; yield* cpu.smpMb(); }; return a + (yield* f());',
      ['', 'shootdownFrames.cell(()=>a),shootdownKept0,shootdownShared0'],
    ],
    [
      'behind ?. nothing is certain to get a new value',
      'yield* cpu.smpMb(); cpu?.f((x = 5)); return x;',
      ['cpu,x'],
    ],
    ['nor at the right of ??=', 'yield* cpu.smpMb(); y ??= (x = 5); return x;', ['x,y']],
    [
      'break leaves a switch that has a label too, and not the loop around it',
      'for (;;) { out: switch (x) { case 0: yield* cpu.smpMb(); break; } if (y) return y; }',
      ['cpu,x,y'],
    ],
    [
      'what has a label is left to where it ends, whatever it is',
      'out: if (x) y = 1; else { yield* cpu.smpMb(); if (x) break out; y = 2; } return y;',
      ['x,y'],
    ],
    [
      'a try that has a label',
      'out: try { yield* cpu.smpMb(); if (x) break out; y = 2; } catch { y = 1; } return y;',
      ['x,y'],
    ],
    [
      'what is declared further down has no value yet',
      'const f = () => a; yield* cpu.smpMb(); g(f); const a = 1; return f();',
      ['shootdownFrames.cell(()=>a)'],
    ],
    [
      'a member that was read is kept: a getter may not answer the same again',
      'return x.next + (yield* cpu.readOnce(1));',
      ['shootdownKept0'],
    ],
    ['what a tag answers is', 'return x`a` + (yield* cpu.readOnce(1));', ['shootdownKept0']],
    [
      'a handler that takes its error apart',
      'try { yield* cpu.smpMb(); } catch ({ name }) { return name; }\nreturn y;',
      ['y'],
    ],
    ['do while', 'do { yield* cpu.smpMb(); } while (x); return y;', ['cpu,x,y']],
  ])('%s', (_, body, live) => {
    expect(refused(body)).toBe(undefined);
    expect(liveIn(body)).toEqual(live);
  });
});

describe('what is not seen through', () => {
  it.each([
    ['try { x = 1; } finally { yield* cpu.smpMb(); }', '2: an operation in finally: put it behind the try'],
    ['try { yield* cpu.smpMb(); } finally { return x; }', '2: finally is left by a jump'],
    [
      '(yield* f()).g(yield* cpu.readOnce(1));',
      '2: two operations in one expression, or a call or an assignment beside one: give the first a name',
    ],
    [
      'let a = 0; const f = function* () { a = 1; yield* cpu.smpMb(); }; a += yield* f();',
      '2: an operation beside an old value, which may change meanwhile (x += yield* ...): name its result',
    ],
    [
      'let a = x; a.f((a = y, yield* cpu.smpMb()));',
      '2: two operations in one expression, or a call or an assignment beside one: give the first a name',
    ],
    ['const { a = yield* f() } = x;', '2: an operation in a pattern or a class: give its result a name'],
    ['class A { [yield* f()] = 1; }', '2: an operation in a pattern or a class: give its result a name'],
    [
      'x[y()] = yield* cpu.readOnce(0);',
      '2: two operations in one expression, or a call or an assignment beside one: give the first a name',
    ],
    [
      'for (const a in x) yield* cpu.readOnce(a);',
      '2: an operation in a loop over in: loop over Object.keys(...)',
    ],
    [
      'for (const a of /* two */ x) yield* cpu.readOnce(a);\nfor (const a /* of */ of x) yield* cpu.smpMb();',
      '3: a comment in the head of a loop with operations: put it above',
    ],
    [
      'const a = 1; if (x) {\n const a = 2; yield* cpu.smpMb(); y = a; }\n return a;',
      '3: a is declared again around it: give one of the two another name',
    ],
    ['var a = 1;', '2: var: write let or const'],
    ['yield 1;', '2: a plain yield'],
    ['yield* cpu.smpMb(); return arguments.length;', '2: arguments: name the parameters'],
  ])('%s', (body, reason) => {
    expect(refused(body)).toBe(reason);
  });

  it('leaves the functions beside it alone, and every line where it is', () => {
    const text = 'function* f() { var a; }\nfunction* g(cpu) { yield* cpu.smpMb(); }\nconst last = 1;';
    const lowered = lowerModule(text, 'a.ts', true, './frames.js', () => 0);
    // Behind the last line what the module keeps is told.
    expect(lowered.split('\n').slice(2)).toEqual([
      'const last = 1;',
      'shootdownFrames.modules.hold([f,g,last],"a.ts",[1,2,3]);',
    ]);
    expect(lowered.split('\n')[1]).toContain('shootdownFrames.at((cpu.smpMb()),shootdownDepth,0,[])');
  });
});
