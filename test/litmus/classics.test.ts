import { describe, expect, it } from 'vitest';
import { finalStates } from '../../src/litmus/explore.js';
import type { Instruction, LitmusProgram } from '../../src/litmus/litmus-test.js';

/**
 * The classic litmus tests on the machine's own operations, with the exact sets of outcomes that x86-TSO and
 * sequential consistency allow, by enumerating all schedules. An outcome lists the observed values in the
 * order of `observed`.
 */

const store = (location: string, value: number): Instruction => ({ op: 'store', location, value });
const load = (register: string, location: string): Instruction => ({ op: 'load', register, location });
const set = (register: string, value: number): Instruction => ({ op: 'set', register, value });
const xchg = (location: string, register: string): Instruction => ({ op: 'xchg', location, register });
const mfence: Instruction = { op: 'mfence' };

interface Case extends LitmusProgram {
  readonly observed: readonly string[];
  /** Outcomes under sequential consistency, one digit a value. */
  readonly sc: readonly string[];
  /** Outcomes that x86-TSO allows besides. */
  readonly tsoOnly: readonly string[];
}

const test = (
  name: string,
  threads: readonly (readonly Instruction[])[],
  observed: string,
  sc: string,
  tsoOnly = '',
): Case => ({
  name,
  initial: {},
  threads,
  observed: observed.replaceAll(/[[\]]/g, '').split(' '),
  sc: sc.split(' '),
  tsoOnly: tsoOnly.split(' ').filter((outcome) => outcome !== ''),
});

const cases: readonly Case[] = [
  test(
    'SB: two CPUs may both miss the other store',
    [
      [store('x', 1), load('a', 'y')],
      [store('y', 1), load('a', 'x')],
    ],
    '0:a 1:a',
    '01 10 11',
    '00',
  ),
  test(
    'SB with fences',
    [
      [store('x', 1), mfence, load('a', 'y')],
      [store('y', 1), mfence, load('a', 'x')],
    ],
    '0:a 1:a',
    '01 10 11',
  ),
  test(
    'SB with one fence is not enough',
    [
      [store('x', 1), mfence, load('a', 'y')],
      [store('y', 1), load('a', 'x')],
    ],
    '0:a 1:a',
    '01 10 11',
    '00',
  ),
  test(
    'SB with locked exchanges as stores',
    [
      [set('b', 1), xchg('x', 'b'), load('a', 'y')],
      [set('b', 1), xchg('y', 'b'), load('a', 'x')],
    ],
    '0:a 1:a 0:b 1:b',
    '0100 1000 1100',
  ),
  test(
    'SB with a locked exchange of an unrelated word between',
    [
      [store('x', 1), set('b', 1), xchg('z', 'b'), load('a', 'y')],
      [store('y', 1), set('b', 1), xchg('w', 'b'), load('a', 'x')],
    ],
    '0:a 1:a',
    '01 10 11',
  ),
  test(
    'SB where each CPU sees its own buffered store',
    [
      [store('x', 1), load('b', 'x'), load('a', 'y')],
      [store('y', 1), load('b', 'y'), load('a', 'x')],
    ],
    '0:b 0:a 1:b 1:a',
    '1011 1110 1111',
    '1010',
  ),
  test(
    'MP: stores stay in order, loads too',
    [
      [store('x', 1), store('y', 1)],
      [load('a', 'y'), load('b', 'x')],
    ],
    '1:a 1:b',
    '00 01 11',
  ),
  test(
    'LB: a store never passes an older load',
    [
      [load('a', 'x'), store('y', 1)],
      [load('a', 'y'), store('x', 1)],
    ],
    '0:a 1:a',
    '00 01 10',
  ),
  test(
    'R',
    [
      [store('x', 1), store('y', 1)],
      [store('y', 2), load('a', 'x')],
    ],
    '[y] 1:a',
    '10 11 21',
    '20',
  ),
  test(
    'R with a fence in the reader',
    [
      [store('x', 1), store('y', 1)],
      [store('y', 2), mfence, load('a', 'x')],
    ],
    '[y] 1:a',
    '10 11 21',
  ),
  test(
    'S',
    [
      [store('x', 2), store('y', 1)],
      [load('a', 'y'), store('x', 1)],
    ],
    '[x] 1:a',
    '10 11 20',
  ),
  test(
    '2+2W',
    [
      [store('x', 1), store('y', 2)],
      [store('y', 1), store('x', 2)],
    ],
    '[x] [y]',
    '12 21 22',
  ),
  test(
    'IRIW: all CPUs see stores of others in one order',
    [[store('x', 1)], [store('y', 1)], [load('a', 'x'), load('b', 'y')], [load('a', 'y'), load('b', 'x')]],
    '2:a 2:b 3:a 3:b',
    '0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1011 1100 1101 1110 1111',
  ),
  test(
    'CoRR: two loads of one word never go back',
    [[store('x', 1)], [load('a', 'x'), load('b', 'x')]],
    '1:a 1:b',
    '00 01 11',
  ),
  test(
    'CoWW and forwarding: the own newest store is seen',
    [
      [store('x', 1), store('x', 2), load('a', 'x')],
      [load('a', 'x'), load('b', 'x')],
    ],
    '0:a [x] 1:a 1:b',
    '2200 2201 2202 2211 2212 2222',
  ),
];

describe('litmus tests', () => {
  for (const litmus of cases) {
    it(litmus.name, () => {
      const states = (memory: 'tso' | 'sc'): string[] =>
        finalStates(litmus, memory, litmus.observed).map((state) =>
          [...state.matchAll(/=(\d+);/g)].map((match) => match[1]).join(''),
        );
      expect(states('sc')).toEqual([...litmus.sc].sort());
      expect(states('tso')).toEqual([...litmus.sc, ...litmus.tsoOnly].sort());
    });
  }
});
