import { madeVariants } from '../variants/define.js';
import { setOwnVariants } from '../variants/own.js';
import type { Variant } from '../variants/variant.js';
import { setOwnPrograms } from './own.js';
import { madePrograms, type PlainProgram } from './plain-program.js';

/** What modules export, read in the main thread and in every worker. */

export interface Registered {
  readonly variants: readonly Variant[];
  readonly programs: readonly PlainProgram[];
}

/** Everything that a module exports; of exported lists and tables of definitions, their members. */
export function exportedValues(exports: object): unknown[] {
  return Object.values(exports).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
}

/** Makes the modules' variants and programs known by name, in the place of those known before. */
export function registerModules(modules: readonly object[]): Registered {
  const values = new Set(modules.flatMap(exportedValues));
  const variants = madeVariants.among(values);
  const programs = madePrograms.among(values);
  setOwnVariants([...variants, ...hiddenBases(variants)]);
  setOwnPrograms(programs);
  return { variants, programs };
}

/** What exported variants were made from and is not exported itself: a violation is looked for there too, by name. */
function hiddenBases(variants: readonly Variant[]): Variant[] {
  const found = new Set<Variant>();
  for (const variant of variants)
    for (let base = variant.made?.base; base !== undefined; base = base.made?.base)
      if (madeVariants.has(base) && !variants.includes(base)) found.add(base);
  return [...found];
}
