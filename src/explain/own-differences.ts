import { CSD_FLAGS } from '../kernel/structs.js';
import * as K from '../machine/op-kinds.js';
import { describe } from './describe.js';
import type { KernelNames } from './names.js';
import type { Otherwise, OwnCalls, OwnDifference } from './own-calls.js';
import type { RawStep } from './raw-step.js';
import { kernelSpelling } from './site.js';
import type { Story } from './story.js';
import { doing } from './undone.js';

/** What a variant's own functions did otherwise than its base's would have, in the execution that is told. */

/** Deciding steps that a reader can still hold together. */
const MARKS_MAX = 12;
/** Functions that are told of. */
const FUNCTIONS_MAX = 3;

/** A difference, and the step that shows it. */
interface Shown {
  readonly cpu: number;
  readonly name: string;
  /** The base's function, in words: as short as beside the variant's own, and by itself. */
  readonly base: string;
  readonly baseName: string;
  readonly otherwise: Otherwise;
  /** The operation; of what is none, or was not executed any more, the one before. */
  readonly step: RawStep;
  readonly isDone: boolean;
  /** Where it does later what the base's does there. */
  readonly moved?: RawStep;
}

/**
 * Of each function one call that did otherwise, on a CPU that has a deciding step and before the last of
 * these; where an execution is stuck, on any CPU.
 */
export function tellOwnDifferences(story: Story, own: OwnCalls): void {
  const names = new Set<string>();
  const steps = new Set<RawStep>();
  for (const call of callsBefore(story, own)) {
    const [{ name, otherwise }] = call;
    if (names.has(name) || names.size >= FUNCTIONS_MAX) continue;
    names.add(name);
    // What it did not come to from there on is one difference.
    const isOne = call.length > 1 && call[1].otherwise.instead === otherwise.instead;
    for (const one of isOne ? call.toReversed() : call) {
      if (steps.has(one.step) || !story.makeRoom(one.step, MARKS_MAX)) continue;
      steps.add(one.step);
      const words = differenceWords(one, story.names);
      story.note(one.step, words.step);
      story.tell(isOne && one === call[0] ? '' : words.sentence, one.step);
      tellMoved(story, one);
    }
  }
}

/**
 * Calls by how much they have to do with the outcome: one that the story speaks of already, one in its
 * course, one that does more than look elsewhere, one of the CPU that was judged or is waited for, the last
 * one.
 */
function callsBefore(story: Story, own: OwnCalls): Shown[][] {
  const { marked, violation } = story;
  const from = story.firstTold;
  const until = Math.max(...marked.keys());
  const isStuck = violation.class === 'deadlock' || violation.class === 'livelock';
  const words = isStuck ? waitedWords(story) : new Set<number>();
  const waitedFor = isStuck ? csdTargets(story, words) : new Set([violation.facts.cpu]);
  const lastOf = new Map<number, number>();
  for (const { cpu, step } of story.steps) if (marked.has(step)) lastOf.set(cpu, step);
  const ranked = own.differences.flatMap((difference) => {
    const call = shownBy(story, difference, own.from.base);
    if (call.length === 0) return [];
    const [{ step, cpu }] = call;
    const last = lastOf.get(cpu);
    if (!isStuck && (last === undefined || step.step > until)) return [];
    const ranks = [
      call.some((one) => marked.has(one.step.step)),
      call.some(
        ({ step: { a }, otherwise: { does } }) => words.has(a) || (does !== null && words.has(does.a)),
      ),
      isStuck && waitedFor.has(cpu),
      step.step >= from && (isStuck || step.step <= (last ?? 0)),
      isStuck || step.step <= (last ?? 0),
      difference.did !== null,
      waitedFor.has(cpu),
    ];
    return { call, rank: ranks.reduce((sum, is) => 2 * sum + (is ? 1 : 0), 0), step: step.step };
  });
  return ranked.sort((one, other) => other.rank - one.rank || other.step - one.step).map(({ call }) => call);
}

