/**
 * The lines under a verdict that say how far it reaches. A sample shows the presence of races, never their
 * absence, so a verdict without a witness is told as a number of executions and nothing stronger.
 */

import type { Verdict } from '../explore/api.js';
import { memoryOrders } from '../memory-order/index.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import { type Assumption, assumptions } from './assumptions.js';
import { codeLines, effectLines } from './effect-words.js';
import { visible } from './escape.js';
import { shardWords } from './hunt-words.js';
import { countedLines } from './own-counters.js';
import { count } from './text-columns.js';

/**
 * What a verdict rests on, as lines without indentation; `notes` are the scenarios' (what an import did not
 * model).
 */
export function restsOn(verdict: Verdict, notes: readonly string[] = []): string[] {
  return [...ofItsOwn(verdict), ...shared(verdict, notes)];
}

/** Lines under a title. */
export interface RestsOn {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The same for several verdicts: what they have in common stands once, behind what each has of its own. */
export function allRestOn(verdicts: readonly Verdict[], notes: readonly string[] = []): RestsOn[] {
  if (verdicts.length === 1)
    return verdicts.map((verdict) => ({
      title: `${visible(verdict.variant)} rests on`,
      lines: restsOn(verdict, notes),
    }));
  const groups = new Map<string, { readonly names: string[]; readonly lines: readonly string[] }>();
  for (const verdict of verdicts) {
    const lines = shared(verdict, notes);
    const group = groups.get(lines.join('\n')) ?? { names: [], lines };
    group.names.push(visible(verdict.variant));
    groups.set(lines.join('\n'), group);
  }
  return [
    ...verdicts.map((verdict) => ({
      title: `${visible(verdict.variant)} rests on`,
      lines: ofItsOwn(verdict),
    })),
    ...[...groups.values()].map(({ names, lines }) => {
      const who =
        groups.size === 1
          ? 'all of them rest'
          : `${names.join(', ')} ${names.length === 1 ? 'rests' : 'rest'}`;
      return { title: `${who} on`, lines };
    }),
  ];
}

/** What its own executions say. */
function ofItsOwn(verdict: Verdict): string[] {
  const scenarios =
    verdict.scenarios.length > 1
      ? count(verdict.scenarios.length, 'scenario')
      : verdict.program === true
        ? 'the program'
        : `scenario ${visible(verdict.scenario)}`;
  const sample =
    `${count(verdict.executions, 'execution')} (${count(verdict.steps, 'step')}) of ` + `${scenarios}`;
  const interrupted = verdict.interrupted ? ', interrupted' : '';
  const shard = verdict.shard === undefined ? '' : `, ${shardWords(verdict.shard)}`;
  const reach = verdict.violation === null ? '; a sample, not a proof' : '';
  return [
    ...[...effectLines(verdict), ...codeLines(verdict), ...countedLines(verdict)].map(visible),
    `executions: ${sample}, sampled by ${visible(verdict.strategy)} with seed ` +
      `${verdict.seed}${shard}${interrupted}${reach}`,
  ];
}

/** What it has in common with others. */
function shared(verdict: Verdict, notes: readonly string[]): string[] {
  return verdict.program === true ? [memoryLine(verdict.memory), PROGRAM_MACHINE] : reachOf(verdict, notes);
}

const PROGRAM_MACHINE =
  'machine: one operation a step, interrupts between any two; loads and stores keep the order in which ' +
  'they are written (no compiler)';

function memoryLine(memory: MemoryModel): string {
  return `memory model: ${memoryOrders[memory].reach}`;
}

/** The part of it that does not depend on how much was run. */
export function reachOf(
  { memory, optimisation }: Pick<Verdict, 'memory' | 'optimisation'>,
  notes: readonly string[],
): string[] {
  const left = assumptions.filter((assumption) => !assumption.modelled);
  const isSeen = ({ optimised }: Assumption): boolean => optimisation === 2 && optimised !== undefined;
  return [
    memoryLine(memory),
    'hardware: the contract that the kernel itself relies on ("shootdown list assumptions" spells it out)',
    ...left.filter(isSeen).map(({ name, optimised }) => `${name}: ${optimised}`),
    `not modelled: ${left
      .filter((one) => !isSeen(one))
      .map(({ name }) => name)
      .join(', ')}`,
    ...notes.map((note) => `scenario: ${visible(note)}`),
  ];
}
