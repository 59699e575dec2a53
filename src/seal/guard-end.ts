import { endSealed } from './process-seal.js';

/**
 * The end of the process, which only its command may bring about. Node tells of every end by emitting `exit`,
 * be it that nothing is left to wait for or that an error was caught by nobody; whoever has removed the
 * listeners cannot hide it from the function that emits.
 */

type Emit = (this: unknown, event: string | symbol, ...args: readonly unknown[]) => boolean;

/** By which Node tells of an error that nobody has caught. */
const ERRORS = new Set<string | symbol>(['uncaughtExceptionMonitor', 'uncaughtException']);

/**
 * Calls `onSurprise` when the process ends other than by the answered function, and ends it with the code
 * that this answers. Once per process.
 */
export function guardEnd(onSurprise: () => number): (code: number) => never {
  let isExpected = false;
  const end = (code: number): never => {
    isExpected = true;
    return endSealed(code);
  };
  const watching = (emit: Emit): Emit =>
    function watched(event, ...args) {
      if (event === 'exit' && !isExpected) end(onSurprise());
      try {
        return emit.call(this, event, ...args);
      } catch (error) {
        // Node would end here with a code of its own, and tells of that by no event.
        if (ERRORS.has(event) && !isExpected) end(onSurprise());
        throw error;
      }
    };
  let current = watching(process.emit as Emit);
  // Libraries put functions of their own in its place and call the one before; so may a module, and is
  // watched too.
  Object.defineProperty(process, 'emit', {
    configurable: false,
    enumerable: true,
    get: () => current,
    set: (emit: Emit) => {
      current = watching(emit);
    },
  });
  return end;
}
