/** `shootdown source compare DIR`: a kernel's C text against the transcription, access by access. */

import { accessesLines, isAllExplained } from '../../../compare/accesses/accesses-text.js';
import { whyExplained } from '../../../compare/accesses/explained.js';
import { visible } from '../../../report/escape.js';
import { count } from '../../../report/text-columns.js';
import type { CliContext } from '../../command-context.js';
import type { ComparedSource } from '../../engine-api.js';
import { EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { wholeNumber } from '../../flag-values.js';
import { printJson, printLine } from '../../io.js';
import { EXPLORATION, flag, type Given, JSON_FLAG, required } from '../../options.js';
import { loadOwn } from '../../own-modules.js';
import { selectVariants } from '../../select.js';
import { defineCommand } from '../command.js';
import { comparedShown } from './compared-shown.js';
import { C_FILES_FLAG, C_OPT, KERNEL_SOURCE } from './kernel-source.js';
import { answersAlike, comparedLevels, EXECUTIONS_DEFAULT, headOf, optimisedLines } from './optimised.js';

const EXECUTIONS_MAX = 100_000;

const FLAGS = {
  profile: flag(
    '--profile <name>',
    'the variant that it is compared with (default: the nearest below its version)',
    () => (name) => name,
  ),
  executions: flag(
    '--executions <N>',
    `executions of each scenario that bring states about (default: ${EXECUTIONS_DEFAULT})`,
    (name) => wholeNumber(name, 1, EXECUTIONS_MAX),
  ),
  seed: EXPLORATION.seed,
  config: KERNEL_SOURCE.config,
  clang: KERNEL_SOURCE.clang,
  shim: KERNEL_SOURCE.shim,
  cFiles: C_FILES_FLAG,
  cOpt: C_OPT,
  json: JSON_FLAG,
};

const HELP = `
Examples:
  $ shootdown source compare ~/linux
  $ shootdown source compare ~/linux --profile 6.18 --json
  $ shootdown source compare ~/linux --c-files tlb.c,smp.c
  $ shootdown source compare ~/linux --c-opt 2

Executions over the catalogue bring states about; at each call of a function that the tree has, its C text
and the lab's own function are run by themselves on that state. What they do otherwise is listed; what
changes nothing, with the reason (docs/csource.md). With --c-opt 2 and no --profile: what the optimiser
leaves, against the text as it is written: which plain accesses it merged, moved or left out.

Exit codes: 0 all differences are explained, 1 some are not, 2 usage or bad input, 3 internal or
infrastructure failure.`;

export const sourceCompareCommand = defineCommand({
  name: 'compare',
  summary: 'accesses of C functions against those of the lab',
  description:
    "Compares the sequence of accesses of each of a tree's C functions with that of the lab's " +
    'transcription, on the same states.',
  arguments: { tree: required('tree', 'the root of a Linux tree') },
  flags: FLAGS,
  help: HELP,
  run: (context, { tree }, flags) => compare(context, tree, flags),
});

async function compare(context: CliContext, tree: string, flags: Given<typeof FLAGS>): Promise<number> {
  const { profile, executions = EXECUTIONS_DEFAULT, seed, config = [], clang, shim } = flags;
  const { cFiles, cOpt, json } = flags;
  const { engine, io, version: shootdown } = context;
  if (cOpt === 2 && profile === undefined) return compareLevels(context, tree, flags);
  const base = profile === undefined ? undefined : (await selectVariants(engine, [profile]))[0];
  const how = { config, clang, shim, optimisation: cOpt, base };
  const source = await engine.prepareSource(tree, how);
  await loadOwn(engine, [], false, [source]);
  const size = { executions, seed };
  let found = await comparedShown(context, source.ref, size, json);
  if (cFiles?.includes('smp.c') === true) {
    // Its calls of what CPUs run go through the lab's table, where they are told and not made. Loaded by
    // itself: two translations have functions of the same names.
    const calls = await engine.prepareSource(tree, { ...how, cFiles, form: 'table' });
    await loadOwn(engine, [], false, [calls]);
    found = withCalls(found, await comparedShown(context, calls.ref, { ...size, only: CALLS }, json));
  }
  if (json) printJson(io.stdout, { format: 'shootdown-source-compare', shootdown, ...documentOf(found) });
  else for (const line of linesOf(found, tree)) printLine(io.stdout, visible(line));
  return isAllExplained(found) ? EXIT_OK : EXIT_VIOLATION;
}

/** Functions of kernel/smp.c that the lab has. */
const CALLS = ['smpCallFunctionManyCond', 'flushSmpCallFunctionQueue'] as const;

/** What was compared of tlb.c, and of smp.c by itself. */
function withCalls(found: ComparedSource, ofCalls: ComparedSource): ComparedSource {
  const union = (one: readonly string[], other: readonly string[]) => [...new Set([...one, ...other])].sort();
  return {
    ...found,
    functions: [...found.functions, ...ofCalls.functions],
    privateWords: union(found.privateWords, ofCalls.privateWords),
    leftWords: union(found.leftWords, ofCalls.leftWords),
  };
}

async function compareLevels(
  context: CliContext,
  tree: string,
  { executions = EXECUTIONS_DEFAULT, seed, config = [], clang, shim, cFiles, json }: Given<typeof FLAGS>,
): Promise<number> {
  const { io, version: shootdown } = context;
  const size = { executions, seed, isQuiet: json };
  const found = await comparedLevels(context, tree, { config, clang, shim, cFiles }, size);
  if (json) printJson(io.stdout, { format: 'shootdown-source-compare', shootdown, ...found });
  else
    for (const line of [headOf(found, tree), ...optimisedLines(found)]) printLine(io.stdout, visible(line));
  return answersAlike(found) ? EXIT_OK : EXIT_VIOLATION;
}

function documentOf({ functions, leftWords, ...rest }: ComparedSource): object {
  return {
    ...rest,
    functions: functions.map((one) => ({
      ...one,
      differences: one.differences.map((difference) => ({
        ...difference,
        why: whyExplained(leftWords, one, difference),
      })),
    })),
  };
}

function linesOf(found: ComparedSource, tree: string): string[] {
  const { functions, leftWords } = found;
  const open = functions.reduce(
    (sum, one) => sum + one.differences.filter((each) => whyExplained(leftWords, one, each) === null).length,
    0,
  );
  const all = functions.reduce((sum, { differences }) => sum + differences.length, 0);
  return [
    headOf(found, tree),
    ...accessesLines(found),
    '',
    `${count(all, 'difference')}, ${open === 0 ? 'all explained' : `${open} not explained`}`,
  ];
}
