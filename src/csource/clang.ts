import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirectory } from '../vocabulary/directories.js';
import { InfrastructureError, InputError, ProgramEndedError } from '../vocabulary/errors.js';
import { packageRoot } from '../vocabulary/package-root.js';
import { mappedAssembly } from './assembly.js';
import { runTool } from './tool.js';
import type { KernelTree } from './tree.js';
import type { Unit } from './unit.js';

/** The user's compiler and linker: from C files to a module of WebAssembly. */

export interface Compiler {
  readonly clang: string;
  readonly linker: string;
  /** As clang says it. */
  readonly version: string;
}

const HOW_TO_GET = 'install clang and lld (Debian, Ubuntu: apt install clang lld), or give --clang PATH';
/** What asks a compiler for its name may wait. */
const ASK_MS = 20_000;

/** Throws InputError where there is none that makes WebAssembly. */
export async function findCompiler(clang = 'clang'): Promise<Compiler> {
  const version = await lineOf(clang, ['--version']);
  if (version === null) throw new InputError(`${clang} cannot be run`, HOW_TO_GET);
  const named = (await lineOf(clang, ['-print-prog-name=wasm-ld'])) ?? '';
  const beside = join(dirname(clang), 'wasm-ld');
  for (const linker of [named, beside, 'wasm-ld'])
    if (linker !== '' && (await lineOf(linker, ['--version'])) !== null) return { clang, linker, version };
  throw new InputError(`${clang} is there, and its linker wasm-ld is not`, HOW_TO_GET);
}

async function lineOf(command: string, args: readonly string[]): Promise<string | null> {
  const { status, signal, stdout, isLate } = await runTool(command, args, { patienceMs: ASK_MS });
  if (isLate)
    throw new InputError(`${command} ${args.join(' ')} has not ended after ${ASK_MS / 1_000} s`, HOW_TO_GET);
  if (signal !== null) throw new ProgramEndedError(command, `was ended by ${signal}`);
  return status === 0 ? stdout.split('\n')[0] : null;
}

export const SHIMS = fileURLToPath(new URL('src/csource/shims', packageRoot()));
const FLAGS = [
  '--target=wasm32',
  '-O0',
  '-g',
  '-gdwarf-4',
  '-ffreestanding',
  '-nostdinc',
  '-std=gnu11',
  '-fms-extensions',
  '-fno-strict-aliasing',
  '-Wno-everything',
  '-D__KERNEL__',
  '-DCONFIG_SMP=1',
  '-DCONFIG_X86_64=1',
] as const;

export function flagsFor(unit: Unit, config: readonly string[]): string[] {
  return [
    ...FLAGS,
    ...unit.definitions.map((one) => `-D${one}`),
    ...config.map((option) => `-DCONFIG_${option}=1`),
  ];
}

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
}

/** Compiles in `folder`, an empty directory. Throws CompileError, InputError. */
export async function compile(
  tree: KernelTree,
  unit: Unit,
  config: readonly string[],
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
  const include = [stubs, SHIMS, join(tree.root, 'arch/x86/include'), tree.root].flatMap((path) => [
    '-I',
    path,
  ]);
  const flags = flagsFor(unit, config);
  await run(tree, folder, clang, [
    ...flags,
    ...include,
    '-S',
    '-emit-llvm',
    file('unit.c'),
    '-o',
    file('unit.ll'),
  ]);
  const code = mappedAssembly(readFileSync(file('unit.ll'), 'utf8'), tree.root);
  writeFileSync(file('mapped.ll'), code);
  await run(tree, folder, clang, [
    '--target=wasm32',
    '-O0',
    '-g',
    '-c',
    file('mapped.ll'),
    '-o',
    file('unit.o'),
  ]);
  const link = ['--no-entry', '--allow-undefined', '--gc-sections', file('unit.o'), '-o', file('unit.wasm')];
  await run(tree, folder, linker, link);
  const perCpu = new Set(
    [...code.matchAll(/^@([\w.$]+) = .*section "\.lab\.percpu"/gm)].map(([, name]) => name),
  );
  return { wasm: readFileSync(file('unit.wasm')), perCpu };
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
  const said = stderr.replaceAll(`${tree.root}/`, '').replaceAll(`${SHIMS}/`, 'shims/');
  const errors = said.split('\n').filter((line) => /\berror:/.test(line));
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more: shootdown source check shows them)` : '';
  throw new CompileError(said, `${errors[0] ?? said.split('\n')[0] ?? `${command} failed`}${more}`);
}

/** Whether the package carries its shims. */
export function shimsAreThere(): boolean {
  return existsSync(join(SHIMS, 'lab/kernel.h'));
}
