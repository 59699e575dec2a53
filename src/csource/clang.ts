import { dirname, join } from 'node:path';
import { InputError, ProgramEndedError } from '../vocabulary/errors.js';
import { runTool } from './tool.js';

/** The user's compiler and linker: where they are. */

export interface Compiler {
  readonly clang: string;
  readonly linker: string;
  /** As clang says it. */
  readonly version: string;
}

export const HOW_TO_GET =
  'install clang and lld (Debian, Ubuntu: apt install clang lld), or give --clang PATH';
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
