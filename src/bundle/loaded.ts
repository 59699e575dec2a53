import type { ModuleRef } from '../findings/finding.js';
import type { BundlePlaces } from './places.js';

/**
 * The users' modules of this process: set once, when they have been read. Pools and threads that start later bundle them into their workers,
 * so that what a module defines is known there by the same names.
 */

export interface LoadedModules {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** What findings say of them. */
  readonly refs: readonly ModuleRef[];
  /** Of the bundle that this process evaluated; null where there is none. */
  readonly places: BundlePlaces | null;
}

let loaded: LoadedModules = { paths: [], refs: [], places: null };

export function loadedModules(): LoadedModules {
  return loaded;
}

export function setLoadedModules(modules: LoadedModules): void {
  loaded = modules;
}
