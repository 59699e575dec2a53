/** `shootdown replay FILE`: runs a finding's schedule again, exactly, or says why it cannot. */

import type { Command } from 'commander';
import { visible } from '../../report/escape.js';
import { replayDocument } from '../../report/json-documents.js';
import { count } from '../../report/layout.js';
import { originOf } from '../../report/witness.js';
import { InfrastructureError } from '../../vocabulary/errors.js';
import type { CliContext } from '../context.js';
import { EXIT_USAGE, EXIT_VIOLATION } from '../exit-codes.js';
import { printJson, printLine } from '../io.js';
import { MODULE_FLAG, openFinding } from '../own-modules.js';
import { names } from '../values.js';
import { printSentence, printTimeline, reasonNotReproduced } from '../witness.js';

interface ReplayFlags {
  readonly full: boolean;
  readonly json: boolean;
  readonly onThreads: boolean;
  readonly module?: readonly string[];
}

export function addReplay(program: Command, context: CliContext, finish: (exitCode: number) => void): void {
  program
    .command('replay')
    .summary('run the witness of a finding file again')
    .description(
      'Runs the schedule of a finding again and draws it. The same violation, at the same step, with the same trace, is "reproduced".',
    )
    .argument('<file>', 'a finding that "shootdown hunt" wrote')
    .option('--full', 'draw every step, not only those around the deciding ones', false)
    .option(...MODULE_FLAG, names('--module'))
    .option('--on-threads', 'follow the schedule in lockstep too, on a worker thread per CPU, and compare', false)
    .option('--json', 'one JSON document on stdout, nothing else', false)
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ReplayFlags) => finish(await replay(context, file, flags)));
}

const HELP = `
Examples:
  $ shootdown replay findings/b1--two-mm-switch--stale-use--1a2b3c4d.json
  $ shootdown replay --full FILE | less -R

Exit codes: 1 reproduced (the violation is there), 2 not reproduced, or the file is no finding,
3 internal or infrastructure failure.`;

async function replay(context: CliContext, file: string, flags: ReplayFlags): Promise<number> {
  const { engine, io, version } = context;
  const finding = await openFinding(context, file, flags.module);
  const result = await engine.replay(finding);
  const onThreads = flags.onThreads ? await engine.threads.replay(finding) : null;
  if (flags.json) printJson(io.stdout, replayDocument(version, file, finding, result, onThreads));
  else {
    for (const line of originOf(finding)) printLine(io.stdout, line);
    const omitted = result.trace[0]?.step ?? 0;
    if (omitted > 0) printLine(io.stdout, `the first ${count(omitted, 'step')} of this long execution are not drawn`);
    printTimeline(context, finding, result, flags.full);
    printLine(io.stdout, '');
    if (result.reproduced) {
      printSentence(context, finding);
      printLine(io.stdout, `reproduced: same violation, same step, same trace (hash ${visible(result.traceHash)})`);
    }
  }
  if (onThreads !== null) {
    if (!onThreads.agrees) throw new InfrastructureError(`${file}: lockstep on threads differs from one thread: ${onThreads.reason}`);
    const { threads, turns, traceHash } = onThreads;
    if (!flags.json)
      printLine(io.stdout, `in lockstep on ${threads} threads (${count(turns, 'turn')}): same memory, same trace (hash ${traceHash})`);
  }
  if (result.reproduced) return EXIT_VIOLATION;
  printLine(io.stderr, `shootdown: ${visible(reasonNotReproduced(file, finding, result, version))}`);
  return EXIT_USAGE;
}
