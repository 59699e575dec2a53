/**
 * Where a reader stands: kept in the address, behind the `#`, so that a copied link shows the same. Nothing
 * of it is trusted: what does not fit the data is as if it were not there.
 */

import { useEffect, useRef, useState } from 'preact/hooks';

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
}

const NOWHERE: Place = { witness: null, step: null, view: 'steps', sorted: null, filter: '', status: '' };
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
  };
}

export function hashOf(place: Place): string {
  const { witness, step, view, sorted, filter, status } = place;
  const given = new URLSearchParams();
  if (witness !== null) given.set('witness', String(witness));
  if (witness !== null && step !== null) given.set('step', String(step));
  if (view !== NOWHERE.view) given.set('view', view);
  if (sorted !== null) given.set('sort', `${sorted.column}:${sorted.isDescending ? 'down' : 'up'}`);
  if (filter !== '') given.set('filter', filter);
  if (status !== '') given.set('status', status);
  return `#${given}`;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/**
 * The place, and what goes elsewhere. Another witness, or none, is a step of the browser's history; all else
 * replaces the address.
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
    const next = { ...before, ...change };
    now.current = next;
    setPlace(next);
    clearTimeout(timer.current);
    if (next.witness !== before.witness) {
      // What was not written yet is what the way back leads to.
      history.replaceState(null, '', hashOf(before));
      history.pushState(null, '', hashOf(next));
    } else
      timer.current = window.setTimeout(() => history.replaceState(null, '', hashOf(next)), WRITE_AFTER_MS);
  };
  return [place, go];
}
