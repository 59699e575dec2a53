import type { ResultRow, ResultsDocument, RowStatus } from '../../src/report/page/document.js';
import { ChartView } from './chart-view.jsx';
import { chartsOf } from './charts.js';
import { digits } from './format.js';
import type { Place } from './place.js';

/** The table of verdicts. */

interface Column {
  readonly key: string;
  readonly title: string;
  readonly isNumber?: true;
  readonly value: (row: ResultRow) => string | number | null;
  readonly text?: (row: ResultRow) => string;
}

const COLUMNS: readonly Column[] = [
  { key: 'subject', title: 'Subject', value: ({ subject }) => subject },
  { key: 'verdict', title: 'Verdict', value: ({ verdict }) => verdict },
  { key: 'scenario', title: 'Scenario', value: ({ scenario }) => scenario },
  { key: 'executions', title: 'Executions', isNumber: true, value: ({ executions }) => executions },
  { key: 'states', title: 'States', isNumber: true, value: ({ states }) => states },
  { key: 'steps', title: 'Steps', isNumber: true, value: ({ steps }) => steps },
  {
    key: 'seconds',
    title: 'Seconds',
    isNumber: true,
    value: ({ seconds }) => seconds,
    text: ({ seconds }) => seconds?.toFixed(1) ?? '',
  },
  { key: 'memory', title: 'Memory', value: ({ memory }) => memory },
];

/** Columns of the counts that rows have. */
function countColumns(rows: readonly ResultRow[]): Column[] {
  const names = [...new Set(rows.flatMap(({ counts = {} }) => Object.keys(counts)))];
  return names.map((name) => ({
    ...{ key: `counts.${name}`, title: `${name[0].toUpperCase()}${name.slice(1)}`, isNumber: true },
    value: ({ counts }) => counts?.[name] ?? null,
  }));
}

/** Whether rows are kinds of decisions of recordings. */
const isCheck = (rows: readonly ResultRow[]): boolean => rows.some(({ counts }) => counts !== undefined);
const TITLES_OF_CHECK: Readonly<Record<string, string>> = { subject: 'Kind', scenario: 'Recording' };
const STATUSES_OF_CHECK: Readonly<Partial<Record<RowStatus, string>>> = {
  violation: 'disagrees',
  known: 'not judged',
  none: 'agrees',
  open: 'learnt only',
};

const STATUSES: Readonly<Record<RowStatus, string>> = {
  violation: 'violation',
  known: 'known only',
  none: 'none met',
  proved: 'none in any execution',
  open: 'open',
};

interface Props {
  readonly results: ResultsDocument;
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
}

export function Verdicts({ results, place, go }: Props) {
  const { rows } = results;
  const named = COLUMNS.map((column) =>
    isCheck(rows) ? { ...column, title: TITLES_OF_CHECK[column.key] ?? column.title } : column,
  );
  const columns = [...named, ...countColumns(rows)].filter(({ value }) =>
    rows.some((row) => (value(row) ?? '') !== ''),
  );
  const shown = chosen(rows, place, columns);
  return (
    <main class="verdicts">
      <h1>{results.headline ?? headline(rows)}</h1>
      <dl class="settings">
        {results.settings.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        {results.interrupted && <div class="warn">interrupted</div>}
      </dl>
      <Filters {...{ rows, place, go }} shown={shown.length} />
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <Heading key={column.key} column={column} place={place} go={go} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={rows.indexOf(row)} row={row} columns={columns} go={go} />
            ))}
          </tbody>
        </table>
      </div>
      <div class="charts">
        {chartsOf(results).map((chart) => (
          <ChartView key={chart.title} chart={chart} go={go} />
        ))}
      </div>
      {results.grounds.map(({ title, lines }) => (
        <details key={title} class="grounds">
          <summary>{title}</summary>
          <ul>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      ))}
    </main>
  );
}

interface FiltersProps extends Omit<Props, 'results'> {
  readonly rows: readonly ResultRow[];
  /** How many rows are shown. */
  readonly shown: number;
}

