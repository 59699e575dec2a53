import type { Definitions } from '../programs/definitions.js';
import type { KernelSourceRef, ModuleRef } from '../vocabulary/finding.js';
import type { CoveredFile } from './cover.js';
import type { BundlePlaces } from './places.js';
import type { ModulesToBundle } from './user-modules.js';

/**
 * Users' modules, read. One value, handed from whoever loads them to pools and threads, which bundle them
 * into their workers, so that what a module defines is known there by the same names.
 */
export interface Modules extends Definitions, ModulesToBundle {
  /** What findings say of them. */
  readonly refs: readonly ModuleRef[];
  /** What findings say of those variants that are a kernel's C text. */
  readonly kernelSources: readonly KernelSourceRef[];
  /** Of the bundle that this process evaluated; null where there is none. */
  readonly places: BundlePlaces | null;
  /** What bundles that are explored note of their files. */
  readonly covered: readonly CoveredFile[];
}

export const NO_MODULES: Modules = {
  variants: [],
  programs: [],
  paths: [],
  apiFile: '',
  refs: [],
  kernelSources: [],
  places: null,
  covered: [],
};
