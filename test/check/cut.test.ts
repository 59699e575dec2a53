/**
 * Recordings of which only a part is there, and recordings with more in them: what the check says of the
 * lines that it knows must not depend on where somebody cut the file, nor on what else was traced.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type CheckReport, checkRecording, KIND_WITHOUT_BAR } from '../../src/check/index.js';
import { parseTrace } from '../../src/trace/parse.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { findVariant } from '../../src/variants/index.js';
import { CARRIED, NEW_RECORDINGS, RECORDINGS } from '../trace/recordings.js';
import { xorshift } from '../trace/xorshift.js';

const textOf = (path: string): string[] =>
  gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

function check(lines: readonly string[], profile = '6.12.117'): CheckReport {
  const version = findVariant(profile);
  if (version === undefined) throw new Error(`no profile ${profile}`);
  return checkRecording(parseTrace(`${lines.join('\n')}\n`, 'part.trace'), version, null);
}

const barred = (report: CheckReport) => report.disagreements.filter(({ kind }) => kind !== KIND_WITHOUT_BAR);

/** Disagreements over windows at random places, and how many windows have any. */
function windows(
  lines: readonly string[],
  profile: string,
  count: number,
): { checked: number; disagreeing: number } {
  const random = xorshift(11);
  let checked = 0;
  let disagreeing = 0;
  for (let round = 0; round < count; round++) {
    const from = random(lines.length - 20);
    const length = [10, 40, 200, 1000][random(4)] + random(30);
    try {
      if (barred(check(lines.slice(from, from + length), profile)).length > 0) disagreeing++;
      checked++;
    } catch (error) {
      // Too short to hold a request or a switch.
      if (!(error instanceof TraceError)) throw error;
    }
  }
  return { checked, disagreeing };
}

describe('a part of a recording', () => {
  const carried = textOf(CARRIED);

  it('agrees wherever it begins and ends', { timeout: 60_000 }, () => {
    const { checked, disagreeing } = windows(carried, '6.12.117', 120);
    expect(checked).toBeGreaterThan(90);
    expect(disagreeing).toBeLessThanOrEqual(2);
  });

  it.skipIf(RECORDINGS.length === 0)('of other workloads, too', { timeout: 120_000 }, () => {
    for (const [name, profile] of [
      ['native4-w4', '6.1.192'],
      ['k612native4-w5', '6.12.117'],
      ['native4-w7', '6.1.192'],
    ]) {
      const path = RECORDINGS.find((recording) => recording.endsWith(`/${name}.trace.gz`));
      if (path === undefined) throw new Error(`${name} is not among the recordings`);
      expect(windows(textOf(path), profile, 60).disagreeing, name).toBeLessThanOrEqual(1);
    }
  });

  it.skipIf(RECORDINGS.length === 0).each([
    ['an mm that masks named before its CPU was seen to switch', 'native4oc-w4', '6.1.192', 7390, 222],
    ['a slot that was never seen and is handed out', 'native4oc-w4', '6.1.192', 16300, 1028],
    ['an idle task that is on its way out', 'k612native4-w3', '6.12.117', 634, 63],
  ] as const)('is taken for what it can show: %s', (_, name, profile, from, length) => {
    const path = RECORDINGS.find((recording) => recording.endsWith(`/${name}.trace.gz`));
    if (path === undefined) throw new Error(`${name} is not among the recordings`);
    expect(barred(check(textOf(path).slice(from, from + length), profile))).toEqual([]);
  });

  it.skipIf(NEW_RECORDINGS.length === 0).each([
    ['batches of an mm that no line has shown', 'k618native4-w7', '6.18.15', 3227, 100],
    ['a CPU whose mm is not known, and that serves batches', 'k618native4-w7', '6.18.15', 12610, 3000],
    ['a lazy CPU that leaves an mm for init_mm', 'k618native4-w7', '6.18.15', 24700, 1030],
    ['requests from before the file that one flush serves', 'k618bcast8-w2', '6.18.15', 1264, 100],
    ['reason 5 on a CPU that is lazy with another mm', 'k618bcast8-w8', '6.18.15', 8261, 3000],
    ['an idle CPU that has init_mm, as a batch shows', 'k616native4-w7', '6.16.3', 5850, 100],
    ['a PV flush that began before the file', 'k618pv4-w3', '6.18.15', 12184, 30],
    ['an mm that a lazy CPU has left', 'k618bcast8-w8', '6.18.15/invlpgb', 9240, 3000],
    ['an mm that an idle CPU has left', 'k618bcast8-w8', '6.18.15/invlpgb', 10_378, 300],
    ['a slot that was handed on before it was seen', 'k618bcast4-w8', '6.18.15/invlpgb', 18_074, 260],
    ['a switch that the file ends in', 'k612native4-w5', '6.12.117', 17721, 37],
    ['a send that began before the file', 'k612native4-w5', '6.12.117', 23548, 1014],
  ] as const)('does not take for known what it does not show: %s', (_, name, profile, from, length) => {
    const path = [...RECORDINGS, ...NEW_RECORDINGS].find((recording) =>
      recording.endsWith(`/${name}.trace.gz`),
    );
    if (path === undefined) throw new Error(`${name} is not among the recordings`);
    expect(barred(check(textOf(path).slice(from, from + length), profile))).toEqual([]);
  });

  it('between a switch and its CR3 write has nothing to decide from', () => {
    const first = carried.findIndex((line) => line.includes(': write_cr3_'));
    const cpu = /\[\d+\]/.exec(carried[first] ?? '')?.[0] ?? '';
    const report = check(carried.slice(first, first + 2000));
    expect(report.races.concat(report.disagreements).some(({ line }) => line === 1)).toBe(false);
    expect(report.kinds.pcid.learnt).toBeGreaterThanOrEqual(1);

    const end = carried.findIndex(
      (line, index) => index > first + 500 && line.includes(cpu) && line.includes(': write_cr3_'),
    );
    expect(barred(check(carried.slice(first, end)))).toEqual([]);
  });

  it('has the CPUs of its masks, those included that wrote no line', () => {
    const silent = carried.slice(0, 3000).filter((line) => !line.includes('[003]'));
    const { kinds } = check(silent);
    expect(kinds.cpus.disagreed).toBe(0);
  });
});

describe('a recording with other events', () => {
  const HEAD = /^.{1,60}?\[\d+\] \S+ +\d+\.\d+: /;

  it('gets the same answer', () => {
    const lines = textOf(CARRIED).slice(0, 4000);
    const more = lines.flatMap((line) => [line, `${HEAD.exec(line)?.[0]}write_msr: 49, value 1`]);
    const plain = check(lines);
    const report = check(more);
    expect(report.kinds).toEqual(plain.kinds);
    expect(report.disagreements).toEqual(
      plain.disagreements.map((entry) => ({ ...entry, line: entry.line * 2 - 1 })),
    );
  });
});
