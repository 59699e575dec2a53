/**
 * Loops of a user's module that never come to an operation. The bundle of such a module counts the turns of
 * its loops (bundle/guard-loops.ts) and throws past a limit that no execution comes near; the count begins
 * anew with each execution.
 */

interface Guarded {
  shootdownLoopTurns?: number;
}

export function resetLoopBudget(): void {
  const guarded = globalThis as Guarded;
  if (guarded.shootdownLoopTurns !== undefined) guarded.shootdownLoopTurns = 0;
}
