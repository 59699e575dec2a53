import { madeVariants } from '../variants/define.js';
import { switchedName } from '../variants/switched-name.js';
import type { Variant } from '../variants/variant.js';
import { madePrograms, type PlainProgram } from './plain-program.js';

/**
 * What users' modules define, known by name beside what the project brings. A value: whoever looks names up
 * is given it. Requests and findings have names only, since functions cannot travel to a worker, which makes
 * its own such value out of the modules in its bundle.
 */
export interface Definitions {
  readonly variants: readonly Variant[];
  readonly programs: readonly PlainProgram[];
}

export const NO_DEFINITIONS: Definitions = { variants: [], programs: [] };

/** Whether a name is that of a user's variant, with or without features switched. */
export function isOwnVariantName(name: string, { variants }: Definitions): boolean {
  const { base } = switchedName(name);
  return variants.some((variant) => variant.name === base);
}

/** Everything that a module exports; of exported lists and tables of definitions, their members. */
export function exportedValues(exports: object): unknown[] {
  return Object.values(exports).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
}

/** What these modules export. */
export function exportedDefinitions(modules: readonly object[]): Definitions {
  const values = new Set(modules.flatMap(exportedValues));
  return { variants: madeVariants.among(values), programs: madePrograms.among(values) };
}

/** What is known by name because of these modules. */
export function definitionsOf(modules: readonly object[]): Definitions {
  const { variants, programs } = exportedDefinitions(modules);
  return { variants: [...variants, ...hiddenBases(variants)], programs };
}

/**
 * What exported variants were made from and is not exported itself: a violation is looked for there too, by
 * name.
 */
export function hiddenBases(variants: readonly Variant[]): Variant[] {
  const found = new Set<Variant>();
  for (const variant of variants)
    for (let base = variant.made?.base; base !== undefined; base = base.made?.base)
      if (madeVariants.has(base) && !variants.includes(base)) found.add(base);
  return [...found];
}
