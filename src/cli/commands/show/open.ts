/** `show --open`: a finding as a page of its own. */

import { reportPage } from '../../../report/page/results.js';
import { savePage } from '../../../report/reporters/html.js';
import { replayCommand } from '../../../report/witness-words.js';
import type { Finding } from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';
import { directoryOf } from '../report-directory.js';

/** Writes it, in the words of the replay, and prints its path. */
export async function writePage(
  context: CliContext,
  file: string,
  finding: Finding,
  result: ReplayResult,
  directory: string,
): Promise<void> {
  const { violation, sentence, cause } = result;
  const seen = violation ?? finding.violation;
  const shown: Finding = { ...finding, violation: { ...seen, message: sentence ?? seen.message } };
  const head = { shootdown: context.version, command: 'show', settings: [], interrupted: false };
  const witness = {
    finding: shown,
    cause,
    replay: replayCommand(file, finding),
    file: null,
    execution: result,
  };
  // The finding is where it was: the page has no copy of it.
  const page = reportPage(head, [], [witness], []);
  await savePage(directoryOf(context, directory, true), page);
}
