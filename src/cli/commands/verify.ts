/** `shootdown verify FILE`: all executions of plain programs. */

import { checkOutDirectory } from '../../findings/out-directory.js';
import { visible } from '../../report/escape.js';
import { Progress } from '../../report/progress.js';
import type { VerifyVerdict } from '../../verify/api.js';
import { verifyDocument } from '../../verify/document.js';
import { progressWords, verdictLine, verifyRestsOn } from '../../verify/words.js';
import { InputError } from '../../vocabulary/errors.js';
import type { Finding } from '../../vocabulary/finding.js';
import { type CliContext, errColors, keeperOf } from '../context.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_VIOLATION } from '../exit-codes.js';
import { printJson, printLine } from '../io.js';
import {
  flagOr,
  type Given,
  JSON_FLAG,
  LIMITS,
  MEMORY,
  MODULES,
  OUT,
  PROGRAMS,
  SCENARIOS,
  TYPE_CHECK,
  VARIANTS,
} from '../options.js';
import { loadOwn } from '../own-modules.js';
import { byteSize } from '../values.js';
import { printCommands, printIndented, printTimeline } from '../witness.js';
import { defineCommand } from './command.js';
import { requirePrograms } from './hunt/targets.js';

const MEMORY_LIMIT_DEFAULT = 4 * 2 ** 30;

const FLAGS = {
  program: PROGRAMS.saying('programs of the modules (default: all)'),
  variant: VARIANTS.saying('kernels are not verified yet: refused'),
  scenario: SCENARIOS.scenario.saying('kernel scenarios are not verified yet: refused'),
  memory: MEMORY,
  memoryLimit: flagOr(
    '--memory-limit <size>',
    'what the states of a program may take, such as 512m or 4g',
    byteSize,
    MEMORY_LIMIT_DEFAULT,
    '4g',
  ),
  budget: LIMITS.budget.saying('time per program: 500ms, 30s, 2m, 1h (default: no limit)'),
  out: OUT,
  typeCheck: TYPE_CHECK,
  json: JSON_FLAG,
};
type VerifyFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown verify examples/ticket-lock.ts
  $ shootdown verify lock.ts --program my-lock --memory sc --memory-limit 8g --json

Exit codes: 0 no violation (where time or memory ended: none met), 1 a violation, 2 usage or bad input,
3 internal or infrastructure failure, 130 interrupted.`;

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'explore all executions of programs of your own',
  description:
    'Explores every execution of each plain program: every interleaving, every drain of a store buffer, ' +
    'every delivery of an interrupt, every ' +
    'answer of choose. A violation comes with the shortest witness there is, saved as a finding file ' +
    'that "shootdown replay" reproduces.',
  arguments: { modules: MODULES },
  flags: FLAGS,
  help: HELP,
  run: (context, { modules }, flags) => verify(context, modules, flags),
});

async function verify(context: CliContext, modules: readonly string[], flags: VerifyFlags): Promise<number> {
  const { engine, io, version } = context;
  if (flags.variant !== undefined || flags.scenario !== undefined)
    throw new InputError(
      'verify: kernels in scenarios are not verified yet, plain programs are',
      'use "shootdown hunt" for a kernel',
    );
  const own = await loadOwn(engine, modules, flags.typeCheck);
  requirePrograms(flags.program ?? [], own);
  const programs = flags.program ?? own.programs.map(({ name }) => name);
  if (programs.length === 0)
    throw new InputError('verify: no program is given', 'give a module that exports one (plainProgram)');
  checkOutDirectory(flags.out);
  const run = await verifyAll(context, programs, flags);
  if (flags.json) printJson(io.stdout, verifyDocument(version, run.verdicts, run.interrupted));
  if (run.interrupted) return EXIT_INTERRUPTED;
  if (run.unsaved) return EXIT_FAILURE;
  return run.verdicts.some(({ violation }) => violation !== null) ? EXIT_VIOLATION : EXIT_OK;
}

interface Verified {
  readonly verdicts: readonly VerifyVerdict[];
  readonly interrupted: boolean;
  /** A finding could not be saved in its directory. */
  readonly unsaved: boolean;
}

async function verifyAll(
  context: CliContext,
  programs: readonly string[],
  flags: VerifyFlags,
): Promise<Verified> {
  const { engine, io } = context;
  const { memory, memoryLimit, budget: budgetMs, json } = flags;
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => abort.abort());
  const progress = new Progress(io.stderr, !json && io.stderr.isTTY === true, errColors(context));
  const keeper = await keeperOf(context, flags.out);
  const verdicts: VerifyVerdict[] = [];
  const verifier = await engine.verifier();
  try {
    for (const program of programs) {
      if (abort.signal.aborted) break;
      progress.show(`${program}: starting`);
      const onProgress = (told: Parameters<typeof progressWords>[1]): void =>
        progress.show(progressWords(program, told));
      const { verdict, finding } = await verifier.verify({
        program,
        memory,
        memoryLimit,
        budgetMs,
        signal: abort.signal,
        onProgress,
      });
      progress.clear();
      verdicts.push({ ...verdict, finding: finding === null ? null : keeper.keep(finding) });
      if (!json) await print(context, verdicts[verdicts.length - 1], finding);
    }
  } finally {
    progress.clear();
    stopListening();
    verifier.close();
  }
  return { verdicts, interrupted: abort.signal.aborted, unsaved: keeper.failed };
}

async function print(context: CliContext, verdict: VerifyVerdict, finding: Finding | null): Promise<void> {
  const { io } = context;
  printLine(io.stdout, visible(verdictLine(verdict)));
  if (finding !== null) {
    printLine(io.stdout, `  ${visible(finding.violation.message)}\n`);
    printTimeline(context, finding, await context.engine.replay(finding), false);
    if (verdict.finding !== null) printCommands(context, verdict.finding, finding);
  }
  printIndented(context, verifyRestsOn(verdict));
  printLine(io.stdout, '');
}
