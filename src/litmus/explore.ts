import { EnumerationLimitError, enumerateInTurns } from '../explore/enumerate.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import { holds, namesIn } from './condition.js';
import { litmusProgram } from './litmus-program.js';
import { type LitmusProgram, type LitmusTest, SkippedTest } from './litmus-test.js';

/** All final states of a litmus test on the machine, and what they say of its condition. */

export interface LitmusResult {
  /** In herd7's notation (`0:EAX=0; [x]=1;`), sorted. */
  readonly states: readonly string[];
  /** As herd7 says it: whether the condition is validated. */
  readonly verdict: 'Ok' | 'No';
  /** In how many of the states what the quantifier is applied to holds. */
  readonly observation: 'Never' | 'Sometimes' | 'Always';
}

/** Beyond this a test is told to be too large. */
const STATES_MAX = 200_000;
/**
 * Each way from a state is executed from the start: so many states of a test with one thread and one
 * instruction, and the fewer the more it has of both, so that no test costs more than some seconds.
 */
const STATES_OF_ONE = 14_000_000;

type Valuation = Readonly<Record<string, number>>;

/** Throws SkippedTest for one with too many states. */
export function exploreLitmus(test: LitmusTest, memory: MemoryModel): LitmusResult {
  return atOnce(exploreInTurns(test, memory));
}

/** The same in turns, between which the thread may do something else. */
export function* exploreInTurns(test: LitmusTest, memory: MemoryModel): Generator<undefined, LitmusResult> {
  // What the filter speaks of has to be known and is not shown.
  const { filter } = test;
  const known = [...new Set([...test.observed, ...(filter === null ? [] : namesIn(filter))])];
  const finals = (yield* finalValues(test, memory, known)).filter(
    (values) => filter === null || holds(filter, (name) => values[name]),
  );
  const holding = finals.filter((values) => holds(test.condition, (name) => values[name])).length;
  const states = [...new Set(finals.map((values) => shownState(test.observed, values)))].sort();
  const observation = holding === 0 ? 'Never' : holding === finals.length ? 'Always' : 'Sometimes';
  const validated = { exists: holding > 0, '~exists': holding === 0, forall: holding === finals.length };
  return { states, verdict: validated[test.quantifier] ? 'Ok' : 'No', observation };
}

/** Every final state, projected to `observed` (`0:EAX`, `x`), in herd7's notation, sorted. */
export function finalStates(test: LitmusProgram, memory: MemoryModel, observed: readonly string[]): string[] {
  return atOnce(finalValues(test, memory, observed))
    .map((values) => shownState(observed, values))
    .sort();
}

/** A final state in herd7's notation. */
export function shownState(observed: readonly string[], values: Valuation): string {
  return observed.map((name) => `${name.includes(':') ? name : `[${name}]`}=${values[name]};`).join(' ');
}

function atOnce<T>(turns: Generator<undefined, T>): T {
  for (let turn = turns.next(); ; turn = turns.next()) if (turn.done) return turn.value;
}

function* finalValues(
  test: LitmusProgram,
  memory: MemoryModel,
  names: readonly string[],
): Generator<undefined, Valuation[]> {
  const program = litmusProgram(test, names);
  const instructions = test.threads.reduce((sum, thread) => sum + thread.length, 0);
  const maxStates = Math.min(
    STATES_MAX,
    Math.ceil(STATES_OF_ONE / (test.threads.length * instructions || 1)),
  );
  const valuations = new Map<string, Valuation>();
  try {
    const { outcomes } = yield* enumerateInTurns(program, {
      memory,
      maxStates,
      project: ({ mem }) => {
        const values = Object.fromEntries(names.map((name) => [name, mem[program.at[name]]]));
        const state = names.map((name) => values[name]).join(' ');
        valuations.set(state, values);
        return state;
      },
    });
    return outcomes.map(({ state, violation }) => {
      if (violation !== null) throw new Error(`${test.name}: ${violation.message}`);
      return valuations.get(state) as Valuation;
    });
  } catch (error) {
    if (error instanceof EnumerationLimitError) throw new SkippedTest(`it has more than ${maxStates} states`);
    throw error;
  }
}
