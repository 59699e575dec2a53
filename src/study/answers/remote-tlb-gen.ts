import type { CounterName } from '../../oracles/counters.js';
import { groupDigits } from '../../report/layout.js';
import { isPermanent } from '../columns/lost-flush.js';
import type { RowResult } from '../study.js';
import { grouped, isClean, isHarmed, isLatent, listed, rate } from './words.js';

/** The answer to the study's question, made of its rows alone. */
export function remoteTlbGenAnswer(results: readonly RowResult[]): string[] {
  const ran = results.filter(({ verdict }) => verdict !== null);
  const rules = [...grouped(ran, ({ row }) => row.label)].filter(([, rows]) => rows.some(({ row }) => row.baseline !== null));
  return [...verdicts(rules), ...savings(ran, rules), ...lostFlushes(ran)];
}

type Rules = readonly (readonly [rule: string, rows: readonly RowResult[]])[];

function verdicts(rules: Rules): string[] {
  const everywhere = rules.filter(([, rows]) => rows.every(isHarmed)).map(([rule]) => rule);
  const somewhere = rules.filter(([, rows]) => rows.some(isHarmed) && !rows.every(isHarmed));
  const latent = rules.filter(([, rows]) => !rows.some(isHarmed) && rows.some(isLatent));
  const clean = rules.filter(([, rows]) => rows.every(isClean));
  const lines: string[] = [];
  if (clean.length > 0) {
    const least = Math.min(...clean.flatMap(([, rows]) => rows.map(({ verdict }) => verdict?.executions ?? 0)));
    const names = listed(clean.map(([rule]) => rule));
    lines.push(
      `No witness, on any backend it was run on: ${names}; each in at least ${groupDigits(least)} executions per backend: a sample, not a proof.`,
    );
  }
  if (latent.length > 0) {
    const parts = latent.map(([rule, rows]) => `${rule} (${listed(rows.filter(isLatent).map(({ row }) => row.group))})`);
    lines.push(`Slots that claim too much, but no harm from it: ${listed(parts)}.`);
  }
  if (everywhere.length > 0) lines.push(`Unsafe on every backend it was run on: ${listed(everywhere)}.`);
  if (somewhere.length > 0) {
    const parts = somewhere.map(([rule, rows]) => {
      const [harmed, not] = [rows.filter(isHarmed), rows.filter((row) => !isHarmed(row))];
      return `${rule} on ${listed(harmed.map(({ row }) => row.group))} (no witness on ${listed(not.map(({ row }) => row.group))})`;
    });
    lines.push(`Unsafe, with a witness on some backends: ${parts.join('; ')}.`);
  }
  return lines;
}

const perThousand =
  (name: CounterName) =>
  ({ counts }: RowResult): number =>
    counts === null ? 0 : rate(counts[name], counts.operations);
const needless = perThousand('needlessSwitchFlushes');
const degraded = perThousand('degradedFlushes');
const atSwitch = perThousand('switchFlushes');

/** How many of those that save most are named. */
const BEST = 4;

/** What rules without any harm save, per backend, the best first. A rule that only has other flushes at switches instead saves nothing. */
function savings(ran: readonly RowResult[], rules: Rules): string[] {
  const harmless = new Set(rules.filter(([, rows]) => !rows.some(isHarmed)).map(([rule]) => rule));
  return [...grouped(ran, ({ row }) => row.group)].flatMap(([group, rows]) => {
    const base = rows.find(({ row }) => row.baseline === null);
    if (base === undefined || base.counts === null) return [];
    const better = rows
      .filter(({ row, counts }) => row.baseline !== null && counts !== null && harmless.has(row.label))
      .filter((result) => needless(result) < needless(base) && atSwitch(result) < atSwitch(base))
      .sort((a, b) => needless(a) - needless(b))
      .slice(0, BEST);
    const saved = (of: (result: RowResult) => number, result: RowResult): string => `${Math.round(100 * (1 - of(result) / of(base)))} %`;
    const parts = better.map((result) => {
      const ranges = degraded(base) === 0 ? '' : ` (ranges made full: ${degraded(base).toFixed(1)} to ${degraded(result).toFixed(1)})`;
      return `${result.row.label} saves ${saved(needless, result)}${ranges}`;
    });
    const what = `On ${group} v0 has ${needless(base).toFixed(1)} needless flushes at switches per thousand operations`;
    return [`${what}; ${parts.length === 0 ? 'no rule without a witness has fewer' : parts.join(', ')}.`];
  });
}

function lostFlushes(ran: readonly RowResult[]): string[] {
  const named = (permanent: boolean): string[] => ran.filter((result) => isPermanent(result) === permanent).map(({ row }) => row.label);
  const [kept, healed] = [named(true), named(false)];
  if (kept.length === 0 && healed.length === 0) return [];
  return [
    `On a host that loses a flush request (B27) a lost flush was seen to become permanent under ${listed(kept)}; under ${listed(healed)} the next switch healed every one that was seen.`,
  ];
}
