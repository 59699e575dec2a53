import type { KernelFunctions } from '../../../src/kernel/functions.js';
import { defineVariant } from '../../../src/variants/define.js';
import type { Variant } from '../../../src/variants/variant.js';

/** A mistake in functions of the kernel, which say nothing of themselves, and the functions without it. */
export interface SeamCulprit {
  readonly bug: Variant;
  readonly fixed: Variant;
}

export type Replace = Partial<KernelFunctions>;

export const pair = (name: string, make: (isFixed: boolean) => Replace): SeamCulprit => ({
  bug: defineVariant({ name, base: '6.18', replace: make(false) }),
  fixed: defineVariant({ name: `${name}-fixed`, base: '6.18', replace: make(true) }),
});
