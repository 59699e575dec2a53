import { kernelSpelling } from '../../explain/site.js';
import { type Place, placeWords } from '../../vocabulary/told.js';
import type { Access } from './access.js';
import { type Difference, differencesOf } from './differences.js';
import type { DryCall } from './dry-run.js';

/** Where something was met. */
export interface CallPlace {
  readonly scenario: string;
  readonly execution: number;
}

/** A difference between two implementations of a function, over all calls that showed it. */
export interface AccessDifference extends Pick<Difference, 'kind' | 'name' | 'isRepeated' | 'isLater'> {
  readonly calls: number;
  readonly first: CallPlace;
  /** Places in either text, as `file:line`, in the order in which they were met. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** Of what moved: what stands between its places, in any call. */
  readonly past: readonly string[];
}

/** A call that one of the two did not get through. */
export interface StoppedCall {
  readonly side: 'left' | 'right';
  readonly why: string;
  readonly first: CallPlace;
}

export interface FunctionAccesses {
  /** In the kernel's spelling. */
  readonly name: string;
  /** Calls that were compared, and those of them in which both did the same. */
  readonly calls: number;
  readonly same: number;
  /** Calls that the two answered otherwise. */
  readonly answered: number;
  readonly differences: readonly AccessDifference[];
  readonly stopped: readonly StoppedCall[];
}

/** What two implementations did over many calls. */
export interface AccessComparison {
  readonly functions: readonly FunctionAccesses[];
  /**
   * Words that the right one takes for its own, without a boundary at any access: where the left one reads or
   * stores them is not compared.
   */
  readonly privateWords: readonly string[];
  /** Words that the left one reads or stores at all. */
  readonly leftWords: readonly string[];
}

/** Runs both, with these answers to choices; with places, which takes long, or without. */
export type RunBoth = (answers: number, withSites: boolean) => readonly [left: DryCall, right: DryCall];

type Writable<T> = { -readonly [K in keyof T]: T[K] };
interface Found extends Omit<Writable<AccessDifference>, 'left' | 'right' | 'past'> {
  readonly left: Set<string>;
  readonly right: Set<string>;
  readonly past: Set<string>;
}
interface Counted extends Pick<Writable<FunctionAccesses>, 'calls' | 'same' | 'answered'> {
  readonly differences: Map<string, Found>;
  readonly stopped: Map<string, StoppedCall>;
}

/**
 * Adds up what calls show. A difference counts for the innermost of the compared functions that it is in:
 * what a switch does within a flush is the switch's.
 */
export class AccessTally {
  private readonly byName: Map<string, Counted>;
  /** By what two calls did: the differences, by key, so that places are asked for once. */
  private readonly known = new Map<string, readonly (readonly [name: string, key: string])[]>();
  private readonly privateWords = new Set<string>();
  private readonly leftWords = new Set<string>();
  private calls = 0;

  constructor(names: readonly string[]) {
    this.byName = new Map(
      names.map((name) => [
        kernelSpelling(name),
        { calls: 0, same: 0, answered: 0, differences: new Map(), stopped: new Map() },
      ]),
    );
  }

  add(called: string, first: CallPlace, run: RunBoth): void {
    const name = kernelSpelling(called);
    const counted = this.of(name);
    const answers = this.calls++;
    const both = run(answers, false);
    const [left, right] = both;
    counted.calls++;
    noteStopped(counted.stopped, both, first);
    if (left.stopped !== null || right.stopped !== null) return;
    if (right.answer !== undefined && Number(left.answer) !== Number(right.answer)) counted.answered++;
    for (const { word, isPrivate } of right.accesses)
      if (isPrivate && word !== null) this.privateWords.add(word);
    for (const { word } of left.accesses) if (word !== null) this.leftWords.add(word);
    const [ofLeft, ofRight] = both.map(({ accesses }) => this.shared(accesses));
    if (ofLeft.length === ofRight.length && ofLeft.every((one, i) => keyOf(one) === keyOf(ofRight[i]))) {
      counted.same++;
      return;
    }
    const signature = JSON.stringify([called, ofLeft.map(keyOf), ofRight.map(keyOf)]);
    const keys = this.known.get(signature) ?? this.look(name, first, run(answers, true));
    this.known.set(signature, keys);
    for (const [where, key] of keys) {
      const found = this.of(where).differences.get(key);
      if (found !== undefined) found.calls++;
    }
  }

  get comparison(): AccessComparison {
    const functions = [...this.byName].map(([name, { differences, stopped, ...counts }]) => ({
      name,
      ...counts,
      differences: [...differences.values()].map(({ left, right, past, ...rest }) => ({
        ...rest,
        ...{ left: [...left], right: [...right], past: [...past] },
      })),
      stopped: [...stopped.values()],
    }));
    const { privateWords, leftWords } = this;
    return { functions, privateWords: [...privateWords].sort(), leftWords: [...leftWords].sort() };
  }

  private shared(accesses: readonly Access[]): readonly Access[] {
    return accesses.filter(({ word }) => word === null || !this.privateWords.has(word));
  }

  private of(name: string): Counted {
    const counted = this.byName.get(name);
    if (counted === undefined) throw new Error(`${name} is not compared`);
    return counted;
  }

  private look(
    name: string,
    first: CallPlace,
    [left, right]: readonly [DryCall, DryCall],
  ): (readonly [string, string])[] {
    const keys = differencesOf(this.shared(left.accesses), this.shared(right.accesses)).map((difference) => {
      const functions = (difference.left ?? difference.right)?.functions ?? [];
      const where = functions.map(asCompared).findLast((one) => this.byName.has(one)) ?? name;
      const { kind, isRepeated, isLater } = difference;
      const key = JSON.stringify([kind, difference.name, isRepeated, isLater]);
      const { differences } = this.of(where);
      const found = differences.get(key) ?? begun(difference, first);
      differences.set(key, found);
      note(found.left, difference.left?.place ?? null);
      note(found.right, difference.right?.place ?? null);
      for (const past of difference.past) found.past.add(past);
      return [where, key] as const;
    });
    // A difference counts once for a call, however often it shows.
    return [...new Map(keys.map((key) => [key.join(), key])).values()];
  }
}

/** Up to 5.12 one function of today is three. */
const PARTS: Readonly<Record<string, string>> = {
  flush_tlb_func_local: 'flush_tlb_func',
  flush_tlb_func_remote: 'flush_tlb_func',
  flush_tlb_func_common: 'flush_tlb_func',
};
const asCompared = (name: string): string => (Object.hasOwn(PARTS, name) ? PARTS[name] : name);

function begun({ kind, name, isRepeated, isLater }: Difference, first: CallPlace): Found {
  const places = { left: new Set<string>(), right: new Set<string>(), past: new Set<string>() };
  return { kind, name, isRepeated, isLater, calls: 0, first, ...places };
}

function noteStopped(
  stopped: Map<string, StoppedCall>,
  [left, right]: readonly [DryCall, DryCall],
  first: CallPlace,
): void {
  for (const [side, { stopped: why }] of [['left', left] as const, ['right', right] as const])
    if (why !== null && !stopped.has(side + why)) stopped.set(side + why, { side, why, first });
}

function note(places: Set<string>, place: Place | null): void {
  if (place !== null) places.add(placeWords(place));
}

const keyOf = ({ name, told }: Access): string => `${name}=${told ?? ''}`;
