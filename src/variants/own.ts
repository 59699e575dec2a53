import type { Variant } from './variant.js';

/**
 * The variants of a user's module, in this process or worker: set once, when the module has been read. They are looked up by name as the
 * built-in ones are, since a hunt's requests and findings name variants.
 */

let own: readonly Variant[] = [];

export function ownVariants(): readonly Variant[] {
  return own;
}

export function setOwnVariants(variants: readonly Variant[]): void {
  own = variants;
}

/** Whether a name is that of an own variant, with or without features switched. */
export function isOwnVariantName(name: string): boolean {
  const base = name.split(/[+~]/)[0];
  return own.some((variant) => variant.name === base);
}
