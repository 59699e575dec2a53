/** What shards counted, added up. Each sum is the same in whatever order its parts are given. */

import type { LatentCount, ScenarioTally } from '../explore/api.js';
import type { Effect, EffectPartReport, EffectPlace } from '../explore/effect/effect.js';
import { kindKey, type MetViolation } from '../explore/known.js';

type Counters = Readonly<Record<string, number>>;

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

export function sumCounters(all: readonly Counters[]): Counters {
  const names = [...new Set(all.flatMap((counters) => Object.keys(counters)))];
  return Object.fromEntries(names.map((name) => [name, sumOf(all.map((counters) => counters[name] ?? 0))]));
}

export function sumScenarios(all: readonly ScenarioTally[]): ScenarioTally[] {
  return groupsOf(all, ({ scenario }) => scenario).map((tallies) => ({
    scenario: tallies[0].scenario,
    executions: sumOf(tallies.map(({ executions }) => executions)),
    steps: sumOf(tallies.map(({ steps }) => steps)),
    counters: sumCounters(tallies.map(({ counters }) => counters)),
  }));
}

/** By class; the first of each is the one with the lowest number. */
export function sumLatent(all: readonly LatentCount[]): LatentCount[] {
  return groupsOf(all, ({ class: name }) => name).map((counts) => ({
    ...counts.reduce(earlier),
    executions: sumOf(counts.map(({ executions }) => executions)),
  }));
}

export function sumMet(all: readonly MetViolation[]): MetViolation[] {
  return groupsOf(all, kindKey).map((kind) => ({
    ...kind.reduce(earlier),
    ...knowledgeOf(kind),
    executions: sumOf(kind.map(({ executions }) => executions)),
  }));
}

/** One that knows of it is enough, and it says whence. */
function knowledgeOf(kind: readonly MetViolation[]): Pick<MetViolation, 'isKnown' | 'knownFrom'> {
  const known = kind.find(({ isKnown }) => isKnown);
  const from = known?.knownFrom;
  return { isKnown: known !== undefined, ...(from === undefined ? {} : { knownFrom: from }) };
}

/** Of effects that all shards could tell; one that none knows of is undefined. */
export function sumEffects(all: readonly Effect[]): Effect | undefined {
  if (all.length === 0) return undefined;
  return {
    base: all[0].base,
    changedNothing: all.every(({ changedNothing }) => changedNothing),
    notCompared: all.find(({ notCompared }) => notCompared !== null)?.notCompared ?? null,
    otherwise: sumOf(all.map(({ otherwise }) => otherwise)),
    first: firstOf(all),
    parts: groupsOf(
      all.flatMap(({ parts }) => parts),
      ({ kind, name }) => JSON.stringify([kind, name]),
    ).map(sumParts),
  };
}

function sumParts(parts: readonly EffectPartReport[]): EffectPartReport {
  const sum = (field: 'calls' | 'executions' | 'answered' | 'acted' | 'reordered' | 'otherwise') =>
    sumOf(parts.map((part) => part[field]));
  const { kind, name, idle } = parts[0];
  const scenarios = groupsOf(
    parts.flatMap((part) => part.scenarios),
    ({ scenario }) => scenario,
  );
  return {
    ...{ kind, name, idle },
    ...{ calls: sum('calls'), executions: sum('executions'), answered: sum('answered') },
    ...{ acted: sum('acted'), reordered: sum('reordered'), otherwise: sum('otherwise') },
    first: firstOf(parts),
    scenarios: scenarios.map((same) => ({
      scenario: same[0].scenario,
      calls: sumOf(same.map(({ calls }) => calls)),
      otherwise: sumOf(same.map(({ otherwise }) => otherwise)),
    })),
  };
}

function firstOf(all: readonly { readonly first: EffectPlace | null }[]): EffectPlace | null {
  const places = all.flatMap(({ first }) => first ?? []);
  return places.length === 0 ? null : places.reduce(earlier);
}

function earlier<Place extends EffectPlace>(a: Place, b: Place): Place {
  if (a.execution !== b.execution) return a.execution < b.execution ? a : b;
  return a.scenario <= b.scenario ? a : b;
}

/** In the order in which their keys come first. */
function groupsOf<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
