/** `shootdown replay FILE`: runs a finding's schedule again, exactly, or says why it cannot. */

import { visible } from '../../report/escape.js';
import { replayDocument } from '../../report/json-documents.js';
import { count } from '../../report/text-columns.js';
import { originOf } from '../../report/witness-words.js';
import { InfrastructureError } from '../../vocabulary/errors.js';
import type { CliContext } from '../command-context.js';
import { EXIT_USAGE, EXIT_VIOLATION } from '../exit-codes.js';
import { printJson, printLine } from '../io.js';
import { FINDING, FINDING_MODULES, FINDING_TREE, type Given, JSON_FLAG, toggle } from '../options.js';
import { lineTextOfFinding, openFinding } from '../own-modules.js';
import { printOrderings, printReplayed, printTimeline, reportDifferences } from '../print-witness.js';
import { defineCommand } from './command.js';
import { replayShown } from './replay-shown.js';

const FLAGS = {
  full: toggle('--full', 'draw every step, not only those around the deciding ones'),
  module: FINDING_MODULES,
  kernelSource: FINDING_TREE,
  onThreads: toggle(
    '--on-threads',
    'follow the schedule in lockstep too, on a worker thread per CPU, and compare',
  ),
  json: JSON_FLAG,
};

type ReplayFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown replay findings/b1--two-mm-switch--stale-use--1a2b3c4d.json
  $ shootdown replay --full FILE | less -R

What the file says is compared with what happens, and told only where it differs. Where the code has changed
and the schedule leads elsewhere, orderings that the file has (orderings --write) are tried.

Exit codes: 1 reproduced (the violation is there), 2 not reproduced, or the file is no finding,
3 internal or infrastructure failure.`;

export const replayCommand = defineCommand({
  name: 'replay',
  summary: 'run the witness of a finding file again',
  description:
    'Runs the schedule of a finding again and draws it. The same violation, at the same step, with the ' +
    'same trace, is "reproduced".',
  arguments: { file: FINDING },
  flags: FLAGS,
  help: HELP,
  run: (context, { file }, flags) => replay(context, file, flags),
});

async function replay(context: CliContext, file: string, flags: ReplayFlags): Promise<number> {
  const { engine, io, version } = context;
  const finding = await openFinding(context, file, flags.module, flags.kernelSource);
  const result = await replayShown(context, finding, flags.json);
  const onThreads = flags.onThreads ? await engine.threads.replay(finding) : null;
  if (flags.json) printJson(io.stdout, replayDocument(version, file, finding, result, onThreads));
  else {
    printLine(io.stdout, originOf(finding));
    const omitted = result.trace[0]?.step ?? 0;
    if (omitted > 0)
      printLine(io.stdout, `the first ${count(omitted, 'step')} of this long execution are not drawn`);
    printOrderings(context, result);
    const lineText = await lineTextOfFinding(finding, flags.kernelSource);
    printTimeline(context, finding, result, flags.full, { lineText });
    printLine(io.stdout, '');
    if (result.reproduced) {
      printReplayed(context, finding, result);
      const what =
        result.reproducedBy === 'orderings'
          ? 'reproduced by its orderings: same violation in another execution'
          : 'reproduced: same violation, same step, same trace';
      printLine(io.stdout, `${what} (hash ${visible(result.traceHash)})`);
    }
  }
  if (onThreads !== null) {
    if (!onThreads.agrees)
      throw new InfrastructureError(
        `${file}: lockstep on threads differs from one thread: ${onThreads.reason}`,
      );
    const { threads, turns, traceHash } = onThreads;
    if (!flags.json)
      printLine(
        io.stdout,
        `in lockstep on ${threads} threads (${count(turns, 'turn')}): same memory, same trace (hash ` +
          `${traceHash})`,
      );
  }
  return reportDifferences(context, file, finding, result) ? EXIT_VIOLATION : EXIT_USAGE;
}
