import { type KernelProgram, kernelProgram } from '../kernel/kernel-program.js';
import type { Program } from '../machine/program.js';
import { findVariant } from '../variants/index.js';
import { InputError } from '../vocabulary/errors.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { type Definitions, NO_DEFINITIONS } from './definitions.js';

/** What is executed: a scenario under a variant, or a plain program by its name. */
export type Subject =
  | { readonly variant: string; readonly scenario: Scenario }
  | { readonly program: string };

/**
 * A subject as a program for the machine; `kernel` is null for a plain program, which has nothing that
 * oracles know of.
 */
export interface SubjectProgram {
  readonly program: Program;
  readonly kernel: KernelProgram | null;
}

/** Throws InputError for a name that is nothing in this version and among what users' modules define. */
export function programOf(subject: Subject, own: Definitions = NO_DEFINITIONS): SubjectProgram {
  if ('program' in subject) {
    const program = own.programs.find(({ name }) => name === subject.program);
    if (program === undefined)
      throw new InputError(`there is no program "${subject.program}" in the modules given`);
    return { program, kernel: null };
  }
  const variant = findVariant(subject.variant, own.variants);
  if (variant === undefined)
    throw new InputError(
      `the variant "${subject.variant}" does not exist in this version`,
      `see \`shootdown list variants\``,
    );
  const kernel = kernelProgram(subject.scenario, variant);
  return { program: kernel, kernel };
}
