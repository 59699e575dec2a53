import { switchedName } from '../variants/switched-name.js';
import type { KernelSourceRef, ModuleRef } from '../vocabulary/finding.js';
import { type Definitions, isOwnVariantName } from './definitions.js';

/** Where a variant comes from that is none of the catalogue's: users' modules, or C text. */
export interface Origin {
  readonly modules?: readonly ModuleRef[];
  readonly kernelSource?: KernelSourceRef;
}

/** What modules define, and what there is to say of them. */
interface Sources extends Definitions {
  readonly refs: readonly ModuleRef[];
  readonly kernelSources: readonly KernelSourceRef[];
}

/** What a finding of the variant says of it; nothing for one of the catalogue. */
export function originOf(variant: string, modules: Sources): Origin {
  const { base } = switchedName(variant);
  const kernelSource = modules.kernelSources.find((ref) => ref.variant === base);
  if (kernelSource !== undefined) return { kernelSource };
  return isOwnVariantName(variant, modules) ? { modules: modules.refs } : {};
}
