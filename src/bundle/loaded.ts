import type { ModuleRef } from '../vocabulary/finding.js';
import type { CoveredFile } from './cover.js';
import type { BundlePlaces } from './places.js';

/**
 * The users' modules of this process: set once, when they have been read. Pools and threads that start later bundle them into their workers,
 * so that what a module defines is known there by the same names.
 */

export interface LoadedModules {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** The file that `import 'shootdown'` means in them; see ModulesToBundle. */
  readonly apiFile: string;
  /** What findings say of them. */
  readonly refs: readonly ModuleRef[];
  /** Of the bundle that this process evaluated; null where there is none. */
  readonly places: BundlePlaces | null;
  /** What bundles that are explored note of their files; absent: nothing is told of it. */
  readonly covered?: readonly CoveredFile[];
}

export const NO_MODULES: LoadedModules = { paths: [], apiFile: '', refs: [], places: null };

let loaded = NO_MODULES;

export function loadedModules(): LoadedModules {
  return loaded;
}

export function setLoadedModules(modules: LoadedModules): void {
  loaded = modules;
}
