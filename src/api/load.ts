import { type Loaded, loadModules as load } from '../modules/load.js';

/** How modules are read; everything may be left out. */
export interface LoadModulesOptions {
  /** Checks their types first. Default true. */
  readonly typeCheck?: boolean;
}

/**
 * What reads users' modules, given the public API itself, by whose very objects it recognises what they
 * define, and its source file.
 */
export function moduleLoader(api: () => object, apiFile: () => string) {
  return (files: readonly string[], { typeCheck = true }: LoadModulesOptions = {}): Promise<Loaded> =>
    load(files, { api: api(), apiFile: apiFile(), typeCheck });
}
