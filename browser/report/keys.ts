/** What keys do on a timeline: the same as in the terminal's viewer, where that has them. */

export type Move =
  | 'next'
  | 'previous'
  | 'nextDeciding'
  | 'previousDeciding'
  | 'pageDown'
  | 'pageUp'
  | 'first'
  | 'last'
  | 'switchView';

const MOVES: Readonly<Record<string, Move>> = {
  j: 'next',
  ArrowDown: 'next',
  ArrowRight: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  ArrowLeft: 'previous',
  n: 'nextDeciding',
  p: 'previousDeciding',
  ' ': 'pageDown',
  PageDown: 'pageDown',
  b: 'pageUp',
  PageUp: 'pageUp',
  g: 'first',
  Home: 'first',
  G: 'last',
  End: 'last',
  f: 'switchView',
};

const PAGE = 20;

/** What the key asks for, or null. Keys with Ctrl and the like are the browser's. */
export function moveOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): Move | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  return Object.hasOwn(MOVES, event.key) ? MOVES[event.key] : null;
}

/** The index that a move leads to. */
export function movedTo(move: Move, at: number, count: number, deciding: readonly number[]): number {
  const within = (index: number): number => Math.max(0, Math.min(count - 1, index));
  switch (move) {
    case 'next':
      return within(at + 1);
    case 'previous':
      return within(at - 1);
    case 'nextDeciding':
      return deciding.find((index) => index > at) ?? at;
    case 'previousDeciding':
      return deciding.findLast((index) => index < at) ?? at;
    case 'pageDown':
      return within(at + PAGE);
    case 'pageUp':
      return within(at - PAGE);
    case 'first':
      return 0;
    case 'last':
      return count - 1;
    case 'switchView':
      return at;
  }
}
