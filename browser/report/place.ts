/**
 * Where a reader stands: kept in the address, behind the `#`, so that a copied link shows the same. Nothing
 * of it is trusted: what does not fit the data is as if it were not there.
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import { isMemoryModel, type MemoryModel } from '../../src/memory-order/index.js';
import type { HandPlace } from './hand/hand-place.js';

export type TimelineView = 'steps' | 'functions';
export type Sorted = { readonly column: string; readonly isDescending: boolean };

export interface Place {
  /** Index of the witness that is looked at; null: the table of verdicts. */
  readonly witness: number | null;
  /** Number of the step; null: where the witness begins. */
  readonly step: number | null;
  readonly view: TimelineView;
  readonly sorted: Sorted | null;
  readonly filter: string;
  /** A status that rows must have, or empty. */
  readonly status: string;
  /** Decisions of the reader's own; null: those that are recorded. */
  readonly hand: HandPlace | null;
  /** Of a playground: what runs; null: what the page begins with. */
  readonly variant: string | null;
  readonly scenario: string | null;
  readonly memory: MemoryModel | null;
}

const NOWHERE: Place = {
  ...{ witness: null, step: null, view: 'steps', sorted: null, filter: '', status: '' },
  ...{ hand: null, variant: null, scenario: null, memory: null },
};
/** Browsers refuse an address that changes at every key. */
const WRITE_AFTER_MS = 200;

export function placeOf(hash: string): Place {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const [column = '', direction = ''] = (given.get('sort') ?? '').split(':');
  return {
    witness: wholeNumber(given.get('witness')),
    step: wholeNumber(given.get('step')),
    view: given.get('view') === 'functions' ? 'functions' : 'steps',
    sorted: column === '' ? null : { column, isDescending: direction === 'down' },
    filter: given.get('filter') ?? '',
    status: given.get('status') ?? '',
    hand: handOf(given.get('kept'), given.get('hand')),
    variant: given.get('variant'),
    scenario: given.get('scenario'),
    memory: memoryOf(given.get('memory')),
  };
}

export function hashOf(place: Place): string {
  const { witness, step, view, sorted, filter, status, hand, variant, scenario, memory } = place;
  const given = new URLSearchParams();
  if (witness !== null) given.set('witness', String(witness));
  for (const [name, value] of Object.entries({ variant, scenario, memory }))
    if (value !== null) given.set(name, value);
  if (hand !== null && hand.kept > 0) given.set('kept', String(hand.kept));
  if (hand !== null) given.set('hand', hand.entries);
  if (step !== null) given.set('step', String(step));
  if (view !== NOWHERE.view) given.set('view', view);
  if (sorted !== null) given.set('sort', `${sorted.column}:${sorted.isDescending ? 'down' : 'up'}`);
  if (filter !== '') given.set('filter', filter);
  if (status !== '') given.set('status', status);
  return `#${given}`;
}

function handOf(kept: string | null, entries: string | null): HandPlace | null {
  return entries === null ? null : { kept: wholeNumber(kept) ?? 0, entries };
}

function memoryOf(text: string | null): MemoryModel | null {
  return text !== null && isMemoryModel(text) ? text : null;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/**
 * The place, and what goes elsewhere. Another witness, or none, and the way off the recorded execution are
 * steps of the browser's history; all else replaces the address.
 */
export function usePlace(): [Place, (change: Partial<Place>) => void] {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  const now = useRef(place);
  const timer = useRef(0);
  useEffect(() => {
    const follow = (): void => {
      now.current = placeOf(location.hash);
      setPlace(now.current);
    };
    addEventListener('hashchange', follow);
    addEventListener('popstate', follow);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('popstate', follow);
    };
  }, []);
  const go = (change: Partial<Place>): void => {
    const before = now.current;
    const isElsewhere = change.witness !== undefined && change.witness !== before.witness;
    const next = { ...before, ...(isElsewhere && { hand: null }), ...change };
    now.current = next;
    setPlace(next);
    clearTimeout(timer.current);
    if (next.witness !== before.witness || (next.hand === null) !== (before.hand === null)) {
      // What was not written yet is what the way back leads to.
      history.replaceState(null, '', hashOf(before));
      history.pushState(null, '', hashOf(next));
    } else
      timer.current = window.setTimeout(() => history.replaceState(null, '', hashOf(next)), WRITE_AFTER_MS);
  };
  return [place, go];
}
