import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { profiles } from '../kernel/profiles.js';
import { atEnd } from '../seal/at-end.js';
import { errorCode, InputError } from '../vocabulary/errors.js';
import type { KernelSourceRef, SourceFileRef } from '../vocabulary/finding.js';
import type { CallForm } from './addresses.js';
import { cacheFolder, keep, refused, remove, temporary } from './cache.js';
import { type Compiler, findCompiler } from './clang.js';
import { type Compiled, compile } from './compile.js';
import { moduleText } from './emit.js';
import { flagsFor, type Optimisation, optimisingFlags } from './flags.js';
import { ownTextHash } from './own-text.js';
import { treeAt } from './revision.js';
import { readShim, requireSameShim, type Shim } from './shim.js';
import { Untranslatable } from './translate/operands.js';
import { type Translation, translate } from './translate/translate.js';
import { C_FILES_DEFAULT, type CFile, type KernelTree, readTree, sha256 } from './tree.js';
import { type Unit, unitOf } from './unit.js';
import { readModule } from './wasm/module.js';

/**
 * A kernel tree as a module of the lab: compiled, translated, kept. What is kept is found by a hash of the
 * sources, the flags, the compiler and all that translates.
 */

export interface SourceOptions {
  /** The compiler. Default: `clang`. */
  readonly clang?: string;
  /** Options of the kernel's configuration that are on, without CONFIG_. */
  readonly config: readonly string[];
  /** A C header with what the lab lacks of what the tree includes. */
  readonly shim?: string;
  /** The variant that everything but the C code is of. Default: by the tree's version. */
  readonly base?: string;
  /** What it is called. Default: `c/` and the tree's version, and `-O2` where that is what runs. */
  readonly variant?: string;
  /** How C functions call each other. Default: direct. */
  readonly form?: CallForm;
  /** Which files run as C. Default: tlb.c. */
  readonly cFiles?: readonly CFile[];
  /** How much of clang's optimiser runs. Default: none. */
  readonly optimisation?: Optimisation;
  /** What the header must be. */
  readonly expectedShim?: SourceFileRef;
  /** What the files must be for this to make sense. */
  readonly expected?: readonly SourceFileRef[];
}

export interface PreparedSource {
  /** The generated module. */
  readonly module: string;
  readonly variant: string;
  readonly ref: KernelSourceRef;
}

/** How generated modules are told from those that people write. */
const GENERATED_SUFFIX = '.of-c.mjs';

/** Throws InputError for trees that do not compile or translate, and where there is no compiler. */
export async function prepareSource(given: string, options: SourceOptions): Promise<PreparedSource> {
  // A commit is what a user names. Git runs what a repository tells it to, and a finding names none.
  const { cFiles = C_FILES_DEFAULT } = options;
  const tree = readTree(options.expected === undefined ? await treeAt(given, cFiles) : given, cFiles);
  requireConfig(options.config);
  if (options.expected !== undefined) requireSame(tree, options.expected);
  const base = options.base ?? baseFor(tree.version);
  const shim = options.shim === undefined ? null : readShim(options.shim);
  if (shim !== null && options.expectedShim !== undefined) requireSameShim(shim, options.expectedShim);
  const unit = unitOf(tree, shim?.path ?? null);
  const compiler = await findCompiler(options.clang);
  const folder = join(cacheFolder(), keyOf(tree, unit, compiler, shim, { ...options, base }));
  const { optimisation = 0 } = options;
  const level = optimisation === 0 ? '' : `-O${optimisation}`;
  const withSmp = cFiles.includes('smp.c') ? '-smp' : '';
  const variant = options.variant ?? `c/${tree.version ?? 'tree'}${withSmp}${level}`;
  const module = join(folder, `kernel${GENERATED_SUFFIX}`);
  if (!existsSync(module)) {
    const { translation } = await translated(tree, unit, options, compiler);
    const of = tree.version === null ? 'a tree' : `Linux ${tree.version}`;
    const how = level === '' ? '' : ` at ${level}`;
    const ofSmp = cFiles.includes('smp.c') ? ' and kernel/smp.c' : '';
    const summary = `arch/x86/mm/tlb.c${ofSmp} of ${of}${how}, the rest as ${base}`;
    const text = moduleText(translation, { variant, base, summary, root: tree.root }, folder);
    keep(folder, new Map([[`kernel${GENERATED_SUFFIX}`, text]]));
  }
  const { files } = tree;
  const ofShim = shim === null ? {} : { shim: { file: shown(shim.path), sha256: shim.sha256 } };
  const { config } = options;
  const ofLevel = optimisation === 0 ? {} : { optimisation };
  const ref = { tree: shown(tree.root), variant, base, config, ...ofLevel, files, ...ofShim };
  return { module, variant, ref };
}

