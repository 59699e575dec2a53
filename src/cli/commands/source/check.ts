/** `shootdown source check DIR`: whether a tree's C text compiles, and what of it is mapped to what. */

import type { SourceCheck } from '../../../csource/check-source.js';
import { visible } from '../../../report/escape.js';
import { count } from '../../../report/text-columns.js';
import type { CliContext } from '../../command-context.js';
import { EXIT_OK, EXIT_USAGE } from '../../exit-codes.js';
import { printJson, printLine } from '../../io.js';
import { EXPLORATION, type Given, JSON_FLAG, required } from '../../options.js';
import { defineCommand } from '../command.js';
import { C_FILES_FLAG, C_OPT, KERNEL_SOURCE } from './kernel-source.js';
import { comparedLevels, EXECUTIONS_DEFAULT, headOf, optimisedLines } from './optimised.js';

const FLAGS = {
  config: KERNEL_SOURCE.config,
  clang: KERNEL_SOURCE.clang,
  shim: KERNEL_SOURCE.shim,
  cFiles: C_FILES_FLAG,
  cOpt: C_OPT,
  seed: EXPLORATION.seed,
  json: JSON_FLAG,
};

const HELP = `
Examples:
  $ shootdown source check ~/linux
  $ shootdown source check ~/linux --config DEBUG_VM --json
  $ shootdown source check ~/linux --c-opt 2

With --c-opt 2: which functions the optimiser leaves, and which plain accesses of the text it merged, moved or
left out, of what a few executions of the catalogue ran ("source compare" has more of them).

Needs clang and wasm-ld (Debian, Ubuntu: apt install clang lld).

Exit codes: 0 it can be run, 2 it cannot, or bad input, 3 internal or infrastructure failure.`;

export const sourceCheckCommand = defineCommand({
  name: 'check',
  summary: "whether a tree's C text can be run, and what of it is mapped to what",
  description:
    "Compiles a tree's arch/x86/mm/tlb.c against the lab's headers and tells which functions run as C, " +
    'which words of the lab its fields are, what stands for what is not taken from the tree, and what is ' +
    'missing.',
  arguments: { tree: required('tree', 'the root of a Linux tree') },
  flags: FLAGS,
  help: HELP,
  run: (context, { tree }, flags) => check(context, tree, flags),
});

async function check(
  context: CliContext,
  tree: string,
  { config = [], clang, shim, cFiles, cOpt, seed, json }: Given<typeof FLAGS>,
): Promise<number> {
  const { engine, io, version: shootdown } = context;
  const options = { config, clang, shim, optimisation: cOpt, cFiles };
  const found = await engine.checkSource(tree, options);
  const isFit = found.refused === null;
  const optimised =
    isFit && cOpt === 2
      ? await comparedLevels(context, tree, options, { executions: EXECUTIONS_DEFAULT, seed, isQuiet: json })
      : null;
  if (json) {
    const document = { format: 'shootdown-source-check', shootdown, ...found };
    printJson(io.stdout, optimised === null ? document : { ...document, optimised });
  } else if (found.refused === null) {
    const accesses = optimised === null ? [] : ['', headOf(optimised, tree), ...optimisedLines(optimised)];
    for (const line of [...linesOf(found), ...accesses]) printLine(io.stdout, visible(line));
  } else for (const line of found.refused.trimEnd().split('\n')) printLine(io.stderr, visible(line));
  return isFit ? EXIT_OK : EXIT_USAGE;
}

function linesOf(found: SourceCheck): string[] {
  const { functions, fields, missing, replaced, kept, shimmed, constants, entriesMissing } = found;
  const own = fields.filter(({ word }) => word === null).map(({ name }) => name);
  const hasSmp = replaced.includes('smpCallFunctionManyCond');
  const mapped = fields.filter(({ word }) => word !== null);
  return [
    `${found.version === null ? 'a tree of no known version' : `Linux ${found.version}`}, sources ` +
      `${found.hash}, ` +
      found.compiler,
    `compiles; everything but its C text is as in ${found.base}`,
    '',
    `${count(functions.length, 'C function')} that run:`,
    ...functions.map(({ name, place }) => `  ${name}${place === null ? '' : `  ${place}`}`),
    '',
    `in the place of ${count(replaced.length, 'function')} of the lab: ${replaced.join(', ')}`,
    ...(entriesMissing.length === 0 ? [] : [`not in the tree: ${entriesMissing.join(', ')}`]),
    `${count(kept.length, 'function')} stay the lab's own (clients, ${hasSmp ? '' : 'kernel/smp.c, '}the ` +
      'scheduler): --json lists them',
    '',
    `${count(mapped.length, 'field')} that are words of the lab:`,
    ...grouped(mapped.map(({ name, word }) => [name, word ?? ''])),
    `${count(own.length, 'field')} with a word of their own, 0 at the start: ${own.join(', ') || 'none'}`,
    `${count(constants.length, 'variable')} that nobody stores to: ${constants.join(', ') || 'none'}`,
    '',
    `the lab's headers stand for ${shimmed.join(', ')}`,
    missing.length === 0
      ? 'nothing is missing'
      : 'missing; a run that reaches one of them ends with an error:',
    ...missing.map(
      ({ name, by, place }) => `  ${name}, called by ${by}${place === null ? '' : `  ${place}`}`,
    ),
  ];
}

/** Fields of lists as one line: `ctxs[0..5].ctx_id`. */
function grouped(fields: readonly (readonly [name: string, word: string])[]): string[] {
  const lines = new Map<string, { readonly word: string; readonly indices: string[] }>();
  for (const [name, word] of fields) {
    const index = /\[(\d+)\]/.exec(name)?.[1];
    const key = index === undefined ? name : name.replace(/\[\d+\]/, '[]');
    const line = lines.get(key) ?? { word: word.replace(/\[\d+\]/, '[]'), indices: [] };
    if (index !== undefined) line.indices.push(index);
    lines.set(key, line);
  }
  return [...lines].map(([key, { word, indices }]) => {
    const range = indices.length < 2 ? (indices[0] ?? '') : `${indices[0]}..${indices.at(-1)}`;
    return `  ${key.replace('[]', `[${range}]`)}  ${word.replace('[]', `[${range}]`)}`;
  });
}