function Filters({ rows, place, go, shown }: FiltersProps) {
  return (
    <div class="filters">
      <input
        type="search"
        aria-label="filter rows"
        placeholder="filter"
        value={place.filter}
        onInput={(event) => go({ filter: event.currentTarget.value })}
      />
      <select
        aria-label="status"
        value={place.status}
        onChange={(event) => go({ status: event.currentTarget.value })}
      >
        <option value="">all verdicts</option>
        {(Object.keys(STATUSES) as RowStatus[])
          .filter((status) => rows.some((row) => row.status === status))
          .map((status) => (
            <option key={status} value={status}>
              {(isCheck(rows) ? STATUSES_OF_CHECK[status] : undefined) ?? STATUSES[status]}
            </option>
          ))}
      </select>
      <span role="status">
        {shown} of {rows.length}
      </span>
    </div>
  );
}

function Heading({ column, place, go }: { column: Column } & Omit<Props, 'results'>) {
  const { sorted } = place;
  const isSorted = sorted?.column === column.key;
  const isDescending = isSorted && sorted.isDescending;
  return (
    <th
      scope="col"
      class={column.isNumber ? 'number' : ''}
      aria-sort={!isSorted ? 'none' : isDescending ? 'descending' : 'ascending'}
    >
      <button
        type="button"
        onClick={() => go({ sorted: { column: column.key, isDescending: isSorted && !isDescending } })}
      >
        {column.title}
        <span aria-hidden="true">{!isSorted ? ' ' : isDescending ? '▾' : '▴'}</span>
      </button>
    </th>
  );
}

function Row({ row, columns, go }: { row: ResultRow; columns: readonly Column[]; go: Props['go'] }) {
  const { witness, message, remarks } = row;
  const said = [...(message === null ? [] : [message]), ...remarks];
  return (
    <>
      <tr class={said.length > 0 ? 'has-words' : ''}>
        {columns.map(({ key, isNumber, value, text }) => (
          <td key={key} class={isNumber ? 'number' : ''}>
            {key === 'verdict' ? (
              <span class={`badge ${row.status}`}>{row.verdict}</span>
            ) : key === 'subject' && witness !== null ? (
              <a
                href={`#witness=${witness}`}
                onClick={(event) => {
                  event.preventDefault();
                  go({ witness, step: null });
                }}
              >
                {row.subject}
              </a>
            ) : (
              (text?.(row) ?? shownValue(value(row)))
            )}
          </td>
        ))}
      </tr>
      {said.length > 0 && (
        <tr class="words">
          <td colSpan={columns.length}>
            {said.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

function shownValue(value: string | number | null): string {
  return value === null ? '' : typeof value === 'number' ? digits(value) : value;
}

function headline(rows: readonly ResultRow[]): string {
  const violated = rows.filter(({ status }) => status === 'violation').length;
  const subjects = rows.length === 1 ? '1 subject' : `${digits(rows.length)} subjects`;
  if (violated === 0) return `No new violation in ${subjects}`;
  return `${violated} of ${subjects} with a violation`;
}

/** The rows that the reader wants, in the order that they want. */
export function chosen(
  rows: readonly ResultRow[],
  { filter, status, sorted }: Pick<Place, 'filter' | 'status' | 'sorted'>,
  columns: readonly Column[] = COLUMNS,
): ResultRow[] {
  const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    if (status !== '' && row.status !== status) return false;
    const text = [row.subject, row.scenario, row.verdict, row.message ?? '', ...row.remarks].join(' ');
    return wanted.every((word) => text.toLowerCase().includes(word));
  });
  const column = columns.find(({ key }) => key === sorted?.column);
  if (column === undefined || sorted === null) return found;
  const direction = sorted.isDescending ? -1 : 1;
  return found.sort((a, b) => direction * compared(column.value(a), column.value(b)));
}

/** What has no value comes first. */
function compared(a: string | number | null, b: string | number | null): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''), undefined, { numeric: true });
}
