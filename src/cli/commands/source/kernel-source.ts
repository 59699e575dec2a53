/** `--kernel-source DIR`: a kernel's own C text in the place of the lab's transcription. */

import { existsSync } from 'node:fs';
import { OPTIMISATIONS, type Optimisation } from '../../../csource/flags.js';
import type { PreparedSource, SourceOptions } from '../../../csource/source.js';
import { C_FILES, type CFile, cFilesIn } from '../../../csource/tree.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { KernelSourceRef } from '../../../vocabulary/finding.js';
import type { Engine } from '../../engine-api.js';
import { names, path, quoted } from '../../flag-values.js';
import { flag } from '../../options.js';

export const KERNEL_SOURCE = {
  kernelSource: flag(
    '--kernel-source <dir>',
    'a Linux tree, whose own arch/x86/mm/tlb.c is run; DIR@REVISION for a commit of it',
    path,
  ),
  config: flag('--config <options>', 'options of its configuration that are on, such as DEBUG_VM', names),
  clang: flag('--clang <path>', 'the compiler (default: clang)', path),
  shim: flag('--shim <file>', 'a C header with what the lab lacks of what the tree includes', path),
};

/** Beside them where what the optimiser makes of the text can be run. */
export const C_OPT = flag(
  '--c-opt <level>',
  'what the compiler makes of it: 0, every access of the source (default), or 2, what -O2 leaves of them',
  optimisationOf,
);

/** Which files of the tree run, where kernel/smp.c can be one of them. */
export const C_FILES_FLAG = flag(
  '--c-files <files>',
  'which of its files run: tlb.c (default), or tlb.c,smp.c, with kernel/smp.c and its lists',
  cFilesOf,
);

function cFilesOf(flagName: string): (text: string) => readonly CFile[] {
  return (text) => {
    const given = names(flagName)(text, undefined).map((name) =>
      name.replace(/^(?:arch\/x86\/mm|kernel)\//, ''),
    );
    const other = given.find((name) => !C_FILES.some((file) => file === name));
    if (other !== undefined)
      throw new InputError(
        `${flagName}: ${quoted(other)} is none of the files that can run as C`,
        "give tlb.c, or tlb.c,smp.c; kvm.c and mm/rmap.c are the lab's own text",
      );
    if (!given.includes('tlb.c'))
      throw new InputError(`${flagName}: tlb.c is always run, and is not among them`, 'give tlb.c,smp.c');
    return C_FILES.filter((file) => given.includes(file));
  };
}

/** Where only tlb.c can. */
export const C_FILES_REFUSED = {
  '--c-files <files>': {
    why: "arch/x86/mm/tlb.c runs as C here; kernel/smp.c is the lab's",
    instead: 'leave it out; "shootdown hunt", "stress", "verify", "compare" and "source" run both',
  },
};

function optimisationOf(flagName: string): (text: string) => Optimisation {
  return (text) => {
    const found = OPTIMISATIONS.find((level) => String(level) === text);
    if (found !== undefined) return found;
    throw new InputError(`${flagName}: ${quoted(text)} is not a level`, `give ${OPTIMISATIONS.join(' or ')}`);
  };
}

export interface KernelSourceFlags {
  readonly kernelSource?: string;
  readonly config?: readonly string[];
  readonly clang?: string;
  readonly shim?: string;
  readonly cOpt?: Optimisation;
  readonly cFiles?: readonly CFile[];
}

/** The translation of the tree that flags name; none where they name none. Throws InputError. */
export async function sourcesOf(
  engine: Engine,
  { kernelSource, config, clang, shim, cOpt, cFiles }: KernelSourceFlags,
  how: Pick<SourceOptions, 'base' | 'form'> = {},
): Promise<Awaited<ReturnType<Engine['prepareSource']>>[]> {
  if (kernelSource === undefined) {
    const given = { config, clang, shim, 'c-opt': cOpt, 'c-files': cFiles };
    const idle = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
    if (idle !== undefined)
      throw new InputError(
        `--${idle}: there is no C text to compile`,
        'give the tree with --kernel-source DIR',
      );
    return [];
  }
  const options = { config: config ?? [], clang, shim, optimisation: cOpt, cFiles, ...how };
  return [await engine.prepareSource(kernelSource, options)];
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
  const { config, base, variant, optimisation } = ref;
  const expected = given === undefined ? ref.files : undefined;
  const expectedShim = given === undefined ? ref.shim : undefined;
  const shim = ref.shim?.file;
  const cFiles = cFilesIn(ref.files.map(({ file }) => file));
  const made = { config, base, variant, optimisation, cFiles };
  return engine.prepareSource(given ?? ref.tree, { ...made, shim, expected, expectedShim });
}

/**
 * Two states of a tree: the one that is asked about, and the one `against` which it is compared, a tree too
 * or a revision of the first. What is not C is the same in both. Throws InputError.
 */
export async function comparedSources(
  engine: Engine,
  { kernelSource, config = [], clang, shim, cOpt, cFiles }: KernelSourceFlags,
  against: string | undefined,
): Promise<{ readonly base: PreparedSource; readonly patch: PreparedSource } | null> {
  if (kernelSource === undefined) {
    const given = config.length === 0 ? undefined : config;
    await sourcesOf(engine, { config: given, clang, shim, cOpt, cFiles });
    if (against === undefined) return null;
    throw new InputError(
      '--against: there is no C text to compare',
      'give the tree with --kernel-source DIR',
    );
  }
  if (against === undefined)
    throw new InputError(
      '--kernel-source: a tree is compared with another',
      'give it, or a revision of the same, with --against',
    );
  const options = { config, clang, shim, optimisation: cOpt, cFiles };
  const patch = await engine.prepareSource(kernelSource, options);
  const other = existsSync(against) || against.includes('@') ? against : `${treeOf(kernelSource)}@${against}`;
  const { base: rest, variant } = patch.ref;
  const named = `${variant}-against`;
  const base = await engine.prepareSource(other, { ...options, base: rest, variant: named });
  if (JSON.stringify(base.ref.files) === JSON.stringify(patch.ref.files))
    throw new InputError(
      `--against: ${against} has the same text as ${kernelSource}`,
      'give another state of it',
    );
  return { base, patch };
}

const treeOf = (given: string): string => (existsSync(given) ? given : given.replace(/@[^@]+$/, ''));
