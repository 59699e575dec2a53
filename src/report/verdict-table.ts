/**
 * The table of verdicts: one row per variant, printable as soon as each is known. A sampled result without a
 * witness is "none in N executions": sampling shows the presence of races, never their absence.
 */

import type { Verdict } from '../explore/api.js';
import { type Colors, plain } from './colors.js';
import { baseWords, changedNothing, noEffectWords } from './effect-words.js';
import { visible } from './escape.js';
import { coverageWords, knownWords, metKnown } from './hunt-words.js';
import { TABLE_WIDTH, TableLayout } from './table.js';
import { count, groupDigits, textWidth, wrap } from './text-columns.js';

const SCENARIO_WIDTH_MAX = 32;
const VARIANT_WIDTH_MAX = 24;
const DETAIL_INDENT = '    ';

export class VerdictTable {
  private readonly layout: TableLayout;

  /** Names that will appear, so that the columns are as wide as they need to be before the first row. */
  constructor(
    names: {
      readonly variants: readonly string[];
      readonly scenarios: readonly string[];
      readonly hasKnown?: boolean;
    },
    private readonly colors: Colors = plain,
    private readonly width: number = TABLE_WIDTH,
  ) {
    this.layout = new TableLayout(
      [
        { title: 'VARIANT', width: widest(names.variants), widthMax: VARIANT_WIDTH_MAX },
        {
          title: 'VERDICT',
          width: `none${names.hasKnown === true ? ' new' : ''} in 100,000 executions`.length,
        },
        { title: 'SCENARIO', width: widest(names.scenarios), widthMax: SCENARIO_WIDTH_MAX },
        { title: 'EXECUTIONS', align: 'right' },
        { title: 'SECONDS', align: 'right' },
        { title: 'FINDING' },
      ],
      width,
    );
  }

  header(): string {
    return this.layout.header(this.colors);
  }

  /**
   * The row, with the finding's path on a line of its own where it does not fit, and a line per known
   * violation and latent class.
   */
  row(verdict: Verdict): string {
    const { colors } = this;
    const lines = [
      this.layout.row([
        visible(verdict.variant),
        {
          text: verdictWords(verdict),
          paint: verdict.violation !== null ? colors.red : isGood(verdict) ? colors.green : colors.yellow,
        },
        visible(verdict.scenario),
        groupDigits(verdict.executions),
        verdict.seconds.toFixed(1),
        verdict.finding === null ? '-' : visible(verdict.finding),
      ]),
    ];
    const noEffect = noEffectWords(verdict);
    if (noEffect !== null)
      for (const line of wrap(visible(noEffect), this.width - DETAIL_INDENT.length))
        lines.push(DETAIL_INDENT + colors.yellow(line));
    const base = baseWords(verdict);
    if (base !== null)
      for (const line of wrap(visible(base), this.width - DETAIL_INDENT.length))
        lines.push(DETAIL_INDENT + (verdict.base?.hasIt === true ? colors.yellow(line) : line));
    const reached = coverageWords(verdict);
    if (reached !== null) lines.push(DETAIL_INDENT + reached);
    if (verdict.interrupted) lines.push(`${DETAIL_INDENT}interrupted`);
    for (const met of metKnown(verdict))
      for (const line of wrap(visible(knownWords(met)), this.width - DETAIL_INDENT.length))
        lines.push(DETAIL_INDENT + line);
    for (const latent of verdict.latent) {
      const where = `first in execution ${groupDigits(latent.execution)} of ${visible(latent.scenario)}`;
      const text =
        `latent ${latent.class} in ${count(latent.executions, 'execution')} (${where}): ` +
        `${visible(latent.message)}`;
      for (const line of wrap(text, this.width - DETAIL_INDENT.length))
        lines.push(DETAIL_INDENT + colors.yellow(line));
    }
    return lines.join('\n');
  }
}

/** Something was run, and it was not the base under another name. */
function isGood(verdict: Verdict): boolean {
  return verdict.executions > 0 && !changedNothing(verdict);
}

/**
 * The violation's class, or in how many executions there was none, or none that is not known; of no execution
 * nothing is said.
 */
export function verdictWords(verdict: Verdict): string {
  const none = metKnown(verdict).length === 0 ? 'none' : 'none new';
  if (verdict.violation === null && verdict.executions === 0) return 'nothing run';
  if (verdict.violation === null && changedNothing(verdict)) return 'none, NO EFFECT';
  return verdict.violation ?? `${none} in ${count(verdict.executions, 'execution')}`;
}

function widest(names: readonly string[]): number {
  // As arguments of one call they may be too many.
  return names.reduce((most, name) => Math.max(most, textWidth(visible(name))), 0);
}
