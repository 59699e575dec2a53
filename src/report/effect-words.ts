/** What a variant changed of its base, in words. Not escaped: that is for each format to do. */

import type { Verdict } from '../explore/api.js';
import type { Effect, EffectPartReport } from '../explore/effect/effect.js';
import { count, groupDigits } from './text-columns.js';

/** Scenarios that are named one by one. */
const NAMED_MAX = 4;
/** Lines and branches that are named one by one; JSON has all. */
const PLACES_MAX = 12;

/** Whether nothing that the variant changes made a difference in what was run. */
export function changedNothing({ effect }: Verdict): boolean {
  return effect?.changedNothing === true;
}

/** The sentence that must not be overlooked, or null. */
export function noEffectWords(verdict: Verdict): string | null {
  const { effect, executions, violation } = verdict;
  if (effect === undefined || !effect.changedNothing) return null;
  const { base, parts } = effect;
  const what =
    parts.length === 0 ? 'it replaces no function and switches no feature' : parts.map(idleWords).join(', ');
  const whose = violation === null ? 'this says no more than a hunt of' : 'this violation is one of';
  return `changed nothing in any of ${count(executions, 'execution')}: ${what}; ${whose} ${base}`;
}

function idleWords({ kind, name, calls, idle, otherwise }: EffectPartReport): string {
  if (idle !== null) return `${name}: ${idle}`;
  if (calls === 0) return kind === 'feature' ? `nothing looked at ${name}` : `${name} never ran`;
  return otherwise > 0 ? `what ${name} does otherwise the rest undoes` : `${name} never did otherwise`;
}

/** Which lines and branches of a user's files ran, and which never did. */
export function codeLines({ code = [], coverage }: Verdict): string[] {
  const all = coverage === undefined ? '' : ', in all batches';
  return code.map(({ file, lines, linesRan, branches, branchesRan, never, untaken }) => {
    const some =
      branches === 0 ? '' : ` and ${groupDigits(branchesRan)} of ${count(branches, 'branch', 'branches')}`;
    const places = [
      ...never.map(({ from, to }) => (from === to ? `line ${from}` : `lines ${from} to ${to}`)),
      ...untaken.map(({ line, branch }) => `line ${line} (${branch})`),
    ];
    const left = places.length > PLACES_MAX ? ` and ${places.length - PLACES_MAX} more` : '';
    const rest = places.length === 0 ? '' : `; never: ${places.slice(0, PLACES_MAX).join(', ')}${left}`;
    return `code of ${file}${all}: ${groupDigits(linesRan)} of ${count(lines, 'line')}${some} ran${rest}`;
  });
}

/** Whether a violation is the variant's own, in a sentence; null where nobody asked. */
export function baseWords({ base, scenario }: Verdict): string | null {
  if (base === undefined) return null;
  const { variant, hasIt, schedule, executions, execution, interrupted } = base;
  if (schedule.isSame) return `the base has this too: ${variant} does the same on this very schedule`;
  if (hasIt)
    return (
      `the base has this too: ${variant} does the same in execution ${groupDigits(execution ?? 0)} ` +
      `of ${scenario}`
    );
  const other = schedule.violation === null ? 'nothing' : `${schedule.violation} by another cause`;
  const { decisions, fitted } = schedule;
  const fits =
    fitted === decisions ? 'fits' : `fits for ${groupDigits(fitted)} of ${groupDigits(decisions)} decisions`;
  const left = interrupted ? ', interrupted' : '';
  const sample = `not seen in ${count(executions, 'execution')} of ${scenario}${left}`;
  return `not seen in the base: ${variant} has ${other} on this schedule, which ${fits}; ${sample}`;
}

/** A line for each thing that the variant changes. */
export function effectLines(verdict: Verdict): string[] {
  const { effect } = verdict;
  if (effect === undefined) return [];
  const lines = effect.parts.map((part) => `${titleOf(part)}: ${partWords(part, effect, verdict)}`);
  const whole =
    effect.notCompared === null ? [] : [`not compared with ${effect.base}: ${effect.notCompared}`];
  return [...lines, ...whole];
}

function titleOf({ kind, name }: EffectPartReport): string {
  return kind === 'function'
    ? `replaced ${name}`
    : kind === 'feature'
      ? `switched ${name}`
      : `${kind} ${name}`;
}

function partWords(part: EffectPartReport, effect: Effect, verdict: Verdict): string {
  const { kind, calls, executions, idle } = part;
  if (idle !== null) return `changes nothing: ${idle}`;
  const never = kind === 'feature' ? 'nothing ever looked at it' : 'never ran';
  if (calls === 0) return never;
  const times =
    `${groupDigits(calls)} ${calls === 1 ? 'time' : 'times'} in ` + `${count(executions, 'execution')}`;
  const ran = kind === 'feature' ? `looked at ${times}` : `ran ${times}`;
  return `${ran}${placesOf(part, verdict)}; ${otherwiseWords(part, effect)}`;
}

function otherwiseWords(part: EffectPartReport, { base, notCompared }: Effect): string {
  if (notCompared !== null) return 'not compared';
  if (part.otherwise === 0) return `never otherwise than in ${base}`;
  const { answered, acted, reordered, first } = part;
  const kinds = [
    ...(answered > 0 ? [`answered ${groupDigits(answered)}`] : []),
    ...(acted > 0 ? [`acted ${groupDigits(acted)}`] : []),
    ...(reordered > 0 ? [`read in another order ${groupDigits(reordered)}`] : []),
  ];
  const times = answered + acted + reordered;
  const where =
    first === null ? '' : `, first in execution ${groupDigits(first.execution)} of ${first.scenario}`;
  const executions = `in ${count(part.otherwise, 'execution')}`;
  return (
    `otherwise than in ${base} ${groupDigits(times)} ${times === 1 ? 'time' : 'times'} ` +
    `${executions} (${kinds.join(', ')})${where}`
  );
}

/** Where it ran, if not in every scenario. */
function placesOf({ scenarios }: EffectPartReport, verdict: Verdict): string {
  const hunted = verdict.scenarios.filter(({ executions }) => executions > 0).length;
  if (scenarios.length === hunted) return '';
  const names = scenarios.slice(0, NAMED_MAX).map(({ scenario }) => scenario);
  const left = scenarios.length - names.length;
  return `, only in ${names.join(', ')}${left > 0 ? ` and ${left} more of ${hunted} scenarios` : ''}`;
}
