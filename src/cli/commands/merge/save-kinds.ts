/** Witnesses of blobs: executed again where that runs nobody's files, and saved. */

import type { BlobWitness } from '../../../findings/blob.js';
import type { Keeper } from '../../../findings/keeper.js';
import type { Kind } from '../../../merge/kinds.js';
import type { Progress } from '../../../report/progress.js';
import type { MergedFinding, Witness } from '../../../report/reporters/hunt-report.js';
import { count } from '../../../report/text-columns.js';
import { replayCommand } from '../../../report/witness-words.js';
import { type OnWork, workProgress } from '../../../report/work-progress.js';
import {
  type Finding,
  findingSubject,
  isProgramFinding,
  type KernelFinding,
} from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import type { Engine, ReplayResult } from '../../engine-api.js';
import { printLine } from '../../io.js';
import { progressOf } from '../../with-pool.js';

/** Findings that one merge saves: nobody has heard of more bugs at a time, and each costs a sync. */
const SAVED_MAX = 200;

/** Saves the kinds of a merge, the best of each subject first, as long as there are not too many. */
export class KindSaver {
  /** Kinds that are told and not saved. */
  unsaved = 0;
  private saved = 0;

  constructor(private readonly keeper: Keeper) {}

  /** A finding file for each kind. */
  save(kinds: readonly Kind[]): MergedFinding[] {
    return kinds.map(({ subject, shards, witness: { finding, cause } }) => ({
      variant: subject,
      class: finding.violation.class,
      scenario: findingSubject(finding).scenario,
      cause,
      steps: finding.steps,
      shards,
      finding: this.keep(finding),
    }));
  }

  private keep(finding: Finding): string | null {
    if (this.saved >= SAVED_MAX) {
      this.unsaved++;
      return null;
    }
    this.saved++;
    return this.keeper.keep(finding);
  }
}

/** Witnesses that one merge executes again: each takes a tenth of a second, or more where it is long. */
const EXECUTED_MAX = 32;

/** Executes the best witnesses of a merge again, as long as there are not too many. */
export class Executions {
  /** Witnesses that were not executed for being too many. */
  left = 0;
  /** Witnesses that are of users' modules or of C text, or of a variant that this version does not know. */
  foreign = 0;
  private done = 0;
  private readonly engine: Engine;
  private readonly progress: Progress;
  private readonly onWork: OnWork;

  /** `isQuiet`: how far it is, is not shown on a terminal either. */
  constructor(context: CliContext, isQuiet: boolean) {
    this.engine = context.engine;
    this.progress = progressOf(context, isQuiet);
    const words = (done: number, of: number): string =>
      `executing witnesses again: ${done} of at most ${of} done`;
    this.onWork = workProgress(this.progress, words, { isBound: true });
  }

  /**
   * The witness, seen again; null for one of users' modules or of C text. Those are not run: a blob comes
   * from another machine, and `replay` asks before it runs what a file names.
   */
  async seenAgain({ finding }: BlobWitness): Promise<ReplayResult | null> {
    if (!isOurs(finding) || (await this.engine.findVariant(finding.variant)) === null) {
      this.foreign++;
      return null;
    }
    if (this.done >= EXECUTED_MAX) {
      this.left++;
      return null;
    }
    this.onWork(this.done++, EXECUTED_MAX);
    try {
      return await this.engine.replay(finding);
    } finally {
      this.progress.clear();
    }
  }
}

/** Whether it executes the package's own code and no other. */
function isOurs(finding: Finding): finding is KernelFinding {
  return !(
    isProgramFinding(finding) ||
    (finding.modules ?? []).length > 0 ||
    finding.kernelSource !== undefined
  );
}

/** Says on stderr what a merge has not done, as it has bounds. */
export function tellLimits({ io }: CliContext, saver: KindSaver, { left, foreign }: Executions): void {
  const say = (text: string): void => printLine(io.stderr, `shootdown: ${text}`);
  const witnesses = (number: number): string => count(number, 'witness', 'witnesses');
  if (saver.unsaved > 0)
    say(`${count(saver.unsaved, 'bug')} more than a merge saves: their witnesses are in the blobs`);
  if (left > 0)
    say(
      `${witnesses(left)} more than a merge executes again: what is said of them is the word of the blobs; ` +
        'replay their files',
    );
  if (foreign > 0)
    say(
      `${witnesses(foreign)} of modules or C text, which a merge does not run: what is said of them is the ` +
        'word of the blobs; replay their files',
    );
}

/** What a report shows of it. */
export function shownWitness(
  { finding, cause }: BlobWitness,
  replay: ReplayResult | null,
  file: string | null,
): Witness {
  return {
    finding,
    trace: replay?.reproduced ? replay.trace : [],
    cause,
    replay: file === null ? null : replayCommand(file, finding),
    ...(replay?.reproduced ? { execution: replay } : {}),
  };
}
