import type { Shard } from '../../explore/shard.js';
import type { Column } from '../column.js';
import type { RowTable } from '../row-table.js';

/**
 * A search that is one of several: all expand the same states up to some depth, each goes on from its part of
 * the states that are the newest there. Every further state is reached from one of them, so the searches
 * together look at all states; those that are reached from several parts are looked at several times.
 */

export interface SplitAsked {
  /** It is split at the first depth that has so many newest states. */
  readonly statesMin: number;
  /** Whether this search goes on from the newest state at that place. */
  owns(place: number, states: number): boolean;
}

/** What all searches that share an exploration have in common, but for `own`. */
export interface SplitDone {
  /** Steps to the states that were shared out. */
  readonly depth: number;
  /** States before them, which each search has expanded. */
  readonly before: number;
  /** How many there were, and how many are this search's. */
  readonly states: number;
  readonly own: number;
  /** Over all states so far, eight hex digits: that of all searches, where they are of the same code. */
  readonly hash: string;
}

/**
 * For a shard: one block of the newest states, all of about the same length. Neighbours have more ahead of
 * them in common than what stands far apart: dealt out in turn, every part would lead to nearly everything.
 */
export function splitFor({ index, of }: Shard): SplitAsked {
  return {
    statesMin: of * STATES_EACH,
    owns: (place, states) =>
      place >= blockStart(index - 1, of, states) && place < blockStart(index, of, states),
  };
}

/** How many of the states are a shard's. */
export function ownOf({ index, of }: Shard, states: number): number {
  return blockStart(index, of, states) - blockStart(index - 1, of, states);
}

function blockStart(block: number, of: number, states: number): number {
  return Math.floor((block * states) / of);
}

/** With fewer a part may lead to next to nothing, or to nearly everything. */
const STATES_EACH = 32;

/**
 * Forgets those of the states from `before` on that are others': where they are reached later on, they are
 * new. `parents`: the state that each was reached from.
 */
export function takeOwn(
  states: RowTable,
  parents: Column,
  before: number,
  depth: number,
  asked: SplitAsked,
): SplitDone {
  const newest = states.count - before;
  const hash = states.hashOfAll();
  const own: { readonly row: Int32Array; readonly parent: number }[] = [];
  for (let place = 0; place < newest; place++) {
    if (!asked.owns(place, newest)) continue;
    const at = (before + place) * states.width;
    own.push({ row: states.rows.slice(at, at + states.width), parent: parents.get(before + place) });
  }
  states.shorten(before);
  for (const { row, parent } of own) parents.set(states.intern(row), parent);
  return { depth, before, states: newest, own: own.length, hash };
}
