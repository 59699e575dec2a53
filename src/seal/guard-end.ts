import { endSealed } from './process-seal.js';

/**
 * The end of the process, which only its command may bring about. Node tells of every end by emitting `exit`,
 * be it that nothing is left to wait for or that an error was caught by nobody; whoever has removed the
 * listeners cannot hide it from the function that emits.
 */

type Emit = (this: unknown, event: string | symbol, ...args: readonly unknown[]) => boolean;

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
      return emit.call(this, event, ...args);
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
