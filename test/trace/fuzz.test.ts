/**
 * Mutated recordings, plain and gzipped: each is either read, summarised and imported, or refused by a
 * TraceError of one line.
 */

import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importWindow } from '../../src/trace/import.js';
import { traceInfo } from '../../src/trace/info.js';
import { parseTrace } from '../../src/trace/parse.js';
import { textOf } from '../../src/trace/read-file.js';
import { renderTraceInfo } from '../../src/trace/render-info.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { GOLDEN } from './golden.js';
import { CARRIED } from './recordings.js';
import { xorshift } from './xorshift.js';

const CASES = 2_000;
const carried = gunzipSync(readFileSync(CARRIED)).toString('utf8').split('\n');
/** Without the line that counts the events, so that most mutants get past it. */
const SEEDS = [GOLDEN.replace(/^# entries.*\n/m, ''), GOLDEN, `${carried.slice(3252, 3372).join('\n')}\n`];

/** One to four random changes. */
function mutate(text: string, random: (bound: number) => number): Buffer {
  let bytes = Buffer.from(text);
  for (let changes = random(2) === 0 ? 1 : 1 + random(4); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    const length = random(40);
    switch (random(8)) {
      case 0: // Bytes anew.
        for (let i = at; i < Math.min(bytes.length, at + 1 + random(4)); i++) bytes[i] = random(256);
        break;
      case 1: // A piece out.
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 2: // A piece twice.
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 3: // Cut.
        bytes = bytes.subarray(0, at);
        break;
      case 4: {
        // Two lines change places.
        const lines = bytes.toString('latin1').split('\n');
        const [i, j] = [random(lines.length), random(lines.length)];
        [lines[i], lines[j]] = [lines[j] ?? '', lines[i] ?? ''];
        bytes = Buffer.from(lines.join('\n'), 'latin1');
        break;
      }
      case 5: {
        // A line out: events that belong together lose each other.
        const lines = bytes.toString('latin1').split('\n');
        lines.splice(random(lines.length), 1);
        bytes = Buffer.from(lines.join('\n'), 'latin1');
        break;
      }
      case 6: {
        // Another number.
        const numbers = [
          '0',
          '-1',
          '18446744073709551615',
          '0xffffffffffffffff',
          '4095',
          '0x',
          '9007199254740993',
          '1e9',
        ];
        bytes = Buffer.from(
          bytes
            .toString('latin1')
            .replace(/\b\d+\b/g, (number) =>
              random(60) === 0 ? (numbers[random(numbers.length)] ?? '') : number,
            ),
          'latin1',
        );
        break;
      }
      default: // Nonsense in between.
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(['\u0000', ' ', '=', '\n', '\u202e', '[000]', '#', '-1'][random(8)] ?? ''),
          bytes.subarray(at),
        ]);
    }
  }
  return bytes;
}

describe('mutated files', () => {
  it(`${CASES} of them neither crash nor hang`, () => {
    const random = xorshift(20_260);
    let read = 0;
    for (let i = 0; i < CASES; i++) {
      let bytes = mutate(SEEDS[i % SEEDS.length] ?? '', random);
      if (i % 10 === 0) {
        bytes = gzipSync(bytes);
        for (let flips = random(3); flips > 0; flips--) bytes[random(bytes.length)] = random(256);
        if (random(4) === 0) bytes = bytes.subarray(0, random(bytes.length));
      }
      try {
        const recording = parseTrace(textOf(bytes, 'f'), 'f');
        renderTraceInfo(traceInfo(recording));
        const end = recording.events.length;
        const first = end >> 2;
        importWindow(recording, {
          firstLine: recording.events[first]?.line ?? 1,
          lastLine: recording.lines,
          first,
          end,
        });
        read++;
      } catch (error) {
        if (!(error instanceof TraceError)) throw new Error(`case ${i}`, { cause: error });
        expect(error.message).toMatch(/^f(:\d+)?: [^\n]+; expected [^\n]+$/);
      }
    }
    // Not all may be refused: then nothing behind the parser would be tried.
    expect(read).toBeGreaterThan(CASES / 10);
  }, 60_000);
});
