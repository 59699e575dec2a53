import { OwnCalls, type OwnFunctions } from '../explain/own-calls.js';
import { functionsOf } from '../kernel/backend.js';
import { type KernelFunctions, kernelFunctions } from '../kernel/functions.js';
import { kernelProgram } from '../kernel/kernel-program.js';
import type { Program } from '../machine/program.js';
import type { Definitions } from '../programs/definitions.js';
import { programOf, type Subject } from '../programs/subject.js';
import { findVariant } from '../variants/index.js';
import type { Variant } from '../variants/variant.js';

/**
 * A subject as a program whose calls of functions of its own are followed; `own`: null where it has none, or
 * where all of the kernel's text is its own.
 */
export function followedProgram(
  subject: Subject,
  modules: Definitions,
): { readonly program: Program; readonly own: OwnCalls | null } {
  const variant = 'program' in subject ? undefined : findVariant(subject.variant, modules.variants);
  const made = variant === undefined ? null : ownFunctions(variant);
  if ('program' in subject || variant === undefined || made === null)
    return { program: programOf(subject, modules).program, own: null };
  const own = new OwnCalls(made);
  const replace = own.followed(tableOf(variant), () => program.config);
  const program = kernelProgram(subject.scenario, { ...variant, replace });
  return { program, own };
}

/** What a variant that a module made has in the place of what the project brings. */
function ownFunctions(variant: Variant): OwnFunctions | null {
  if (variant.isKernelText === true) return null;
  let base = variant;
  while (base.made !== undefined) base = base.made.base;
  if (base === variant) return null;
  const [functions, table] = [tableOf(base), tableOf(variant)];
  const names = Object.keys(table) as (keyof KernelFunctions)[];
  const own = names.filter((name) => functions[name] !== undefined && functions[name] !== table[name]);
  return own.length === 0 ? null : { base: base.name, functions, own };
}

function tableOf({ backend, replace }: Variant): KernelFunctions {
  return { ...kernelFunctions, ...functionsOf(backend), ...replace };
}
