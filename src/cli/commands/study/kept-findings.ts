/** Findings of a study's rows of which no line above tells where they are. */

import { dirname } from 'node:path';
import { visible } from '../../../report/escape.js';
import { alsoMetLines } from '../../../report/merged-words.js';
import type { MergedFinding } from '../../../report/reporters/hunt-report.js';
import { shellWord } from '../../../report/shell-word.js';
import { count } from '../../../report/text-columns.js';
import type { RowResult } from '../../../study/study.js';
import type { CliContext } from '../../command-context.js';
import { printLine } from '../../io.js';

/** `told`: files that are named above. `others`: of a merge, the bugs beside each row's first. */
export function printKept(
  { io }: CliContext,
  results: readonly RowResult[],
  told: ReadonlySet<string>,
  others: readonly MergedFinding[] = [],
): void {
  for (const line of alsoMetLines(others)) printLine(io.stdout, line);
  const directories = new Map<string, number>();
  for (const { verdict } of results) {
    const file = verdict?.finding;
    if (file == null || told.has(file)) continue;
    directories.set(dirname(file), (directories.get(dirname(file)) ?? 0) + 1);
  }
  for (const [directory, files] of directories) {
    const more = told.size > 0 ? 'more ' : '';
    const what = count(files, `${more}witness`, `${more}witnesses`);
    printLine(io.stdout, `\n${what} in ${visible(shellWord(directory))}; "shootdown replay" runs one`);
  }
}
