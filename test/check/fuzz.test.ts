/**
 * Mutated recordings: lines dropped, doubled, swapped, with other CPUs, tasks, flags and values. Each is
 * checked to its end with every line accounted for, or refused by a TraceError of one line.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkRecording, type Kind } from '../../src/check/index.js';
import { parseTrace } from '../../src/trace/parse.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { findVariant } from '../../src/variants/index.js';
import { CARRIED } from '../trace/recordings.js';
import { xorshift } from '../trace/xorshift.js';
import { linesOf } from './lines.js';

const CASES = Number(process.env.FUZZ_CASES ?? 5_000);
const carried = gunzipSync(readFileSync(CARRIED))
  .toString('utf8')
  .split('\n')
  .filter((line) => !line.startsWith('#'));

const STAMP = /^(.{1,60}?\[)(\d+)(\] )(\S+)( +)(\d+\.\d{6})(: .*)$/;

/** Puts the times of `lines` in order again, so that the mutant is one that the parser takes. */
function restamp(lines: readonly string[]): string {
  return lines
    .map((line, index) =>
      line.replace(
        STAMP,
        (_, a, cpu, b, flags, c, _time, rest) =>
          `${a}${cpu}${b}${flags}${c}1.${String(index).padStart(6, '0')}${rest}`,
      ),
    )
    .join('\n');
}

function mutate(random: (bound: number) => number): string {
  const from = random(carried.length - 200);
  const lines = carried.slice(from, from + 30 + random(90));
  for (let changes = 1 + random(6); changes > 0; changes--) {
    const at = random(lines.length);
    const line = lines[at] ?? '';
    switch (random(7)) {
      case 0:
        lines.splice(at, 1 + random(3));
        break;
      case 1:
        lines.splice(at, 0, line);
        break;
      case 2:
        lines.splice(at, 1, lines[random(lines.length)] ?? line);
        break;
      case 3: // Another CPU.
        lines[at] = line.replace(/\[\d+\]/, `[00${random(6)}]`);
        break;
      case 4: // Another small number somewhere.
        lines[at] = line.replace(/=(\d{1,3})\b/, () => `=${random(300)}`);
        break;
      case 5: // Another mask, pointer, PCID.
        lines[at] = line.replace(
          /=0x[0-9a-f]+/,
          () => ['=0x0', '=0xffffffffffffffff', '=0x3', `=0x${random(4096).toString(16)}`][random(4)] ?? '',
        );
        break;
      default: // In or out of an interrupt.
        lines[at] = line.replace(/ d\.\.2\. /, ' d.h2. ').replace(/ \.\.\.1\. /, ' d.h1. ');
    }
    if (lines.length === 0) lines.push(line);
  }
  return `${restamp(lines)}\n`;
}

describe('mutated recordings', () => {
  it(`are checked or refused: ${CASES} of them`, { timeout: 300_000 }, () => {
    const random = xorshift(20_260_104);
    const version = findVariant('6.12.117');
    if (version === undefined) throw new Error('no profile');
    let checked = 0;
    for (let round = 0; round < CASES; round++) {
      const text = mutate(random);
      try {
        const recording = parseTrace(text, 'mutant.trace');
        const report = checkRecording(recording, version, null);
        checked++;
        // A PCID that no slot has is an mm's global ASID: its lines are in no kind.
        if (Object.keys(report.notModelled).length > 0) continue;
        for (const [kind, number] of Object.entries(linesOf(recording.events))) {
          // A doubled kvm_flush_multi has no native_flush_multi of its own.
          if (kind === 'cpus' || kind === 'pv dropped') continue;
          if (report.notCompared.some((left) => left.kind === kind)) continue;
          const { agreed, raced, disagreed, learnt } = report.kinds[kind as Kind];
          expect(agreed + raced + disagreed + learnt, `${kind} in\n${text}`).toBe(number);
        }
      } catch (error) {
        if (!(error instanceof TraceError))
          throw new Error(`round ${round}: ${(error as Error).stack}\n${text}`);
        expect(error.message).not.toContain('\n');
      }
    }
    expect(checked).toBeGreaterThan(CASES / 2);
  });
});
