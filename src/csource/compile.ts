import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../vocabulary/directories.js';
import { InfrastructureError, InputError, ProgramEndedError } from '../vocabulary/errors.js';
import { mappedAssembly } from './assembly.js';
import { withWordCopies } from './block-copies.js';
import { type Compiler, HOW_TO_GET } from './clang.js';
import { flagsFor, type Optimisation, optimisingFlags, SHIMS } from './flags.js';
import { withKeptFunctions } from './kept-functions.js';
import { runTool } from './tool.js';
import { INCLUDE, type KernelTree, SMP_INCLUDE } from './tree.js';
import type { Unit } from './unit.js';

/** From C files to a module of WebAssembly. */

/** C code that clang refuses, in its own words. */
export class CompileError extends InputError {
  constructor(
    /** All that clang said. */
    readonly said: string,
    first: string,
  ) {
    super(first);
  }
}

export interface Compiled {
  readonly wasm: Uint8Array;
  /** Names of per-CPU variables. */
  readonly perCpu: ReadonlySet<string>;
  /** The compiler's own code as the source has it, and as it runs: the same without an optimiser. */
  readonly code: { readonly written: string; readonly run: string };
}

export interface Compilation {
  /** Options of the kernel's configuration that are on, without CONFIG_. */
  readonly config: readonly string[];
  readonly optimisation: Optimisation;
}

/** Compiles in `folder`, an empty directory. Throws CompileError, InputError. */
export async function compile(
  tree: KernelTree,
  unit: Unit,
  { config, optimisation }: Compilation,
  { clang, linker }: Compiler,
  folder: string,
): Promise<Compiled> {
  const stubs = join(folder, 'stubs');
  for (const name of unit.stubs) {
    makeDirectory(dirname(join(stubs, name)));
    writeFileSync(join(stubs, name), '#include <lab/kernel.h>\n');
  }
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('unit.c'), unit.text);
  const ofSmp = tree.cFiles.includes('smp.c') ? [join(tree.root, SMP_INCLUDE)] : [];
  const include = [stubs, SHIMS, join(tree.root, INCLUDE), ...ofSmp, tree.root].flatMap((path) => [
    '-I',
    path,
  ]);
  const toCode = ['-S', '-emit-llvm', file('unit.c'), '-o', file('unit.ll')];
  await run(tree, folder, clang, [...flagsFor(unit, config, optimisation), ...include, ...toCode]);
  const written = withWordCopies(mappedAssembly(readFileSync(file('unit.ll'), 'utf8'), tree.root));
  writeFileSync(file('mapped.ll'), optimisation === 0 ? written : withKeptFunctions(written, unit));
  let made = 'mapped.ll';
  if (optimisation !== 0) {
    const optimise = ['-S', '-emit-llvm', file(made), '-o', file('optimised.ll')];
    await run(tree, folder, clang, [...optimisingFlags(), ...optimise]);
    made = 'optimised.ll';
  }
  // Without the code generator's own optimiser: what stands in the compiler's code is what runs.
  const generate = ['--target=wasm32', '-O0', '-g', '-c', file(made), '-o', file('unit.o')];
  await run(tree, folder, clang, generate);
  const link = ['--no-entry', '--allow-undefined', '--gc-sections', file('unit.o'), '-o', file('unit.wasm')];
  await run(tree, folder, linker, link);
  const perCpu = new Set(
    [...written.matchAll(/^@([\w.$]+) = .*section "\.lab\.percpu"/gm)].map(([, name]) => name),
  );
  const code = { written, run: made === 'mapped.ll' ? written : readFileSync(file(made), 'utf8') };
  return { wasm: readFileSync(file('unit.wasm')), perCpu, code };
}

/** A pipe among the headers of a tree would be waited for without end. */
const RUN_MS = 120_000;

/** In `folder`: what lies under the working directory is named from there in debug information. */
async function run(
  tree: KernelTree,
  folder: string,
  command: string,
  args: readonly string[],
): Promise<void> {
  const options = { cwd: folder, patienceMs: RUN_MS };
  const { status, signal, stderr, error, isLate } = await runTool(command, args, options);
  if (status === 0) return;
  if (isLate)
    throw new InputError(
      `${command} has not ended after ${RUN_MS / 1_000} s`,
      'look for a pipe or a device among the headers of the tree',
    );
  if (signal !== null) throw new ProgramEndedError(command, `was ended by ${signal}`);
  if (error !== null) throw new InputError(`${command}: ${error.message}`, HOW_TO_GET);
  if (stderr.includes('No space left on device'))
    throw new InfrastructureError(`${command}: no room in ${folder}`, 'make room there');
  // A name that is another in each run would make the words for the same tree differ.
  const said = [`${tree.root}/`, `${folder}/`]
    .reduce((words, directory) => words.replaceAll(directory, ''), stderr)
    .replaceAll(`${SHIMS}/`, 'shims/');
  const errors = said.split('\n').filter((line) => /\berror:/.test(line));
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more: shootdown source check shows them)` : '';
  throw new CompileError(said, `${errors[0] ?? said.split('\n')[0] ?? `${command} failed`}${more}`);
}
