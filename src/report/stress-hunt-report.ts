/** A stress run as the result of a hunt of one execution, for reports that CI systems read. */

import type { Verdict } from '../explore/api.js';
import type { StressResult } from '../stress/api.js';
import { PLAIN_PROGRAM } from '../vocabulary/finding.js';
import { VERSION } from '../vocabulary/version.js';
import type { Expected, HuntReport, Witness } from './reporters/hunt-report.js';
import { stressLines } from './stress-words.js';

/** What a verdict has in the place of a strategy. */
const THREADS = 'threads';

/**
 * `witness`: what the explorer found in the same place, or null; `finding`: its file. A run that hangs, that
 * lost a thread or in which nothing of the variant ran fails, if that is not allowed.
 */
export function stressHuntReport(
  result: StressResult,
  witness: Witness | null,
  finding: string | null,
  allowNoEffect: boolean,
): HuntReport {
  const { seed, memory, interrupted } = result;
  const expected = expectedOf(result, allowNoEffect);
  return {
    ...{
      version: VERSION,
      command: 'stress',
      seed,
      memory,
      strategies: [THREADS],
      shard: undefined,
      allowNoEffect,
    },
    results: [
      {
        ...{ verdict: verdictOf(result, finding), witness, grounds: groundsOf(result) },
        ...(expected === null ? {} : { expected }),
      },
    ],
    ...{ notReached: [], interrupted, notes: [], baseline: null },
  };
}

function verdictOf(result: StressResult, finding: string | null): Verdict {
  const { variant, rounds, scenario, failedIn, violations, latent, seconds, memory, seed } = result;
  const [first] = violations;
  const where = rounds === undefined ? (failedIn ?? scenario) : PLAIN_PROGRAM;
  return {
    ...{ variant, ...(rounds === undefined ? {} : { program: true as const }), scenario: where },
    ...{ violation: first?.class ?? null, message: first?.message ?? null },
    latent: latent.map(({ class: name, message }) => ({
      ...{ class: name, message, executions: 1, scenario: where, execution: 0 },
    })),
    ...{ executions: rounds ?? 1, steps: result.stepsMax, seconds, strategy: THREADS, memory, seed, finding },
    // What was run in, and not where it failed: a case of CI keeps its name when it begins to fail.
    scenarios: [{ scenario, executions: 1, steps: result.stepsMax, counters: {} }],
    ...{ counters: result.counters, traceHash: NOT_REPEATED, interrupted: result.interrupted },
  };
}

/** No run of threads comes out the same again. */
const NOT_REPEATED = '00000000';

/** Null where nobody but a violation decides. */
function expectedOf(result: StressResult, allowNoEffect: boolean): Expected | null {
  const { variant: project, violations, hang, dead, changedNothing } = result;
  if (violations.length > 0) return null;
  const missed = (text: string): Expected => ({ project, text, isMet: false });
  if (hang !== null) return missed(`no hang (${hang.message})`);
  if (dead.length > 0) return missed(`no thread to die (${dead[0].split('\n')[0]})`);
  return changedNothing && !allowNoEffect ? missed('that something runs which it replaces') : null;
}

/** What threads did, and what the verdict rests on. */
function groundsOf(result: StressResult): string[] {
  return stressLines(result).map(({ label, text }) => (label === '' ? text : `${label}: ${text}`));
}
