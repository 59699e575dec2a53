/**
 * `shootdown demo`, which `npm start` runs: the main job on real input, in less than a minute. A window of
 * the recording that the project carries becomes a scenario, and three variants are hunted in it: one with
 * two bugs, one with the first of them fixed, one with both.
 */

import { checkOutDirectory } from '../../findings/out-directory.js';
import { visible } from '../../report/escape.js';
import { restsOn } from '../../report/rests-on.js';
import { VerdictTable } from '../../report/verdict-table.js';
import { replayCommand, showCommand } from '../../report/witness-words.js';
import { type CliContext, outColors } from '../command-context.js';
import { EXIT_OK, EXIT_VIOLATION } from '../exit-codes.js';
import { printLine } from '../io.js';
import { type Given, JOBS, OUT, SEED } from '../options.js';
import { printIndented, printLabelled, printSentence, printTimeline } from '../print-witness.js';
import { selectStrategies, selectVariants } from '../select.js';
import { defineCommand } from './command.js';
import { campaignExitCode, type Outcome, runCampaign } from './hunt/campaign.js';

/** The variants in the order of their fixes, and whether a violation is what the demo should show. */
const CAST: readonly { readonly variant: string; readonly isBroken: boolean }[] = [
  { variant: '6.14', isBroken: true },
  { variant: '6.15-rc6', isBroken: true },
  { variant: '6.17.5', isBroken: false },
];
/** All hunts together; the rest of the minute is for starting up, the replay and slow machines. */
const HUNTS_MS_MAX = 42_000;
/** A broken variant falls within a few seconds; it may take longer on a busy machine. */
const BROKEN_MS_MAX = 16_000;
/**
 * The fixed variant has no end of its own: as many executions as the broken ones need, many times over, or
 * the time that is left.
 */
const FIXED_EXECUTIONS = 20_000;
const FIXED_MS_MIN = 3_000;

const FLAGS = { seed: SEED, jobs: JOBS.saying('worker threads'), out: OUT };

type DemoFlags = Given<typeof FLAGS>;

const HELP = `
Example:
  $ shootdown demo --seed 7

Exit codes: 0 the broken variants were caught and the fixed one was not, 1 otherwise,
3 internal or infrastructure failure, 130 interrupted.`;

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'the tour: a recorded window, two bugs and their fixes, within a minute',
  description:
    'Hunts three variants in a window of the carried recording: before the fix of CVE-2025-37964, with ' +
    'that fix but not that of CVE-2025-40174, and with both.',
  flags: FLAGS,
  help: HELP,
  run: (context, _, flags) => demo(context, flags),
});

async function demo(context: CliContext, flags: DemoFlags): Promise<number> {
  const { engine, io } = context;
  const began = performance.now();
  checkOutDirectory(flags.out);
  const variants = await selectVariants(
    engine,
    CAST.map(({ variant }) => variant),
  );
  const strategies = await selectStrategies(engine, undefined);
  const { scenario, description } = await engine.importTrace(engine.carriedRecording(), null);
  printLabelled(context, description);
  const table = new VerdictTable({ variants, scenarios: [scenario.name] }, outColors(context));
  printLine(io.stdout, `\n${table.header()}`);

  const requests = CAST.map(({ isBroken }, index) => () => {
    const leftMs = HUNTS_MS_MAX - (performance.now() - began);
    const limits = isBroken
      ? { budgetMs: Math.max(FIXED_MS_MIN, Math.min(leftMs, BROKEN_MS_MAX)) }
      : { budgetMs: Math.max(FIXED_MS_MIN, leftMs), executions: FIXED_EXECUTIONS };
    return {
      variant: variants[index],
      scenarios: [scenario],
      strategies,
      seed: flags.seed,
      memory: 'tso' as const,
      ...limits,
    };
  });
  const campaign = await runCampaign(context, requests, {
    jobs: flags.jobs,
    out: flags.out,
    quiet: false,
    onOutcome: ({ verdict }) => printLine(io.stdout, table.row(verdict)),
  });
  printWitnesses(context, campaign.outcomes, scenario.notes ?? []);
  if (campaign.failure !== null) throw campaign.failure;
  const exitCode = campaignExitCode(campaign);
  if (exitCode > EXIT_VIOLATION) return exitCode;
  return printConclusion(context, campaign.outcomes);
}

function printWitnesses(context: CliContext, outcomes: readonly Outcome[], notes: readonly string[]): void {
  const { io } = context;
  const files = outcomes.flatMap(({ verdict }) => (verdict.finding === null ? [] : [verdict.finding]));
  if (files.length > 0) {
    printLine(io.stdout, '\nfindings, which replay exactly');
    for (const file of files) printLine(io.stdout, `  ${replayCommand(file, null)}`);
  }
  // The last one that was found is the subtlest: it is what the first fix left.
  const shown = outcomes.findLast(({ finding }) => finding !== null);
  if (shown?.finding && shown.replay) {
    printLine(io.stdout, '');
    printTimeline(context, shown.finding, shown.replay, false);
    printLine(io.stdout, '');
    printSentence(context, shown.finding);
    if (shown.verdict.finding !== null)
      printLine(io.stdout, `  ${showCommand(shown.verdict.finding, shown.finding)}`);
  }
  const last = outcomes.at(-1);
  if (last !== undefined) {
    printLine(io.stdout, `\n${visible(last.verdict.variant)} rests on`);
    printIndented(context, restsOn(last.verdict, notes));
  }
}

/** Whether the demo showed what it is there to show. */
function printConclusion({ io }: CliContext, outcomes: readonly Outcome[]): number {
  const surprises = CAST.filter(
    ({ isBroken }, index) => (outcomes[index]?.verdict.violation !== null) !== isBroken,
  );
  for (const { variant, isBroken } of surprises) {
    const what = isBroken
      ? 'its known bug was not found in the time given'
      : 'a violation was found in a variant with both fixes';
    printLine(io.stdout, `unexpected: ${variant}: ${what}`);
  }
  return surprises.length === 0 ? EXIT_OK : EXIT_VIOLATION;
}
