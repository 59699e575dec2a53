/** What a page asks of the engine, each question a pure function of what it says. */

import { serializeFinding } from '../findings/serialize.js';
import { AGENTS, agentName, cpuOfAgent, kindOfAgent } from '../machine/agents.js';
import type { SiteTellers } from '../replay/watched-execution.js';
import type { Scenario } from '../vocabulary/scenario.js';
import {
  executeByHand,
  type HandExecution,
  type HandSubject,
  searchByHand,
  type Tail,
} from './hand-execution.js';
import { handFinding } from './hand-finding.js';
import { misfitOf, type NamedVariant, namedVariant, type Offers, offers } from './offers.js';

/** A move that is possible, and what it would do. */
export interface Move {
  readonly agent: number;
  /** As schedules write it: `1b`. */
  readonly name: string;
  readonly cpu: number;
  /** Its name in machine/agents.ts. */
  readonly who: string;
  readonly isEnvironment: boolean;
  /** What its step would do, on one line. */
  readonly text: string;
  /** Whether its step would be a violation. */
  readonly isViolation: boolean;
}

/** Questions, and what answers them. */
export interface Questions {
  offers: { readonly of: null; readonly answer: Offers };
  variant: {
    readonly of: { readonly name: string; readonly scenario: Scenario };
    /** Null: there is none by that name. */
    readonly answer: (NamedVariant & { readonly misfit: string | null }) | null;
  };
  execute: {
    readonly of: {
      readonly subject: HandSubject;
      readonly decisions: readonly number[];
      readonly tail: Tail;
    };
    /** `finding`: the text of the finding file that it is, or null. */
    readonly answer: HandExecution & { readonly finding: string | null };
  };
  moves: {
    readonly of: {
      readonly subject: HandSubject;
      readonly decisions: readonly number[];
      readonly able: readonly number[];
    };
    readonly answer: readonly Move[];
  };
  search: {
    readonly of: {
      readonly subject: HandSubject;
      readonly decisions: readonly number[];
      readonly seed: number;
      readonly executions: number;
    };
    /** Which of them, counted from 0, and its decisions; null: none has a violation. */
    readonly answer: ReturnType<typeof searchByHand>;
  };
}

export type QuestionName = keyof Questions;

/** A question as it is sent. */
export interface Question<Name extends QuestionName = QuestionName> {
  readonly name: Name;
  readonly of: Questions[Name]['of'];
}

type Answerers = {
  readonly [Name in QuestionName]: (
    of: Questions[Name]['of'],
    sites: SiteTellers,
  ) => Questions[Name]['answer'];
};

const ANSWERERS: Answerers = {
  offers,
  variant: ({ name, scenario }) => {
    const named = namedVariant(name);
    return named === null ? null : { ...named, misfit: misfitOf(name, scenario) };
  },
  execute: ({ subject, decisions, tail }, sites) => {
    const execution = executeByHand(subject, decisions, tail, sites);
    const finding = handFinding(subject, execution);
    return { ...execution, finding: finding === null ? null : serializeFinding(finding) };
  },
  moves: ({ subject, decisions, able }, sites) =>
    able.map((agent): Move => {
      const { trace, violation } = executeByHand(
        subject,
        [...decisions, agent],
        { by: 'nobody' },
        sites,
        false,
      );
      const { name: who, isEnvironment = false } = AGENTS[kindOfAgent(agent)];
      return {
        ...{ agent, name: agentName(agent), cpu: cpuOfAgent(agent), who, isEnvironment },
        text: trace.at(-1)?.text ?? '',
        isViolation: violation !== null && violation.step === trace.length - 1,
      };
    }),
  search: ({ subject, decisions, seed, executions }) => searchByHand(subject, decisions, seed, executions),
};

/** Throws what is wrong with the question, such as an InputError for a variant that is not there. */
export function answer<Name extends QuestionName>(
  { name, of }: Question<Name>,
  sites: SiteTellers,
): Questions[Name]['answer'] {
  return ANSWERERS[name](of, sites);
}
