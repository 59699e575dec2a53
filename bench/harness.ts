import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { replaceFile } from '../src/findings/atomic-file.js';

/**
 * What benches share: arguments, sides in turn, medians, and the row of bench/RESULTS.md that each can write.
 */

/**
 * Numbers from the command line, `--name N`, by name with their defaults; `isRecorded` where `--record` asks
 * for a row of RESULTS.md. Throws for an argument that is none.
 */
export function numbersFrom<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  argv = process.argv.slice(2),
): Readonly<Record<Name, number>> & {
  readonly isRecorded: boolean;
  readonly positionals: readonly string[];
} {
  const names = Object.keys(defaults) as Name[];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: 'string' as const, default: String(defaults[name]) }]),
  );
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { ...options, record: { type: 'boolean' as const, default: false } },
  });
  const texts: Readonly<Record<string, unknown>> = values;
  const given = names.map((name) => [name, Number(texts[name])] as const);
  for (const [name, value] of given) if (!(value > 0)) throw new Error(`--${name} needs a number above 0`);
  return {
    ...(Object.fromEntries(given) as Record<Name, number>),
    isRecorded: values.record === true,
    positionals,
  };
}

/** One value at a quantile of others, which need not be sorted; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

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

/** The quotients of two sides' rounds. */
export function ratiosOf(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, round) => value / under[round]);
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
