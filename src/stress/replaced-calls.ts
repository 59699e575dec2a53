import type { KernelFunctions } from '../kernel/functions.js';
import type { Variant } from '../variants/variant.js';

/** A function that a variant replaces, and how often it ran on threads. */
export interface ReplacedCalls {
  readonly name: string;
  readonly calls: number;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** The functions that a variant says to replace; none of one that the project brings. */
export function replacedNames(variant: Variant | undefined): readonly (keyof KernelFunctions)[] {
  return variant?.made?.functions ?? [];
}

/**
 * One CPU's table, whose functions of these names count their calls. In this build they are plain functions.
 */
export function countingTable(
  table: KernelFunctions,
  names: readonly (keyof KernelFunctions)[],
): { readonly table: KernelFunctions; readonly calls: number[] } {
  const calls = names.map(() => 0);
  const counting = { ...table } as unknown as Record<string, AnyFunction>;
  for (const [index, name] of names.entries()) {
    const replaced = counting[name];
    counting[name] = (...args) => {
      calls[index]++;
      return replaced(...args);
    };
  }
  return { table: counting as unknown as KernelFunctions, calls };
}

/**
 * Nothing that the variant changes ever ran: it replaces functions, changes nothing else, and none was
 * called.
 */
export function neverRan(variant: Variant | undefined, replaced: readonly ReplacedCalls[]): boolean {
  const made = variant?.made;
  if (made === undefined || made.functions.length === 0 || made.features.length > 0) return false;
  const isSameBelow = variant?.backend === made.base.backend && variant.rule === made.base.rule;
  return isSameBelow && replaced.every(({ calls }) => calls === 0);
}
