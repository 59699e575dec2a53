import { type Colors, plain } from '../../report/colors.js';
import { visible } from '../../report/escape.js';
import { TableLayout } from '../../report/table.js';
import { count, groupDigits, textWidth, wrap } from '../../report/text-columns.js';
import { senselessRows } from '../senseless-rows.js';
import type { Study, StudyRow } from '../study.js';
import { type ProvedRow, partlyWords } from './proved-row.js';

/** What is proved of each row of a study, printable row by row. */

const WITNESS_WIDTH = 21;
const STATES_WIDTH = 10;

export class ProvedTable {
  private readonly layout: TableLayout;
  private readonly labelWidth: number;

  /** `scenarios`: how many there are. */
  constructor(
    private readonly study: Study,
    labels: readonly string[],
    private readonly scenarios: number,
    private readonly colors: Colors = plain,
    private readonly width: number = 80,
  ) {
    this.labelWidth = Math.max(study.rowTitle.length, ...labels.map((label) => textWidth(visible(label))));
    this.layout = new TableLayout(
      [
        { title: study.rowTitle, width: this.labelWidth },
        { title: 'SHORTEST WITNESS', width: WITNESS_WIDTH },
        { title: 'PROVED', align: 'right', width: `${scenarios} of ${scenarios}`.length },
        { title: 'STATES', align: 'right', width: STATES_WIDTH },
        { title: 'WHERE' },
      ],
      width,
    );
  }

  legend(): string {
    return [
      'SHORTEST WITNESS: the fewest steps of any execution of any scenario that goes wrong',
      'PROVED: scenarios of which every execution was looked at, and none goes wrong; STATES: theirs',
      'WHERE: scenarios with a witness; and those with too many executions, of which all were looked at in ' +
        'which a CPU that could go on is taken off at most (N) times, or that have at most (N steps)',
    ]
      .flatMap((line) => wrap(line, this.width - 2).map((part, index) => (index === 0 ? part : `  ${part}`)))
      .join('\n');
  }

  header(): string {
    return this.layout.header(this.colors);
  }

  group(name: string): string {
    const heading = this.study.groups.find((group) => group.name === name)?.heading ?? name;
    return wrap(visible(heading), this.width).map(this.colors.bold).join('\n');
  }

  senseless(rows: readonly StudyRow[]): string[] {
    return senselessRows(rows, this.labelWidth + 2, this.width);
  }

  row(proved: ProvedRow): string {
    const { row, witness, states } = proved;
    const paint =
      witness !== null ? this.colors.red : proved.latent.length > 0 ? this.colors.yellow : undefined;
    return this.layout.row([
      { text: visible(row.label), paint },
      { text: witness === null ? 'none' : `${witness.class}, ${count(witness.steps, 'step')}`, paint },
      `${proved.proved.length} of ${this.scenarios}`,
      groupDigits(states),
      whereWords(proved),
    ]);
  }
}

function whereWords({ witness, refuted, known, partly, latent }: ProvedRow): string {
  const others = refuted.filter((scenario) => scenario !== witness?.scenario);
  return [
    ...(witness === null ? [] : [[witness.scenario, ...others].join(', ')]),
    ...known.map(({ finding, scenario }) => `${scenario}: ${finding}, known of the kernel`),
    ...(partly.length === 0 ? [] : [`not all of ${partly.map(partlyWords).join(', ')}`]),
    ...(latent.length === 0 ? [] : [`latent ${latent.join(', ')}`]),
  ].join('; ');
}
