/**
 * One line of the carried recording changed, so that the kernel would have decided otherwise: the check must
 * say so, at that line.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type CheckReport, checkRecording, KIND_WITHOUT_BAR } from '../../src/check/index.js';
import { parseTrace } from '../../src/trace/parse.js';
import { findVariant } from '../../src/variants/index.js';
import { CARRIED } from '../trace/recordings.js';

const LINES = gunzipSync(readFileSync(CARRIED))
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .slice(0, 6000);

const HEADER = (events: number): string =>
  `# entries-in-buffer/entries-written: ${events}/${events}   #P:4\n`;

function check(lines: readonly string[]): CheckReport {
  const version = findVariant('6.12.117');
  if (version === undefined) throw new Error('no profile');
  return checkRecording(
    parseTrace(`${HEADER(lines.length)}${lines.join('\n')}\n`, 'changed.trace'),
    version,
    null,
  );
}

/** Disagreements that count, as `line kind: kernel, model`, lines counted without the header. */
const told = (lines: readonly string[]): string[] =>
  check(lines)
    .disagreements.filter(({ kind }) => kind !== KIND_WITHOUT_BAR)
    .map(({ line, kind, kernel, model }) => `${line - 1} ${kind}: kernel ${kernel}, model ${model}`);

const cpuOf = (line: string): string => /\[(\d+)\]/.exec(line)?.[1] ?? '';

/** Index of the first line from `from` on that matches; the test fails when there is none. */
function find(pattern: RegExp, from: number, fits: (index: number) => boolean = () => true): number {
  const index = LINES.findIndex((line, at) => at >= from && pattern.test(line) && fits(at));
  expect(index, `${pattern}`).toBeGreaterThanOrEqual(0);
  return index;
}

const changed = (index: number, change: (line: string) => string): string[] =>
  LINES.map((line, at) => (at === index ? change(line) : line));

describe('a changed line', () => {
  it('nothing changed: agrees', () => {
    expect(told(LINES)).toEqual([]);
  });

  it('a request for a mask of CPUs above the 32 that a check has', () => {
    const at = find(/ native_flush_multi: .*mm=0xff/, 2000);
    const lines = changed(at, (line) =>
      line.replace(/cpus=0x([0-9a-f]+)/, (_, mask) => `cpus=0x1000${mask.padStart(8, '0')}`),
    );
    expect(told(lines).some((entry) => entry.startsWith(`${at + 1} cpus: kernel 0x1000`))).toBe(true);
  });

  it('an mm with another ctx_id that was not freed', () => {
    const at = find(/ flush_mm_range: /, 3000);
    const lines = changed(at, (line) => line.replace(/ ctx=(\d+)/, (_, ctx) => ` ctx=${Number(ctx) + 500}`));
    const answer = told(lines);
    expect(answer).toHaveLength(1);
    expect(answer[0]).toMatch(
      new RegExp(`^${at + 1} gen: kernel \\d+ of ctx \\d+, model \\d+ of ctx \\d+, which was not freed$`),
    );
  });

  it('an IPI to a CPU that has been idle since another request passed it over', () => {
    // The last of several requests in a row that do not disturb the CPU, with no line of its own between.
    const quiet = (at: number): boolean => {
      const target = /cpu=(\d+)/.exec(LINES[at - 1] ?? '')?.[1]?.padStart(3, '0');
      const asked = (line: string): boolean =>
        line.endsWith(`: (should_flush_tlb+0x4/0x60) cpu=${Number(target)}`);
      let before = at - 2;
      while (before > 0 && cpuOf(LINES[before] ?? '') !== target && !asked(LINES[before] ?? '')) before--;
      return (
        target !== undefined && asked(LINES[before] ?? '') && (LINES[before + 1] ?? '').endsWith('ret=0')
      );
    };
    const at = find(/ should_flush_ret: .*ret=0$/, 1000, quiet);
    const lines = changed(at, (line) => line.replace(/ret=0$/, 'ret=1'));
    expect(told(lines)).toContain(`${at + 1} should_flush: kernel yes, model no`);
  });

  it('a request that a CPU never served', () => {
    const nextOf = (from: number, pattern: RegExp, cpu: string): number =>
      LINES.findIndex((line, at) => at > from && cpuOf(line) === cpu && pattern.test(line));
    const initiatorOf = (at: number): string =>
      (/init=(\d+)/.exec(LINES[at] ?? '')?.[1] ?? '').padStart(3, '0');
    const returns = (at: number): number => nextOf(at, / flush_mm_range_ret: /, initiatorOf(at));
    // A flush that was due, on a CPU that stays in the mm until the initiator has returned.
    const at = find(/ d\.[hH].* flush_func: /, 1000, (index) => {
      const cpu = cpuOf(LINES[index] ?? '');
      const flush = nextOf(index, / /, cpu);
      return (
        / tlb_flush: pages:[1-9]\d* /.test(LINES[flush] ?? '') &&
        nextOf(index, / sched_switch: /, cpu) > returns(index)
      );
    });
    const cpu = cpuOf(LINES[at] ?? '');
    const flush = nextOf(at, / /, cpu);
    const answer = told(LINES.filter((_, index) => index !== at && index !== flush));
    expect(answer).toContainEqual(
      expect.stringMatching(`^${returns(at) - 1} no tlb_flush: kernel CPU ${Number(cpu)} did not flush`),
    );
  });
});