function waitedWords({ machine }: Story): Set<number> {
  return new Set(machine.waits.unfinished().flatMap(({ waits }) => waits.map(({ word }) => word)));
}

/** Whom CPUs wait for that have asked for a call. */
function csdTargets({ kernel }: Story, words: ReadonlySet<number>): Set<number> {
  const targets = kernel.layout.cpus.flatMap(({ cfd }) =>
    cfd.csd.flatMap((csd, target) => (words.has(csd + CSD_FLAGS) ? [target] : [])),
  );
  return new Set(targets);
}

/** What a call did otherwise first, and then what it looked at. */
function shownBy({ steps }: Story, difference: OwnDifference, from: string): Shown[] {
  const { cpu, depth, did, looked } = difference;
  const ofTable = kernelSpelling(difference.name);
  const name = difference.ownName === '' ? ofTable : kernelSpelling(difference.ownName);
  const baseName = `${from}'s ${ofTable}`;
  const base = name === ofTable ? `${from}'s` : baseName;
  const first = steps[0]?.step ?? 0;
  const isOwn = (step: RawStep): boolean =>
    step.cpu === cpu && step.kind < K.STEP_PREEMPT && step.handlerDepth === depth;
  const nextOf = (after: number): RawStep | undefined =>
    steps.find((step) => step.step > after && isOwn(step));
  return [did, looked].flatMap((otherwise) => {
    // Of a long execution only the end is recorded.
    if (otherwise === null || (first > 0 && otherwise.after < first)) return [];
    const { kind, after, later } = otherwise;
    const next = nextOf(after);
    const last = steps.find(({ step }) => step === after);
    // What is stuck before its operation has none of it.
    const isDone = kind === 'operation' && next !== undefined;
    const step = isDone ? next : (last ?? next);
    if (step === undefined) return [];
    const moved = later === undefined ? undefined : nextOf(later);
    return [
      { cpu, name, base, baseName, otherwise, step, isDone, ...(moved === undefined ? {} : { moved }) },
    ];
  });
}

/** An operation that comes later than in the base. */
function tellMoved(story: Story, { cpu, name, base, moved }: Shown): void {
  if (moved === undefined || !story.makeRoom(moved, MARKS_MAX)) return;
  story.note(moved, `${name} does here what ${base} does at the step told before`);
  story.tell(`CPU${cpu}'s ${name} does that at step ${moved.step}`, moved);
}

function differenceWords(
  { cpu, name, base, baseName, otherwise: { kind, does, instead, answers, left }, step, isDone }: Shown,
  names: KernelNames,
): { readonly step: string; readonly sentence: string } {
  const would = instead === null ? 'has ended' : doing(instead, names, cpu);
  const said = (does: string, otherwise: string): { step: string; sentence: string } => ({
    step: `then ${name} ${does}, where ${base} ${otherwise}`,
    sentence: `CPU${cpu}'s ${name} ${does} after step ${step.step}, where ${base} ${otherwise}`,
  });
  switch (kind) {
    case 'operation':
      if (!isDone) return said(does === null ? 'ends' : doing(does, names, cpu), would);
      return {
        step: `here ${baseName} ${would}`,
        sentence:
          `at step ${step.step} CPU${cpu}'s ${name} has "${describe(step, names, false)}", ` +
          `where ${base} ${would}`,
      };
    case 'end':
      return said('ends', would);
    case 'answer':
    case 'private': {
      const [own, other] = [0, 1].map((side) => [
        ...(answers === undefined ? [] : [`answers ${String(answers[side])}`]),
        ...(left === undefined
          ? []
          : [`leaves ${names.value(left.word, side === 0 ? left.own : left.base)}`]),
      ]);
      const where = left === undefined ? '' : ` in ${names.word(left.word, cpu)}`;
      return said(own.join(' and ') + where, other.join(' and '));
    }
  }
}
