import type { Locked } from './locked.js';
import { ATTEND_IPI } from './runner.js';

/**
 * Sets a bit of a CPU's attention word (at `word`); whether the CPU must be rung for it. Whoever finds
 * another bit set knows that it has been rung for, but for an IPI: with interrupts off that wakes nobody, and
 * what comes after it has to.
 */
export function askFor(locked: Locked, word: number, bit: number): boolean {
  const before = locked.or(word, bit);
  return (bit === ATTEND_IPI ? before : before & ~ATTEND_IPI) === 0;
}
