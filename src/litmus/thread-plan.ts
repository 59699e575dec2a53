import { namesIn } from './condition.js';
import { type Instruction, type LitmusTest, registerName } from './litmus-test.js';

/** A litmus test as threads run it: names are numbers, and it is plain data. */

/** Kinds of instructions; operands are numbers of locations and of the thread's own registers. */
export const STORE = 0;
export const STORE_REGISTER = 1;
export const LOAD = 2;
export const SET = 3;
export const XCHG = 4;
export const MFENCE = 5;

const KINDS: Readonly<Record<Instruction['op'], number>> = {
  store: STORE,
  'store-register': STORE_REGISTER,
  load: LOAD,
  set: SET,
  xchg: XCHG,
  mfence: MFENCE,
};

export type ThreadInstruction = readonly [kind: number, location: number, register: number, value: number];

export interface ThreadPlan {
  /** Initial values by location. */
  readonly locations: readonly number[];
  /** Initial values by thread and register. */
  readonly registers: readonly (readonly number[])[];
  readonly threads: readonly (readonly ThreadInstruction[])[];
  /** Of each name that is looked at: whose register it is, or -1 for a location; and its number. */
  readonly seen: readonly (readonly [thread: number, number: number])[];
  /** Stores are `Atomics.store`: the computer's plain ones are not x86's. */
  readonly isAtomic: boolean;
}

/** Names that outcomes are told by: those that a final state shows, and those that a filter speaks of. */
export function namesSeen({ observed, filter }: LitmusTest): string[] {
  return [...new Set([...observed, ...(filter === null ? [] : namesIn(filter))])];
}

export function threadPlan(test: LitmusTest, isAtomic: boolean): ThreadPlan {
  const locations: string[] = [];
  const registers: string[][] = test.threads.map(() => []);
  const numberOf = (names: string[], name: string): number => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  };
  const threads = test.threads.map((thread, id) =>
    thread.map((instruction): ThreadInstruction => {
      const location = 'location' in instruction ? numberOf(locations, instruction.location) : 0;
      const register = 'register' in instruction ? numberOf(registers[id], instruction.register) : 0;
      const value = 'value' in instruction ? instruction.value : 0;
      return [KINDS[instruction.op], location, register, value];
    }),
  );
  const seen = namesSeen(test).map((name): readonly [number, number] => {
    const register = /^(\d+):(.+)$/.exec(name);
    if (register === null) return [-1, numberOf(locations, name)];
    const thread = Number(register[1]);
    return [thread, numberOf(registers[thread], register[2])];
  });
  return {
    locations: locations.map((name) => test.initial[name] ?? 0),
    registers: registers.map((names, id) => names.map((name) => test.initial[registerName(id, name)] ?? 0)),
    threads,
    seen,
    isAtomic,
  };
}
