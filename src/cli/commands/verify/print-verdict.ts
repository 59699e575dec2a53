/** A verification's verdicts: printed as they come, as a document, as a page. */

import { visible } from '../../../report/escape.js';
import type { ShownWitness } from '../../../report/page/results.js';
import { wrap } from '../../../report/text-columns.js';
import { replayCommand } from '../../../report/witness-words.js';
import type { VerifyVerdict } from '../../../verify/api.js';
import { latentLines, summaryLine, verdictLine, verifyRestsOn } from '../../../verify/words.js';
import type { Finding } from '../../../vocabulary/finding.js';
import { type CliContext, screenWidth } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';
import { printLine } from '../../io.js';
import { printCommands, printIndented, printTimeline } from '../../print-witness.js';

const INDENT = '    ';

/** Its line, and a witness. */
export function printVerdict(
  context: CliContext,
  verdict: VerifyVerdict,
  finding: Finding | null,
  replay: ReplayResult | null,
): void {
  const { io } = context;
  const [line, ...more] = wrap(visible(verdictLine(verdict)), screenWidth(io) - INDENT.length);
  printLine(io.stdout, [line, ...more.map((text) => `${INDENT}${text}`)].join('\n'));
  printIndented(context, latentLines(verdict), screenWidth(io));
  if (finding === null) return;
  printIndented(context, [visible(finding.violation.message)], screenWidth(io));
  printLine(io.stdout, '');
  // What a merge does not run is told with its file all the same.
  if (replay !== null) printTimeline(context, finding, replay, false);
  if (verdict.finding !== null) printCommands(context, verdict.finding, finding);
  printLine(io.stdout, '');
}

/** As a page shows it. */
export function shownWitness(
  finding: Finding | null,
  file: string | null,
  replay: ReplayResult | null,
): ShownWitness | null {
  if (finding === null || replay === null) return null;
  const command = file === null ? null : replayCommand(file, finding);
  return { finding, cause: replay.cause, replay: command, file, execution: replay };
}

/** After the last one. */
export function printRest(context: CliContext, verdicts: readonly VerifyVerdict[]): void {
  const { io } = context;
  if (verdicts.length > 1)
    printLine(io.stdout, `\n${wrap(summaryLine(verdicts), screenWidth(io)).join('\n')}`);
  printIndented(context, verifyRestsOn(verdicts), screenWidth(io));
}
