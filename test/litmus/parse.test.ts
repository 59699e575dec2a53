import { describe, expect, it } from 'vitest';
import { exploreLitmus } from '../../src/litmus/explore.js';
import { SkippedTest } from '../../src/litmus/litmus-test.js';
import { parseLitmus } from '../../src/litmus/parse.js';
import { InputError } from '../../src/vocabulary/errors.js';

const CODE = ` P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
`;
const storeBuffering = (tail: string, initial = ''): string => `X86 SB\n{ ${initial} }\n${CODE}${tail}\n`;

/** What a text is refused for. */
function refused(text: string): Error {
  try {
    parseLitmus(text, 'a.litmus');
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was read');
}

describe('a litmus test', () => {
  it('has its instructions in columns, with comments and empty cells between', () => {
    const text = `X86_64 W+R (* a name *)
"documentation" { uint64_t x; int y = 2; 1:rbx=0x3; }
 P0          | P1            ;
 movl $1,(x) |               ; (* nothing
 there *)
 mfence      | xchgl %ebx,(y) ;
             | movl (x),%eax ;
locations [y; 1:rbx;]
~exists (1:rax=1 \\/ not (true))`;
    const test = parseLitmus(text.replace('"documentation" ', '"documentation"\n'), 'a.litmus');
    expect(test.threads).toEqual([
      [{ op: 'store', location: 'x', value: 1 }, { op: 'mfence' }],
      [
        { op: 'xchg', location: 'y', register: 'rbx' },
        { op: 'load', register: 'rax', location: 'x' },
      ],
    ]);
    expect(test.initial).toEqual({ x: 0, y: 2, '1:rbx': 3 });
    expect(test.observed).toEqual(['1:rax', '1:rbx', 'y']);
    expect(exploreLitmus(test, 'sc')).toEqual({
      states: ['1:rax=0; 1:rbx=2; [y]=3;', '1:rax=1; 1:rbx=2; [y]=3;'],
      verdict: 'No',
      observation: 'Sometimes',
    });
  });

  it.each([
    ['exists (0:EAX=0 /\\ 1:EAX=0)', 'Ok', 'No'],
    ['~exists (0:EAX=0 /\\ 1:EAX=0)', 'No', 'Ok'],
    ['forall (0:EAX=1 \\/ 1:EAX=1)', 'No', 'Ok'],
    ['forall (0:EAX=0 => 1:EAX=1)', 'No', 'Ok'],
    ['filter (0:EAX=1)\nforall not (0:EAX=0)', 'Ok', 'Ok'],
    ['exists (x=2)', 'No', 'No'],
  ])('%s is judged as herd7 judges it', (tail, tso, sc) => {
    const test = parseLitmus(storeBuffering(tail), 'a.litmus');
    expect(exploreLitmus(test, 'tso').verdict).toBe(tso);
    expect(exploreLitmus(test, 'sc').verdict).toBe(sc);
  });

  it('does not show what only its filter speaks of', () => {
    const test = parseLitmus(storeBuffering('filter (1:EAX=1)\nexists (0:EAX=0)'), 'a.litmus');
    expect(exploreLitmus(test, 'sc').states).toEqual(['0:EAX=0;', '0:EAX=1;']);
  });
});

describe('what is no litmus test', () => {
  it.each([
    ['', 'a.litmus:1: a litmus test begins with its architecture and its name'],
    ['hello world\n', 'a.litmus:1: "hello world" is no litmus test'],
    [`hello ${'\0'.repeat(4096)}\n`, `a.litmus:1: "hello ${'\\u0000'.repeat(5)}\\u0…" is no litmus test`],
    [`hello ${'\u0301'.repeat(4096)}\n`, `a.litmus:1: "hello ${'\u0301'.repeat(194)}" is no litmus test`],
    ['X86 SB\n', 'no initial state follows'],
    ['X86 SB\n{ x=1;\n', 'a.litmus:2: the initial state has no end'],
    ['X86 SB\n{ }\n', 'no condition follows'],
    ['X86 SB\n{ }\nexists (x=1)', 'a.litmus:3: no code'],
    ['X86 SB\n{ x==1 }\nexists (x=1)', 'a.litmus:2: "x==1" is no initial value'],
    ['X86 SB\n{ }\n P0 | P2 ;\nexists (x=1)', 'a.litmus:3: the code begins with its threads'],
    [
      'X86 SB\n{ }\n P0 ;\n MFENCE | MFENCE ;\nexists (x=1)',
      'a.litmus:4: 2 columns, and there are 1 threads',
    ],
    ['X86 SB\n{ }\n P0 ;\n MFENCE\nexists (x=1)', 'a.litmus:4: a line of code ends in ";"'],
    [storeBuffering('exists (x=1'), 'a.litmus:6: the file ends where ")" belongs'],
    [storeBuffering('exists (x=)'), 'a.litmus:6: ")" is no 32-bit number'],
    [storeBuffering('exists (x=y)'), 'a.litmus:6: "y" is no 32-bit number'],
    [storeBuffering('exists (x=99999999999)'), 'a.litmus:6: "99999999999" is no 32-bit number'],
    [storeBuffering('exists (x=1) x'), 'a.litmus:6: "x" behind the end of the condition'],
    [storeBuffering('exists (x \u0007=1)'), 'a.litmus:6:'],
    [storeBuffering('~forall (x=1)'), 'no condition follows'],
    [storeBuffering('exists (5:EAX=1)'), '"5:EAX" is a register of thread 5, and there are 2 threads'],
    [
      storeBuffering(`exists ${'('.repeat(10_000)}x=1${')'.repeat(10_000)}`),
      'a.litmus:6: a condition nests deeper than 64',
    ],
    [`X86 SB\n{ }\n P0 ;\n${' MFENCE ;\n'.repeat(65)}exists (x=1)`, 'a.litmus:68: more than 64 instructions'],
  ])('%# is refused with its line', (text, message) => {
    const error = refused(text);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
  });

  it.each([
    ['AArch64 SB\n{ }\n P0 ;\nexists (x=1)', 'a test for AArch64'],
    ['X86 SB\n{ }\n P0 ;\n CMPXCHG [x],EAX ;\nexists (x=1)', 'a.litmus:4: "CMPXCHG [x],EAX" is not modelled'],
    ['X86 SB\n{ }\n P0 ;\n MOV [x],$99999999999 ;\nexists (x=1)', 'is not modelled'],
    [
      'X86_64 SB\n{ x=1;\n int64_t cells[2] = {3,4}; 0:rax=cells; }\n P0 ;\n MFENCE ;\nexists (x=1)',
      'a.litmus:3: the initial state has an array',
    ],
    ['X86 SB\n{ 0:EAX=x }\n P0 ;\nexists (x=1)', 'a.litmus:2: the initial value "x" is no 32-bit number'],
  ])('%# is skipped with the reason', (text, message) => {
    const error = refused(text);
    expect(error).toBeInstanceOf(SkippedTest);
    expect(error.message).toContain(message);
  });
});
