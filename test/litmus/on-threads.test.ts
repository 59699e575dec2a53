import { afterAll, describe, expect, it } from 'vitest';
import { exploreLitmus } from '../../src/litmus/explore.js';
import { LitmusThreads, seenStates } from '../../src/litmus/on-threads.js';
import { parseLitmus } from '../../src/litmus/parse.js';
import { threadPlan } from '../../src/litmus/thread-plan.js';

const SB = parseLitmus(
  `X86 SB
{ x=0; y=0; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
`,
  'SB.litmus',
);

/** Every instruction, a value at the start, a register that is not looked at, and three threads. */
const ALL = parseLitmus(
  `X86 all
{ x=7; 0:EBX=3; }
 P0          | P1          | P2          ;
 MOV [y],EBX | MOV EAX,$2  | MOV ECX,[y] ;
 MFENCE      | XCHG [x],EAX| MOV EDX,[x] ;
 MOV EAX,[x] |             |             ;
exists (0:EAX=7 /\\ 1:EAX=7 /\\ x=2 /\\ 2:ECX=3 /\\ 2:EDX=7)
`,
  'all.litmus',
);

describe('litmus tests on threads', () => {
  const threads = new LitmusThreads();
  afterAll(() => threads.close());

  it.each([
    ['SB', SB, 4],
    ['all', ALL, null],
  ] as const)('%s comes out only as the machine allows', { timeout: 30_000 }, async (_, test, states) => {
    const result = exploreLitmus(test, 'tso');
    const seen = await threads.run(test, result, 20);
    expect(seen.tries).toBeGreaterThan(0);
    expect(seen.states.filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    expect(seen.states.map(({ state }) => state)).toEqual(result.states);
    expect(seen.states.reduce((sum, { count }) => sum + count, 0)).toBe(seen.tries);
    if (states !== null) expect(seen.states).toHaveLength(states);
  });

  it('are told apart where they come out otherwise, and counted where a filter leaves them out', () => {
    const seen = [
      { values: [0, 0], count: 5 },
      { values: [1, 1], count: 2 },
    ];
    expect(seenStates(SB, ['0:EAX=1; 1:EAX=1;'], seen)).toEqual({
      tries: 7,
      states: [
        { state: '0:EAX=1; 1:EAX=1;', count: 2, isAllowed: true },
        { state: '0:EAX=0; 1:EAX=0;', count: 5, isAllowed: false },
      ],
    });
    const filter = { kind: 'equals', name: '0:EAX', value: 1 } as const;
    expect(seenStates({ ...SB, filter }, [], seen)).toEqual({
      tries: 7,
      states: [{ state: '0:EAX=1; 1:EAX=1;', count: 2, isAllowed: false }],
    });
  });

  it('are numbers in a plan', () => {
    const { locations, registers, seen } = threadPlan(ALL, false);
    expect(locations).toEqual([0, 7]);
    expect(registers).toEqual([[3, 0], [0], [0, 0]]);
    expect(seen).toContainEqual([-1, 1]);
  });
});
