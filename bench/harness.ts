import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../src/findings/atomic-file.js';
import { pad } from '../src/report/text-columns.js';

/**
 * What benches share: sides in turn, tables, and the row of bench/RESULTS.md that each can write. Their
 * arguments: arguments.ts; medians: statistics.ts; what lasts long and goes on after a stop: kept.ts.
 */

/** Prints rows in columns: the first to the left, the others, figures, to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row.map((cell, column) => pad(cell, widths[column], column === 0 ? 'left' : 'right')).join('  '),
    );
}

/**
 * Measures each side once a round, and each is first in turn: what else the computer does meets all of them
 * alike. Answers what each round gave, by side.
 */
export async function alternate<Name extends string>(
  rounds: number,
  sides: Readonly<Record<Name, (round: number) => number | Promise<number>>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(sides) as Name[];
  const seen = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length];
      seen[name].push(await sides[name](round));
    }
  return seen;
}

/** A figure of RESULTS.md. `what` names it: a later one takes its place. */
export interface Figure {
  readonly what: string;
  readonly result: string;
  /** The command that measures it. */
  readonly command: string;
}

const RESULTS = fileURLToPath(new URL('RESULTS.md', import.meta.url));

/** Writes the figure's row, with date, machine and commit. */
export function record(figure: Figure, file = RESULTS): void {
  replaceFile(file, withRow(readFileSync(file, 'utf8'), figure, circumstances()));
}

interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly commit: string;
}

function circumstances(): Circumstances {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    }).trim();
  const isDirty = git('status', '--porcelain', '--untracked-files=no') !== '';
  const [{ model }] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} x ${model.trim()}, Node ${process.versions.node}`,
    commit: `${git('rev-parse', '--short', 'HEAD')}${isDirty ? ' and changes' : ''}`,
  };
}

/**
 * The text with the row in the place of the one of that name, or at the end of the table. Throws where there
 * is no table.
 */
export function withRow(
  text: string,
  { what, result, command }: Figure,
  { date, machine, commit }: Circumstances,
): string {
  const cell = (words: string): string => words.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const row = `| ${[what, result, `\`${command}\``, date, machine, commit].map(cell).join(' | ')} |`;
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith('| what | result |'));
  if (head < 0)
    throw new Error('RESULTS.md has no table "| what | result | command | date | machine | commit |"');
  let end = head + 2;
  while (lines[end]?.startsWith('|')) end++;
  const same = lines.findIndex(
    (line, index) => index > head && index < end && line.startsWith(`| ${cell(what)} | `),
  );
  return (same < 0 ? lines.toSpliced(end, 0, row) : lines.with(same, row)).join('\n');
}
