import { drive, proceed } from '../drive/drive.js';
import { judgeEnd } from '../drive/end.js';
import type { Machine } from '../machine/machine.js';
import type { ViolationClass } from '../vocabulary/violation.js';
import { CandidateDecider, CompletionDecider, type Pick } from './candidate-decider.js';

/**
 * Makes a witness easier to read: fewer changes between agents, then fewer steps, with the same class of
 * violation at the end.
 *
 * Greedy, over *runs* (stretches of one agent): leave runs out, largest chunks first (after Zeller's ddmin),
 * and move a run next to the neighbouring run of the same agent. A candidate is executed leniently (a pick
 * that cannot move is skipped) and what really happened is kept if it is simpler. A pure function of its
 * input; bounded by a number of attempts.
 */

const ATTEMPTS_MAX = 800;

export type Run = readonly Pick[];

export interface Simplification {
  /** Candidates that are executed at most. Default 800. */
  readonly attemptsMax?: number;
  /** Whether a simpler schedule still shows what is wanted, beyond the class. Default: it does. */
  readonly isWanted?: (decisions: readonly number[]) => boolean;
  /** Is told how many candidates were executed. */
  readonly onAttempts?: (attempts: number) => void;
}

export function simplify(
  machine: Machine,
  decisions: readonly number[],
  wanted: ViolationClass,
  { attemptsMax = ATTEMPTS_MAX, isWanted, onAttempts }: Simplification = {},
): number[] {
  let attempts = 0;
  let best = runsOf(picksOf(decisions));
  /** Executes the candidate; takes it over if it is simpler. */
  const improve = (candidate: readonly Run[]): boolean => {
    attempts++;
    const executed = executeCandidate(machine, candidate.flat(), wanted);
    if (executed === null) return false;
    const runs = runsOf(executed);
    if (!simpler(runs, best)) return false;
    if (isWanted !== undefined && !isWanted(decisionsOf(executed))) return false;
    best = runs;
    return true;
  };
  for (let progress = true; progress && attempts < attemptsMax; ) {
    progress = false;
    for (let size = best.length >> 1; size >= 1 && attempts < attemptsMax; size >>= 1) {
      for (let start = 0; start < best.length && attempts < attemptsMax; ) {
        if (improve([...best.slice(0, start), ...best.slice(start + size)])) progress = true;
        else start += size;
      }
    }
    for (let i = 0; i < best.length && attempts < attemptsMax; i++) {
      const next = best.findIndex((run, j) => j > i && run[0].agent === best[i][0].agent);
      if (next < 0) continue;
      const joined = [
        ...best.slice(0, i + 1),
        best[next],
        ...best.slice(i + 1, next),
        ...best.slice(next + 1),
      ];
      const delayed = [...best.slice(0, i), ...best.slice(i + 1, next), best[i], ...best.slice(next)];
      if (improve(joined) || improve(delayed)) progress = true;
    }
  }
  onAttempts?.(attempts);
  return decisionsOf(best.flat());
}

export function decisionsOf(picks: readonly Pick[]): number[] {
  return picks.flatMap((pick) => [pick.agent, ...pick.choices.map((choice) => -1 - choice)]);
}

function simpler(a: readonly Run[], b: readonly Run[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  return a.flat().length < b.flat().length;
}

export function picksOf(decisions: readonly number[]): Pick[] {
  const picks: { agent: number; choices: number[] }[] = [];
  for (const decision of decisions) {
    if (decision >= 0) picks.push({ agent: decision, choices: [] });
    else picks.at(-1)?.choices.push(-1 - decision);
  }
  return picks;
}

export function runsOf(picks: readonly Pick[]): Run[] {
  const runs: Pick[][] = [];
  for (const pick of picks) {
    if (runs.at(-1)?.[0].agent === pick.agent) runs.at(-1)?.push(pick);
    else runs.push([pick]);
  }
  return runs;
}

/**
 * How many times the candidate's steps its completion may take: a script that spins is not worth waiting for.
 */
const FINISH_FACTOR = 2;

/** What shows only when nobody has anything left to do. */
export function isJudgedAtEnd(violation: ViolationClass): boolean {
  return violation === 'assertion' || violation === 'deadlock';
}

/** What happened, up to and with the violation; null if another one, or none, came. */
export function executeCandidate(
  machine: Machine,
  picks: readonly Pick[],
  wanted: ViolationClass,
): Pick[] | null {
  const candidate = new CandidateDecider(picks);
  drive(machine, candidate);
  if (machine.violation === null && isJudgedAtEnd(wanted)) {
    proceed(machine, new CompletionDecider(candidate, picks.length * FINISH_FACTOR));
    judgeEnd(machine);
  }
  return machine.violation?.class === wanted ? picksOf(candidate.schedule.toArray()) : null;
}
