/** `--kernel-source DIR`: a kernel's own C text in the place of the lab's transcription. */

import { InputError } from '../../../vocabulary/errors.js';
import type { KernelSourceRef } from '../../../vocabulary/finding.js';
import type { Engine } from '../../engine-api.js';
import { names, path } from '../../flag-values.js';
import { flag } from '../../options.js';

export const KERNEL_SOURCE = {
  kernelSource: flag('--kernel-source <dir>', 'a Linux tree, whose own arch/x86/mm/tlb.c is run', path),
  config: flag('--config <options>', 'options of its configuration that are on, such as DEBUG_VM', names),
  clang: flag('--clang <path>', 'the compiler (default: clang)', path),
};

export interface KernelSourceFlags {
  readonly kernelSource?: string;
  readonly config?: readonly string[];
  readonly clang?: string;
}

/** The translation of the tree that flags name; none where they name none. Throws InputError. */
export async function sourcesOf(
  engine: Engine,
  { kernelSource, config, clang }: KernelSourceFlags,
): Promise<Awaited<ReturnType<Engine['prepareSource']>>[]> {
  if (kernelSource === undefined) {
    const idle = config !== undefined ? '--config' : clang !== undefined ? '--clang' : null;
    if (idle !== null)
      throw new InputError(
        `${idle}: there is no C text to compile`,
        'give the tree with --kernel-source DIR',
      );
    return [];
  }
  return [await engine.prepareSource(kernelSource, { config: config ?? [], clang })];
}

/**
 * The translation that a finding is of: from the tree where it lay, if its files are what they were, or from
 * the one `given` in its place, whatever is in it. Throws InputError.
 */
export async function sourceOfFinding(
  engine: Engine,
  ref: KernelSourceRef,
  given: string | undefined,
): Promise<Awaited<ReturnType<Engine['prepareSource']>>> {
  const { config, base, variant } = ref;
  const expected = given === undefined ? ref.files : undefined;
  return engine.prepareSource(given ?? ref.tree, { config, base, variant, expected });
}
