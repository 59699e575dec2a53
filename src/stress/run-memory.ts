import { type SharedWords, sharedWords } from '../machine/stripped/locked.js';

/** The simulated memory and the control words of a run. */
export interface RunWords {
  readonly mem: SharedWords;
  readonly control: SharedWords;
}

/**
 * Words at least: room for most machines, so that one run's memory is the next one's. What is never touched
 * costs nothing.
 */
const WORDS_MIN = 1 << 20;

/**
 * Keeps the memory of one run for the next, as threads are kept: their compiled code is bound to it (see
 * openWords), and each WebAssembly memory reserves gigabytes of addresses. Only what a run gives back is used
 * again: a thread that was lost, or never started, may still write to what it was given.
 */
export class RunMemory {
  private spare: RunWords | null = null;

  /** Words that are all 0; an even number, so that pairs cover them all. */
  take(memWords: number, controlWords: number): RunWords {
    const { spare } = this;
    this.spare = null;
    if (spare !== null && holds(spare.mem, memWords) && holds(spare.control, controlWords)) {
      for (const { buffer } of [spare.mem, spare.control]) new Int32Array(buffer).fill(0);
      return spare;
    }
    return { mem: sharedWords(roundUp(memWords)), control: sharedWords(roundUp(controlWords)) };
  }

  /** All threads of the run have come back. */
  giveBack(words: RunWords): void {
    this.spare = words;
  }
}

function holds({ buffer }: SharedWords, words: number): boolean {
  return buffer.byteLength >= 4 * words;
}

function roundUp(words: number): number {
  let size = WORDS_MIN;
  while (size < words) size *= 2;
  return size;
}