/** Compiles and translates, in a directory of its own. Throws InputError. */
export async function translated(
  tree: KernelTree,
  unit: Unit,
  { config, form = 'direct', optimisation = 0 }: Pick<SourceOptions, 'config' | 'form' | 'optimisation'>,
  compiler: Compiler,
): Promise<{ readonly translation: Translation; readonly code: Compiled['code'] }> {
  const folder = temporary();
  const done = atEnd(() => remove(folder));
  try {
    const { wasm, perCpu, code } = await compile(tree, unit, { config, optimisation }, compiler, folder);
    const { condition, called } = unit;
    const translation = translate({ module: readModule(wasm), perCpu, condition, called, form });
    return { translation, code };
  } catch (error) {
    if (errorCode(error) !== null) throw refused(folder, error);
    if (!(error instanceof Untranslatable)) throw error;
    const file = error.at?.file.replace(`${tree.root}/`, '');
    throw new InputError(
      error.message,
      null,
      file === undefined ? null : { file, line: error.at?.line ?? 0 },
    );
  } finally {
    remove(folder);
    done();
  }
}

/** What the lab has of everything but the C code: the newest profile that is not newer than the tree. */
export function baseFor(treeVersion: string | null): string {
  const newest = '6.18';
  if (treeVersion === null) return newest;
  const wanted = numbers(treeVersion);
  const older = profiles
    .filter(({ name }) => /^\d+\.\d+(\.\d+)?$/.test(name) && compareVersions(numbers(name), wanted) <= 0)
    .map(({ name }) => name)
    .sort((a, b) => compareVersions(numbers(a), numbers(b)));
  return older.at(-1) ?? '5.10';
}

function numbers(text: string): number[] {
  return text.split('.').map(Number);
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < 3; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Throws InputError for a tree that is not the one a finding was made with: each file that is compiled must
 * be named, once and no other, or it could be anything.
 */
function requireSame(tree: KernelTree, expected: readonly SourceFileRef[]): void {
  const names = expected.map(({ file }) => file);
  const compiled = tree.files.map(({ file }) => file);
  const other = [...names, ...compiled].find(
    (file) => !compiled.includes(file) || names.filter((name) => name === file).length !== 1,
  );
  if (other !== undefined)
    throw new InputError(
      `kernelSource.files: ${JSON.stringify(other.slice(0, 60))} is not there once, as each file is that ` +
        'is compiled',
      'undo the edit, or hunt again to write a new file',
    );
  for (const { file, sha256: before } of expected) {
    const now = tree.files.find((one) => one.file === file);
    if (now?.sha256 === before) continue;
    throw new InputError(
      `${file} of ${shown(tree.root)} has changed since the finding was made`,
      `to replay with what is there now, give --kernel-source ${shown(tree.root)}`,
    );
  }
}

function requireConfig(config: readonly string[]): void {
  for (const option of config)
    if (!/^[A-Z0-9_]{1,60}$/.test(option))
      throw new InputError(`--config: "${option}" is no option of a kernel`, 'give names such as DEBUG_VM');
}

function keyOf(
  tree: KernelTree,
  unit: Unit,
  compiler: Compiler,
  shim: Shim | null,
  { config, base, variant, form = 'direct', optimisation = 0 }: SourceOptions,
): string {
  const parts = [
    tree.root,
    tree.files,
    unit,
    flagsFor(unit, config, optimisation),
    optimisingFlags(),
    compiler,
    shim,
    base,
    variant,
    form,
    ownTextHash(),
  ];
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

function shown(path: string): string {
  return relative(process.cwd(), path).split(sep).join('/') || '.';
}
