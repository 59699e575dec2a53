import { strategies as allStrategies } from '../explore/strategies/index.js';
import { type StudyDocument, studyDocument } from '../report/json-documents.js';
import { InputError } from '../vocabulary/errors.js';
import type { Finding } from '../vocabulary/finding.js';
import { VERSION } from '../vocabulary/version.js';
import { amountOf } from './amount.js';
import { studies } from './index.js';
import { spreadOver } from './per-scenario.js';
import { onPool, type RunOptions } from './run-options.js';
import { runStudy } from './run-study.js';
import { shippedProofs } from './shipped/shipped-proofs.js';
import type { ColumnValue, StudyRow } from './study.js';
import { studyReport } from './study-report.js';

/** What a study is asked to do; everything may be left out. */
export interface StudyOptions extends RunOptions {
  /** Variants of the rows to run, with those that they are compared with. Default: all rows. */
  readonly variants?: readonly string[];
  /** Wall time in milliseconds for all rows. Default: none where `executions` is given, else as planned. */
  readonly budgetMs?: number;
}

/** The document that `study --json` prints, and the witnesses of its rows. */
export interface StudyResult extends StudyDocument<ColumnValue> {
  readonly findings: readonly Finding[];
}

/**
 * Runs a study (`remote-tlb-gen`, `concurrent-flush`, `lazy`) and answers its table as `study --json` prints
 * it. The same request has the same answer, but for times, wherever no time limit ends it.
 *
 *     const { rows, answer } = await study('remote-tlb-gen', { variants: ['kvm/v7'], executions: 500 });
 *
 * Throws InputError for a study or a row that there is not.
 */
export async function study(name: string, options: StudyOptions = {}): Promise<StudyResult> {
  const found = studies.find((known) => known.name === name);
  if (found === undefined)
    throw new InputError(
      `there is no study "${name}"`,
      `there are ${studies.map((one) => one.name).join(', ')}`,
    );
  const {
    variants,
    executions,
    count,
    budgetMs,
    signal = new AbortController().signal,
    memory = 'tso',
    seed = 1,
  } = options;
  const asked = spreadOver(found, options.scenarios ?? found.scenarios);
  const rows = variants === undefined ? asked.rows : chosenRows(asked.rows, variants);
  const findings: Finding[] = [];
  return onPool(options.pool, async (pool) => {
    const { results, interrupted } = await runStudy(
      {
        ...{ study: asked, rows, scenarios: options.scenarios ?? asked.scenarios, memory, seed, signal },
        strategies: allStrategies.map((strategy) => strategy.name),
        ...amountOf(asked.plan, { executions, count, budgetMs, isWhole: rows.length === asked.rows.length }),
        shipped: shippedProofs(asked, memory) ?? undefined,
        onProgress: () => undefined,
        keep: (finding) => {
          findings.push(finding);
          return null;
        },
        onRow: () => undefined,
      },
      pool,
    );
    return { ...studyDocument(VERSION, studyReport(asked, results, [], interrupted)), findings };
  });
}

/** The rows of these variants, and what they are compared with. */
function chosenRows(rows: readonly StudyRow[], variants: readonly string[]): StudyRow[] {
  for (const name of variants)
    if (!rows.some(({ variant }) => variant === name))
      throw new InputError(`the study has no row "${name}"`, 'name variants of its rows');
  const chosen = rows.filter(({ variant }) => variants.includes(variant));
  return rows.filter(
    (row) =>
      chosen.includes(row) ||
      chosen.some(({ group, baseline }) => row.group === group && row.variant === baseline),
  );
}
