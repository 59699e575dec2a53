import { type Stats, statSync } from 'node:fs';

/**
 * What modules are made of, told to whoever watches it: every file, their configurations, and what would have
 * been one had it been there, each as it was just before it was read.
 */

/** `state`: of `stateOf`. */
export type OnRead = (file: string, state: string) => void;

let told: OnRead | null = null;

/** From now on `onRead` is told of files, often several times of one. */
export function tellReads(onRead: OnRead): void {
  told = onRead;
}

/** `stats`: undefined where there is nothing. */
export function noteRead(file: string, stats: Stats | undefined): void {
  told?.(file, wordsOf(stats));
}

/** What differs, once somebody has written a file, replaced it by another or taken it away. */
export function stateOf(path: string): string {
  try {
    return wordsOf(statSync(path, { throwIfNoEntry: false }));
  } catch {
    return wordsOf(undefined);
  }
}

function wordsOf(stats: Stats | undefined): string {
  if (stats === undefined) return 'missing';
  const { dev, ino, size, mtimeMs } = stats;
  return `${dev} ${ino} ${size} ${mtimeMs}`;
}
