import type { LitmusOutcome } from './litmus-outcomes.js';
import type { SeenOnThreads } from './on-threads.js';

/** `litmus --json`. */
export interface LitmusDocument {
  readonly format: 'shootdown-litmus';
  readonly version: 1;
  readonly shootdown: string;
  readonly memory: string;
  /** Ended by Ctrl-C; tests that had not begun are missing. */
  readonly interrupted: boolean;
  readonly tests: readonly LitmusDocumentTest[];
}

export interface LitmusDocumentTest {
  readonly name: string;
  readonly file: string;
  /** In herd7's notation, sorted; empty where the test was skipped. */
  readonly states: readonly string[];
  /** `Ok` or `No`, as herd7 says it; null where the test was skipped. */
  readonly verdict: string | null;
  /** `Never`, `Sometimes` or `Always`; null where the test was skipped. */
  readonly observation: string | null;
  readonly condition: string | null;
  /** With --on-threads: in how many tries each state came out; else null. */
  readonly onThreads: SeenOnThreads | null;
  /** Why it was not explored, or null. */
  readonly skipped: string | null;
}

export function litmusDocument(
  shootdown: string,
  memory: string,
  outcomes: readonly LitmusOutcome[],
  interrupted: boolean,
): LitmusDocument {
  const tests = outcomes.map(({ name, file, explored, onThreads, skipped }): LitmusDocumentTest => {
    const { states = [], verdict = null, observation = null } = explored?.result ?? {};
    return {
      name,
      file,
      states,
      verdict,
      observation,
      condition: explored?.test.conditionText ?? null,
      onThreads,
      skipped,
    };
  });
  return { format: 'shootdown-litmus', version: 1, shootdown, memory, interrupted, tests };
}
