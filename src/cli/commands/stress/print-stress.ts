/** A stress run, or several that were put together, as they are printed; and the exit code. */

import { visible } from '../../../report/escape.js';
import { metLines } from '../../../report/hunt-words.js';
import type { StressWitness } from '../../../report/json-documents.js';
import { stressLines } from '../../../report/stress-words.js';
import { count } from '../../../report/text-columns.js';
import type { StressResult } from '../../../stress/api.js';
import type { Finding, ViolationClass } from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';
import { EXIT_FAILURE, EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import {
  printCommands,
  printIndented,
  printLabelled,
  printSentence,
  printTimeline,
} from '../../print-witness.js';

/** What the explorer came to where threads had failed. */
export interface ShownLook {
  readonly variant: string;
  readonly executions: number;
  readonly seconds: number;
  readonly violation: ViolationClass | null;
  readonly message: string | null;
  /** The kernel's open finding that was met where nothing else was, and all that were. */
  readonly known: string | null;
  readonly met: readonly string[];
  readonly finding: Finding | null;
  /** The finding, seen again; null where it was not executed again. */
  readonly replay: ReplayResult | null;
  /** Where it was saved. */
  readonly path: string | null;
}

export function printStress(context: CliContext, result: StressResult, look: ShownLook | null): void {
  const { io } = context;
  printLabelled(context, stressLines(result));
  if (look === null) return;
  printLine(io.stdout, '');
  const same = result.rounds === undefined ? 'scenario' : 'program';
  if (look.finding === null) {
    printIndented(context, [
      `the explorer found no witness in ${count(look.executions, 'execution')} ` +
        `(${look.seconds.toFixed(1)} s) of the same ${same}`,
      // It goes past what is known of the kernel: then threads have most likely shown just that.
      ...metLines([look]),
    ]);
    return;
  }
  printLine(io.stdout, `a witness that the explorer found in the same ${same}:`);
  if (look.replay !== null) printTimeline(context, look.finding, look.replay, false);
  printLine(io.stdout, '');
  printSentence(context, look.finding);
  if (look.path !== null) printCommands(context, look.path, look.finding);
}

/** What a document says of the explorer's look. */
export function stressWitness({ path, violation, message, executions }: ShownLook): StressWitness {
  return { finding: path, class: violation, message, executions };
}

export function stressExitCode(
  { io }: CliContext,
  result: StressResult,
  { allowNoEffect }: { readonly allowNoEffect: boolean },
): number {
  if (result.violations.length > 0) return EXIT_VIOLATION;
  if (result.hang !== null) printLine(io.stderr, `shootdown: hang: ${visible(result.hang.message)}`);
  if (result.dead.length > 0) printLine(io.stderr, `shootdown: ${visible(result.dead[0].split('\n')[0])}`);
  if (result.hang !== null || result.dead.length > 0) return EXIT_FAILURE;
  if (!result.changedNothing || allowNoEffect) return EXIT_OK;
  printLine(
    io.stderr,
    `shootdown: ${visible(result.variant)}: nothing that it replaces ever ran; give --allow-no-effect ` +
      'if that is meant',
  );
  return EXIT_FAILURE;
}
