import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCode, InputError, systemReason } from '../vocabulary/errors.js';
import { isThere } from '../vocabulary/is-there.js';

/** A kernel's source tree, or a directory with just the files that are needed. */

export const TLB_C = 'arch/x86/mm/tlb.c';
export const INCLUDE = 'arch/x86/include';
/**
 * Headers that say what the protocol's words and inline functions are: the tree's own, whatever is in them.
 */
export const KEPT_HEADERS = ['asm/tlbflush.h', 'asm/mmu.h', 'asm/mmu_context.h'] as const;
export const MAKEFILE = 'Makefile';
export const SMP_C = 'kernel/smp.c';
export const LLIST_C = 'lib/llist.c';
/** The same for kernel/smp.c: what a call, its list and its queue are made of. */
export const SMP_INCLUDE = 'include';
export const SMP_HEADERS = ['linux/smp.h', 'linux/smp_types.h', 'linux/llist.h'] as const;

/** Files that run as C: tlb.c always, smp.c where it is asked for. */
export const C_FILES = ['tlb.c', 'smp.c'] as const;
export type CFile = (typeof C_FILES)[number];
export const C_FILES_DEFAULT: readonly CFile[] = ['tlb.c'];

/** Which of them ran, by what was read. */
export function cFilesIn(files: readonly string[]): readonly CFile[] {
  return files.includes(SMP_C) ? C_FILES : C_FILES_DEFAULT;
}

/** What of a tree is read where these run. */
export function neededFor(cFiles: readonly CFile[]): string[] {
  const ofSmp = [SMP_C, LLIST_C, ...SMP_HEADERS.map((name) => `${SMP_INCLUDE}/${name}`)];
  return [
    TLB_C,
    'arch/x86/mm/mm_internal.h',
    ...KEPT_HEADERS.map((name) => `${INCLUDE}/${name}`),
    ...(cFiles.includes('smp.c') ? ofSmp : []),
  ];
}

const REMEDY = 'give the directory of a kernel';
/** Largest file of a tree that is read here; tlb.c has 50 kB. */
const TEXT_BYTES_MAX = 4 * 1024 * 1024;

export interface SourceFile {
  /** Under the tree's root, with forward slashes. */
  readonly file: string;
  readonly sha256: string;
}

export interface KernelTree {
  /** Absolute, without links. */
  readonly root: string;
  /** `6.12.117`; null where there is no Makefile that says it. */
  readonly version: string | null;
  readonly files: readonly SourceFile[];
  readonly cFiles: readonly CFile[];
  /** Text of a file of the tree. */
  text(file: string): string;
}

/** Throws InputError for what is no such tree. */
export function readTree(given: string, cFiles: readonly CFile[] = C_FILES_DEFAULT): KernelTree {
  let root: string;
  try {
    root = realpathSync(resolve(given));
    if (!statSync(root).isDirectory()) throw new InputError(`${given} is no directory`, REMEDY);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new InputError(`${given} cannot be read: ${systemReason(error)}`, REMEDY);
  }
  const needed = neededFor(cFiles);
  const missing = needed.filter((file) => !isThere(join(root, file)));
  if (missing.length > 0)
    throw new InputError(
      `${given} has no ${missing.join(', no ')}`,
      `give the root of a Linux tree, or a directory with ${needed.join(', ')}`,
    );
  const text = (file: string): string => readText(join(root, file));
  const files = needed.map((file) => ({ file, sha256: sha256(text(file)) }));
  return { root, version: versionOf(root), files, cFiles, text };
}

/** Throws InputError for what is no file of text. */
export function readText(path: string): string {
  try {
    // Before the open: a pipe that nobody writes to would be waited for, and no signal heard.
    const stats = statSync(path);
    if (!stats.isFile()) throw new InputError(`${path} is no regular file`, REMEDY);
    if (stats.size > TEXT_BYTES_MAX)
      throw new InputError(`${path} has ${stats.size} bytes; at most ${TEXT_BYTES_MAX}`, REMEDY);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read: ${systemReason(error)}`, REMEDY);
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function versionOf(root: string): string | null {
  const path = join(root, MAKEFILE);
  if (!isThere(path)) return null;
  const head = readText(path).slice(0, 1000);
  const part = (name: string): string | undefined =>
    new RegExp(`^${name} *= *(\\d{1,4})$`, 'm').exec(head)?.[1];
  const [major, minor, stable] = [part('VERSION'), part('PATCHLEVEL'), part('SUBLEVEL')];
  if (major === undefined || minor === undefined) return null;
  return stable === undefined || stable === '0' ? `${major}.${minor}` : `${major}.${minor}.${stable}`;
}
