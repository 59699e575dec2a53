/**
 * What is to be undone when the process ends before its time: directories that it made, processes that it
 * started. While there is something, a signal must not end the process without that.
 */

const undoings = new Set<() => void>();
let isListening = false;
let watcher: (hasSome: boolean) => void = () => undefined;

/** Calls `undo` when the process ends. Answers a function by which it is not to be undone any more. */
export function atEnd(undo: () => void): () => void {
  // Once: they come and go many times in a long process.
  if (!isListening) process.once('exit', undoAll);
  isListening = true;
  undoings.add(undo);
  if (undoings.size === 1) watcher(true);
  return () => {
    if (undoings.delete(undo) && undoings.size === 0) watcher(false);
  };
}

/** Tells `watch` whether there is something to undo, now and whenever that changes. */
export function watchAtEnd(watch: (hasSome: boolean) => void): void {
  watcher = watch;
  watcher(undoings.size > 0);
}

/** The last first: who writes into a directory is ended before it is taken away. */
function undoAll(): void {
  for (const undo of [...undoings].reverse())
    try {
      undo();
    } catch {
      // The others are undone all the same.
    }
}
