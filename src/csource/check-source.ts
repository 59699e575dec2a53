import { kernelFunctions } from '../kernel/functions.js';
import { InputError } from '../vocabulary/errors.js';
import { ENTRIES, type Field } from './addresses.js';
import { findCompiler } from './clang.js';
import { CompileError } from './compile.js';
import type { CLine } from './dwarf/lines.js';
import { treeAt } from './revision.js';
import { cFunctions } from './runtime/c-kernel.js';
import { readShim } from './shim.js';
import { baseFor, type SourceOptions, translated } from './source.js';
import type { Translation } from './translate/translate.js';
import { C_FILES_DEFAULT, type KernelTree, readTree, sha256 } from './tree.js';
import { unitOf } from './unit.js';

/** What the lab makes of a tree: whether it compiles, what is mapped to what, what is missing. */

export interface CheckedField {
  readonly name: string;
  /** The word of the lab's layout; null for one that it has only because the C code has the field. */
  readonly word: string | null;
}

export interface SourceCheck {
  readonly tree: string;
  readonly version: string | null;
  readonly base: string;
  readonly compiler: string;
  readonly hash: string;
  /** What clang said, line by line, where it refused; else null. */
  readonly refused: string | null;
  /** C functions that run, with the place of each. */
  readonly functions: readonly { readonly name: string; readonly place: string | null }[];
  /** The lab's functions that they stand in for, and those that stay. */
  readonly replaced: readonly string[];
  readonly kept: readonly string[];
  readonly entriesMissing: readonly string[];
  readonly fields: readonly CheckedField[];
  /** Variables that nobody stores to: what they hold is in the code. */
  readonly constants: readonly string[];
  /** Headers that are not the tree's: the lab's shims stand for them. */
  readonly shimmed: readonly string[];
  /** Functions that nobody has: reached, they end the run. */
  readonly missing: readonly { readonly name: string; readonly by: string; readonly place: string | null }[];
}

/** Throws InputError for what is no tree, and where there is no compiler. */
export async function checkSource(given: string, options: SourceOptions): Promise<SourceCheck> {
  const { cFiles = C_FILES_DEFAULT } = options;
  const tree = readTree(await treeAt(given, cFiles), cFiles);
  const unit = unitOf(tree, options.shim === undefined ? null : readShim(options.shim).path);
  const compiler = await findCompiler(options.clang);
  const head = {
    tree: given,
    version: tree.version,
    base: options.base ?? baseFor(tree.version),
    compiler: compiler.version,
    hash: sha256(JSON.stringify(tree.files)).slice(0, 16),
    shimmed: unit.stubs,
  };
  try {
    const { translation } = await translated(tree, unit, options, compiler);
    return { ...head, refused: null, ...described(translation, tree) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const refused = error instanceof CompileError ? error.said : error.message;
    return {
      ...{ ...head, refused, functions: [], replaced: [], kept: [], entriesMissing: [] },
      ...{ fields: [], constants: [], missing: [] },
    };
  }
}

type Described = Pick<
  SourceCheck,
  'functions' | 'replaced' | 'kept' | 'entriesMissing' | 'fields' | 'constants' | 'missing'
>;

function described(translation: Translation, tree: KernelTree): Described {
  const { tables, entries, stackBytes, callable } = translation;
  const place = (at: CLine | null): string | null =>
    at === null ? null : `${at.file.replace(`${tree.root}/`, '')}:${at.line}`;
  const none = Object.fromEntries(Object.keys(entries).map((name) => [name, noFunction]));
  const replaced = Object.keys(cFunctions({ tables, stackBytes, callable, entries: none })).sort();
  const all = [...tables.perCpu, ...tables.mm, ...tables.batch, ...tables.csd, ...tables.variables];
  return {
    functions: translation.functions
      .filter(({ name }) => !name.startsWith('lab_'))
      .map(({ name, at }) => ({ name, place: place(at) })),
    replaced,
    kept: Object.keys(kernelFunctions)
      .filter((name) => !replaced.includes(name))
      .sort(),
    entriesMissing: ENTRIES.filter((name) => entries[name] === undefined),
    fields: all.flatMap((field) =>
      field.word.of === 'constant' ? [] : [{ name: field.name, word: wordOf(field) }],
    ),
    constants: all.filter(({ word }) => word.of === 'constant').map(({ name }) => name),
    missing: translation.missing.map(({ name, by, at }) => ({ name, by, place: place(at) })),
  };
}

function* noFunction(): Generator<undefined, number, number> {
  return 0;
}

function wordOf({ word }: Field): string | null {
  switch (word.of) {
    case 'own':
    case 'constant':
      return null;
    case 'ctxs':
      return `ctxs[${word.slot}].${word.word}`;
    case 'csd':
      return word.word;
    default:
      return word.index === undefined ? word.word : `${word.word}[${word.index}]`;
  }
}
