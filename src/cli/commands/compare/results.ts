/** `shootdown compare A.json B.json`: two results that are there already. */

import { between } from '../../../compare/results/between.js';
import { readResult } from '../../../compare/results/result-file.js';
import { resultsDocument } from '../../../compare/results/results-document.js';
import { resultsMarkdown, resultsText } from '../../../compare/results/results-text.js';
import type { CliContext } from '../../command-context.js';
import { EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { printJson, printLine } from '../../io.js';

export function compareResults(
  { io, version }: CliContext,
  [base, patch]: readonly [string, string],
  { json, format }: { readonly json: boolean; readonly format: 'text' | 'markdown' },
): number {
  const comparison = between(readResult(base), readResult(patch));
  if (json) printJson(io.stdout, resultsDocument(version, comparison));
  else printLine(io.stdout, format === 'markdown' ? resultsMarkdown(comparison) : resultsText(comparison));
  return comparison.isNew ? EXIT_VIOLATION : EXIT_OK;
}
