import { switchedName } from '../variants/switched-name.js';
import type { KernelSourceRef, ModuleRef } from '../vocabulary/finding.js';
import { type Definitions, isOwnVariantName } from './definitions.js';

/** What a finding says of a variant's code that is none of the catalogue's: users' modules, or C text. */
export interface MadeWith {
  readonly modules?: readonly ModuleRef[];
  readonly kernelSource?: KernelSourceRef;
}

/** What modules define, and what there is to say of them. */
interface Sources extends Definitions {
  readonly refs: readonly ModuleRef[];
  readonly kernelSources: readonly KernelSourceRef[];
}

/** Nothing for a variant of the catalogue. */
export function madeWith(variant: string, modules: Sources): MadeWith {
  const { base } = switchedName(variant);
  const kernelSource = modules.kernelSources.find((ref) => ref.variant === base);
  if (kernelSource !== undefined) return { kernelSource };
  return isOwnVariantName(variant, modules) ? { modules: modules.refs } : {};
}
