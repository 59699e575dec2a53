/** What merged stress runs are of, and what ran where. */

import type { StressBlob } from '../../../merge/stress/blob.js';
import { visible } from '../../../report/escape.js';
import type { StressPlace } from '../../../report/json-documents.js';
import { type Column, renderTable } from '../../../report/table.js';
import { count, groupDigits } from '../../../report/text-columns.js';
import type { LabelledLine } from '../../../report/witness-words.js';
import { type CliContext, outColors, screenWidth } from '../../command-context.js';
import { printLine } from '../../io.js';
import { computerWords } from '../stress/stress-page.js';

/** Seeds and computers that are named; there may be thousands. */
const SHOWN_MAX = 8;

export function aboutMerged({ stress, parts }: StressBlob): LabelledLine[] {
  const { targets, memory } = stress;
  const names = [...new Set(targets.map(({ variant }) => variant))];
  const asked = parts.reduce((sum, { forMs }) => sum + forMs, 0) / 1000;
  const runs = `${count(parts.length, 'run')} of ${Number(asked.toFixed(3))} s in all`;
  const seeds = [...new Set(parts.map(({ seed }) => String(seed)))];
  const computers = [...new Set(parts.map(({ selfTest }) => computerWords(selfTest)))];
  return [
    {
      label: 'stress',
      text:
        `${few(names).join(', ')}, ${whereWords(stress)}, ${runs}, ` +
        `${seeds.length === 1 ? 'seed' : 'seeds'} ${few(seeds).join(', ')}, ${memory}`,
    },
    ...few(computers).map((text, index) => ({ label: index === 0 ? 'computer' : '', text })),
  ];
}

function whereWords({ targets }: StressBlob['stress']): string {
  const [{ program, scenario, cpus }, ...others] = targets;
  if (others.length === 0) return `${program ? '' : `${scenario} `}on ${count(cpus, 'CPU')}`;
  return program ? 'in turn' : `${targets.length} scenarios in turn`;
}

function few(texts: readonly string[]): string[] {
  const more = texts.length - SHOWN_MAX;
  return more > 0 ? [...texts.slice(0, SHOWN_MAX), `and ${more} more`] : [...texts];
}

const right = (title: string): Column => ({ title, align: 'right' });

/** A row for each scenario or program, where there are several. */
export function printPlaces(context: CliContext, places: readonly StressPlace[]): void {
  if (places.length < 2) return;
  const ofPrograms = places[0].rounds !== undefined;
  const columns = [
    { title: ofPrograms ? 'PROGRAM' : 'SCENARIO', widthMax: 40 },
    ...['CPUS', 'RUNS', 'SECONDS', ofPrograms ? 'ROUNDS' : 'SHOOTDOWNS', 'VIOLATIONS', 'HANGS'].map(right),
  ];
  const rows = places.map(({ variant, scenario, cpus, runs, seconds, shootdowns, rounds, ...seen }) => [
    visible(ofPrograms ? variant : scenario),
    ...[cpus, runs].map(String),
    seconds.toFixed(2),
    ...[rounds ?? shootdowns, seen.violations, seen.hangs].map(groupDigits),
  ]);
  const settings = { colors: outColors(context), width: screenWidth(context.io) };
  printLine(context.io.stdout, `\n${renderTable(columns, rows, settings)}`);
}
