import { type PlainCpu, type PlainProgram, type Protocol, plainProgram } from 'shootdown';
import {
  blockForRing,
  enterTokens,
  giveTokenBack,
  passToken,
  RUN_BLOCKED,
  RUN_RUNNING,
  ringForToken,
  type TokenOps,
  type TokenWords,
} from '../src/programs/run-token.js';
import { ModelThread } from './model-thread.js';

/**
 * The stress engine's own run tokens as a plain shared-memory program: CPUs ask each other for something,
 * wait, or compute and pass their token on. The explorer hunts it for lost wake-ups and lost tokens (a
 * deadlock, an assertion) and for tokens that come from nowhere (an assertion over every state).
 *
 * The functions of src/programs/run-token.ts are the very text that stress runs execute.
 */

/** A state of the model's only: in a stress run nobody leaves before the run is over. */
const LEFT = 3;

type Addresses = Readonly<Record<string, number>>;

/** The parts of the protocol: the real ones, or planted faults. */
export interface RunTokenParts {
  readonly enter: typeof enterTokens;
  readonly pass: typeof passToken;
  readonly block: typeof blockForRing;
  readonly ring: typeof ringForToken;
}

const REAL: RunTokenParts = { enter: enterTokens, pass: passToken, block: blockForRing, ring: ringForToken };

/**
 * What a CPU does. `asks`: asks CPU 1 and waits for its answer; `answers`: waits, then asks CPU 0; `waits`
 * and `rings`: one half of that; `computes`: passes its token on.
 */
export type Role = 'asks' | 'answers' | 'waits' | 'rings' | 'computes';

const ROLES: readonly Role[] = ['asks', 'answers', 'computes'];

export interface RunTokenShape {
  readonly roles?: readonly Role[];
  readonly tokens?: number;
  /** Every CPU starts with a token, and need not enter. */
  readonly entered?: boolean;
  /** CPUs keep their token at the end. */
  readonly stays?: boolean;
  /** How often those that compute pass their token on. */
  readonly passes?: number;
}

export function runTokenProgram(
  name: string,
  parts: Partial<RunTokenParts> = {},
  shape: RunTokenShape = {},
): PlainProgram {
  const { enter, pass, block, ring } = { ...REAL, ...parts };
  const { roles = ROLES, tokens = 1, entered = false, stays = false, passes = 1 } = shape;
  const cpus = roles.length;
  const ids = Array.from({ length: cpus }, (_, id) => id);
  const wordsOf = (at: Addresses): TokenWords => ({
    runs: ids.map((id) => at[`run${id}`]),
    free: at.free,
    ready: at.ready,
    urgent: at.urgent,
  });
  const opsOf = (cpu: PlainCpu, at: Addresses): TokenOps => new ModelThread(cpu, at[`pending${cpu.id}`]);

  /** A CPU's last step: it holds a token and wants none any more, whoever still rings for it. */
  function* leave(cpu: PlainCpu, at: Addresses): Protocol<void> {
    yield* cpu.xchg(at[`run${cpu.id}`], LEFT);
    yield* giveTokenBack(opsOf(cpu, at), wordsOf(at), cpu.id);
  }
  function* ask(cpu: PlainCpu, at: Addresses, target: number): Protocol<void> {
    yield* cpu.fetchOr(at[`pending${target}`], 1);
    yield* ring(opsOf(cpu, at), wordsOf(at), cpu.id, target);
  }
  function* awaitRing(cpu: PlainCpu, at: Addresses): Protocol<void> {
    for (;;) {
      const taken = yield* cpu.xchg(at[`pending${cpu.id}`], 0);
      if (taken !== 0) return;
      yield* block(opsOf(cpu, at), wordsOf(at), cpu.id);
    }
  }
  function* main(cpu: PlainCpu, at: Addresses): Protocol<void> {
    const role = roles[cpu.id];
    if (!entered) yield* enter(opsOf(cpu, at), wordsOf(at), cpu.id);
    if (role === 'answers' || role === 'waits') yield* awaitRing(cpu, at);
    if (role === 'asks') yield* ask(cpu, at, 1);
    if (role === 'answers' || role === 'rings') yield* ask(cpu, at, 0);
    if (role === 'asks') yield* awaitRing(cpu, at);
    if (role === 'computes')
      for (let i = 0; i < passes; i++) yield* pass(opsOf(cpu, at), wordsOf(at), cpu.id, false);
    if (!stays) yield* leave(cpu, at);
  }

  const named = (prefix: string, value: number): Record<string, number> =>
    Object.fromEntries(ids.map((id) => [`${prefix}${id}`, value]));
  const first = [entered ? RUN_RUNNING : RUN_BLOCKED, 0] as const;
  const heldOf = (read: (address: number) => number, at: Addresses): number =>
    ids.filter((id) => read(at[`run${id}`]) === RUN_RUNNING).length;
  return plainProgram({
    name,
    words: { free: entered ? tokens - cpus : tokens, ready: 0, urgent: 0, ...named('pending', 0) },
    pairs: Object.fromEntries(ids.map((id) => [`run${id}`, first])),
    cpus: roles.map(() => main),
    always: (read, at) => {
      const held = heldOf(read, at);
      return (
        held + read(at.free) <= tokens ||
        `${held} CPUs run and ${read(at.free)} tokens are free, of ${tokens}`
      );
    },
    final: (read, at) => {
      const left = read(at.free) + (stays ? heldOf(read, at) : 0);
      return left === tokens || `${left} tokens are left of ${tokens}`;
    },
  });
}

export const runToken = runTokenProgram('one token, three CPUs');
/** The smallest in which a token is free while another is held. */
export const twoTokens = runTokenProgram(
  'two tokens, a ring against a wait',
  {},
  { roles: ['waits', 'rings'], tokens: 2, entered: true, stays: true },
);
