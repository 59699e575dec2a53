/** What a stress run is of, in words, its page, its blob, and the witness as reports have it. */

import type { ReportPage, ShownWitness } from '../../../report/page/results.js';
import { stressPage } from '../../../report/page/stress-page.js';
import type { Witness as HuntWitness } from '../../../report/reporters/hunt-report.js';
import { count } from '../../../report/text-columns.js';
import { type LabelledLine, replayCommand } from '../../../report/witness-words.js';
import type { SelfTest } from '../../../stress/self-test.js';
import type { CampaignResult } from '../../../stress/stress-campaign.js';
import type { CliContext } from '../../command-context.js';
import type { ShownLook } from './print-stress.js';
import type { StressTargets } from './stress-targets.js';

interface StressRun {
  readonly chosen: StressTargets;
  readonly flags: { readonly for: number; readonly seed: number; readonly memory: string };
  readonly test: SelfTest;
}

export function aboutRun({ chosen, flags, test }: StressRun): LabelledLine[] {
  const { name, ofPrograms, targets } = chosen;
  const cpus = count(targets[0].cpus, 'CPU');
  const one = ofPrograms ? `on ${cpus}` : `${targets[0].name} on ${cpus}`;
  const several = ofPrograms ? 'in turn' : `${targets.length} scenarios in turn`;
  const where = targets.length === 1 ? one : several;
  return [
    {
      label: 'stress',
      text: `${name}, ${where}, ${flags.for / 1000} s, seed ${flags.seed}, ${flags.memory}`,
    },
    { label: 'computer', text: computerWords(test) },
  ];
}

/** A computer, as its self-test has shown it. */
export function computerWords({ node, cores, reason, storeBuffering }: SelfTest): string {
  const buffering = `store buffering seen in ${(100 * storeBuffering).toFixed(2)} % of tries`;
  return `Node ${node}, ${count(cores, 'core')}, ${reason}, ${buffering}`;
}

export function pageOf(
  context: CliContext,
  run: StressRun,
  { result }: CampaignResult,
  { witness, interrupted }: { readonly witness: ShownWitness | null; readonly interrupted: boolean },
): ReportPage {
  return stressPage({ shootdown: context.version, interrupted }, result, witness, aboutRun(run));
}

export function shownWitness(look: ShownLook | null): ShownWitness | null {
  const { finding = null, replay = null, path = null } = look ?? {};
  if (finding === null || replay === null) return null;
  const command = path === null ? null : replayCommand(path, finding);
  return { finding, cause: replay.cause, file: path, execution: replay, replay: command };
}

/** The same for reports that are no page. */
export function huntWitness(shown: ShownWitness | null): HuntWitness | null {
  return shown === null ? null : { ...shown, trace: shown.execution?.trace ?? [] };
}
