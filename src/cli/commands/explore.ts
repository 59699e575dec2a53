/** `shootdown explore`: a page in which a machine is moved by hand. */

import { replaceFile, writeError } from '../../findings/atomic-file.js';
import { visible } from '../../report/escape.js';
import { shellWord } from '../../report/shell-word.js';
import type { CliContext } from '../command-context.js';
import { EXIT_OK } from '../exit-codes.js';
import { path } from '../flag-values.js';
import { printLine } from '../io.js';
import { flagOr, type Given, MEMORY, SEED } from '../options.js';
import { selectScenarios, selectVariants, TRACE_PREFIX } from '../select.js';
import { defineCommand } from './command.js';
import { requireDistinctFiles } from './hunt/distinct-files.js';
import { tryDirectory } from './hunt/reporting.js';

const word = () => (text: string) => text;

/** What the page begins with where nobody says. */
export const PLAYGROUND = { variant: '6.14', scenario: 'dontneed-read' } as const;

const FLAGS = {
  variant: flagOr(
    '--variant <name>',
    'variant, alias or CVE that the page begins with',
    word,
    PLAYGROUND.variant,
  ),
  scenario: flagOr(
    '--scenario <name>',
    'catalogue name, or trace:FILE for a recording, that it begins with',
    word,
    PLAYGROUND.scenario,
  ),
  memory: MEMORY,
  seed: SEED.saying('seed of the random executions in which the page looks for a violation'),
  output: flagOr('--output <file>', 'the page', path, './shootdown-explore.html'),
};

type ExploreFlags = Given<typeof FLAGS>;

const HELP = `
The page is one file and needs no network. Variants, their features and scenarios are picked in it.

Examples:
  $ shootdown explore
  $ shootdown explore --variant 6.14 --scenario two-flushers --output try.html

Exit codes: 0 written, 2 usage or input error, 3 internal or infrastructure failure.`;

export const exploreCommand = defineCommand({
  name: 'explore',
  summary: 'a page in which one moves a kernel by hand, step by step',
  description:
    "Writes a page for a browser that executes the project's variants itself: at each step it shows who " +
    'can move and what that would do, with words of memory, slots, generations, store buffers and TLBs.',
  flags: FLAGS,
  help: HELP,
  run: (context, _, flags) => explore(context, flags),
});

async function explore(context: CliContext, flags: ExploreFlags): Promise<number> {
  const { engine, io, version } = context;
  const { memory, seed, output } = flags;
  tryDirectory('--output', output);
  const [variant] = await selectVariants(engine, [flags.variant]);
  const { scenarios } = await selectScenarios(engine, [flags.scenario], null);
  const [scenario] = await engine.fittingScenarios([variant], scenarios);
  if (flags.scenario.startsWith(TRACE_PREFIX)) {
    const recording = { flag: '--scenario', path: flags.scenario.slice(TRACE_PREFIX.length) };
    requireDistinctFiles([{ flag: '--output', path: output }], [recording]);
  }
  const { playgroundHtml } = await import('../../report/page/playground.js');
  const html = await playgroundHtml(version, { variant, scenario, memory, seed });
  try {
    replaceFile(output, html);
  } catch (error) {
    throw writeError(error, 'the page', output, 'give another file with --output');
  }
  printLine(io.stdout, visible(shellWord(output)));
  return EXIT_OK;
}
