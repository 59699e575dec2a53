import type * as clang from '../../src/csource/clang.js';

/**
 * The compiler that is here, asked once in a process of tests for its name and its linker: a command asks
 * each time, which starts three programs. For `vi.mock` of src/csource/clang.ts.
 */
export function askedOnce(real: typeof clang): typeof clang {
  const known = new Map<string | undefined, ReturnType<typeof real.findCompiler>>();
  const findCompiler: typeof real.findCompiler = (command) => {
    const found = known.get(command) ?? real.findCompiler(command);
    known.set(command, found);
    return found;
  };
  return { ...real, findCompiler };
}
