/** `shootdown study NAME --exhaustive`: every row in every small scenario, by all executions. */

import { visible } from '../../../report/escape.js';
import { shellWord } from '../../../report/shell-word.js';
import { count } from '../../../report/text-columns.js';
import { atMostLeft } from '../../../report/time-words.js';
import type { Cell, DecidedCell } from '../../../study/exhaustive/decided-cell.js';
import { provedDocument } from '../../../study/exhaustive/proved-document.js';
import { provedRow, provedRows } from '../../../study/exhaustive/proved-row.js';
import { ProvedTable } from '../../../study/exhaustive/proved-table.js';
import type { Study, StudyRow } from '../../../study/study.js';
import { progressWords, verifyRestsOn } from '../../../verify/words.js';
import type { Finding, MemoryModel } from '../../../vocabulary/finding.js';
import type { Scenario } from '../../../vocabulary/scenario.js';
import { type CliContext, keeperOf, outColors, screenWidth } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK } from '../../exit-codes.js';
import { printJson, printLine } from '../../io.js';
import { printIndented, printLabelled } from '../../print-witness.js';
import { progressOf } from '../../with-pool.js';
import { printParagraphs } from './below-table.js';
import { GroupedRows } from './grouped-rows.js';

export interface ExhaustiveFlags {
  readonly memory: MemoryModel;
  readonly memoryLimit: number;
  /** Time for each row in each scenario. */
  readonly budgetMs: number;
  readonly jobs: number;
  readonly json: boolean;
  readonly out: string;
  /** Where verdicts are kept. */
  readonly state: string;
}

export async function studyExhaustively(
  context: CliContext,
  study: Study,
  rows: readonly StudyRow[],
  scenarios: readonly Scenario[],
  flags: ExhaustiveFlags,
): Promise<number> {
  const { engine, io, version } = context;
  const { memory, memoryLimit, budgetMs, jobs, json, out, state } = flags;
  const cells: Cell[] = rows
    .filter(({ senseless }) => senseless === undefined)
    .flatMap((row) => scenarios.map((scenario) => ({ row, scenario })));
  const keeper = await keeperOf(context, out);
  const printer = new ProvedPrinter(context, study, rows, scenarios, flags);
  const progress = progressOf(context, json);
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => abort.abort());
  let done = 0;
  try {
    const {
      cells: decided,
      codeHash,
      failure,
    } = await engine.studies.decide(
      {
        ...{ cells, memory, memoryLimit, budgetMs, jobs, signal: abort.signal },
        keep: (finding: Finding): string | null => keeper.keep(finding),
        onCell: (cell: DecidedCell): void => {
          done++;
          progress.clear();
          printer.add(cell);
        },
        onProgress: ({ row, scenario }, told) =>
          progress.show(
            `${done} of ${cells.length} decided${atMostLeft(((cells.length - done) * budgetMs) / jobs)}; ` +
              progressWords(`${row.variant} in ${scenario.name}`, told),
          ),
      },
      state,
    );
    progress.clear();
    const interrupted = abort.signal.aborted;
    const names = scenarios.map(({ name }) => name);
    const asked = { shootdown: version, codeHash, interrupted, memory, scenarios: names };
    if (json) printJson(io.stdout, provedDocument(study, decided, asked));
    else printEnd(context, study, decided, flags);
    if (failure !== null) throw failure;
    if (interrupted) return EXIT_INTERRUPTED;
    return keeper.failed ? EXIT_FAILURE : EXIT_OK;
  } finally {
    progress.clear();
    stopListening();
  }
}

/** The table's head, and then each row as soon as it is known in every scenario. */
class ProvedPrinter {
  private readonly table: ProvedTable;
  private readonly cells: DecidedCell[] = [];
  private left: readonly StudyRow[];
  private readonly grouped: GroupedRows;

  constructor(
    private readonly context: CliContext,
    study: Study,
    rows: readonly StudyRow[],
    private readonly scenarios: readonly Scenario[],
    private readonly flags: ExhaustiveFlags,
  ) {
    this.left = rows;
    const labels = rows.map(({ label }) => label);
    this.table = new ProvedTable(
      study,
      labels,
      scenarios.length,
      outColors(context),
      screenWidth(context.io),
    );
    this.grouped = new GroupedRows(this.table, (text) => this.say(text));
    if (flags.json) return;
    const { memory, budgetMs, jobs, state } = flags;
    printLabelled(
      context,
      [
        { label: 'command', text: context.command },
        { label: 'question', text: study.summary },
        {
          label: 'runs',
          text:
            `all executions of each row in ${count(scenarios.length, 'scenario')}, at most ` +
            `${budgetMs / 1000} s each; ${memory}, ${count(jobs, 'job')}; verdicts are kept in ${state}`,
        },
      ],
      screenWidth(context.io),
    );
    this.say(`\n${this.table.legend()}\n\n${this.table.header()}`);
    this.skipSenseless();
  }

  add(cell: DecidedCell): void {
    this.cells.push(cell);
    if (this.flags.json || this.cells.length < this.scenarios.length) return;
    this.grouped.add(cell.row, () => this.table.row(provedRow(cell.row, this.cells.splice(0))));
    this.left = this.left.slice(1);
    this.skipSenseless();
  }

  /** Those that nothing is looked at of stand where they come. */
  private skipSenseless(): void {
    for (let [row] = this.left; row?.senseless !== undefined; [row] = this.left) {
      this.grouped.add(row, () => '');
      this.left = this.left.slice(1);
    }
    if (this.left.length === 0) this.grouped.end();
  }

  private say(text: string): void {
    printLine(this.context.io.stdout, text);
  }
}

function printEnd(
  context: CliContext,
  study: Study,
  cells: readonly DecidedCell[],
  { state, out }: ExhaustiveFlags,
): void {
  const { io } = context;
  const width = screenWidth(io);
  const verdicts = cells.map(({ verdict }) => verdict);
  const kept = cells.filter(({ isKept }) => isKept).length;
  printLine(io.stdout, '\nrests on');
  printIndented(
    context,
    [
      `verdicts: ${count(verdicts.length, 'verdict')}, ${kept} of them kept by earlier runs in ${state}`,
      ...verifyRestsOn(verdicts),
    ],
    width,
  );
  const saved = cells.filter(({ verdict, isKept }) => verdict.finding !== null && !isKept).length;
  if (saved > 0)
    printLine(
      io.stdout,
      `\n${count(saved, 'witness', 'witnesses')} in ${visible(shellWord(out))}; "shootdown replay" runs one`,
    );
  printParagraphs(context, study.exhaustive?.answer(provedRows(cells)) ?? [], width);
}
