/**
 * Cuts windows out of recordings at random places and checks each as a recording of its own: what it
 * disagrees about and the whole recording does not is a fault of the check, since nothing but the beginning
 * and the end is missing.
 *
 *     npx tsx bench/check/cut.ts [--each 20] [--seed 1] [--record] RECORDING.trace.gz...
 */
import { type CheckReport, checkRecording } from '../../src/check/index.js';
import type { Recording } from '../../src/trace/recording.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { generator } from './scramble.js';
import { subjectOf } from './subject.js';

/** Events of a window, in turn. */
const LENGTHS = [10, 30, 100, 300, 1030, 3000];

const given = argumentsOf({ each: 20, seed: 1 }, 'RECORDING.trace.gz...');
const { each, seed, isRecorded, positionals: files } = given;

type Place = CheckReport['disagreements'][number];
const key = ({ line, kind }: Place): string => `${line} ${kind}`;

/** The events of a recording from `from` on, `length` of them. */
const cut = (recording: Recording, from: number, length: number): Recording => ({
  ...recording,
  events: recording.events.slice(from, from + length),
});

let [windows, differing, lacking] = [0, 0, 0];
for (const [number, file] of files.entries()) {
  const subject = subjectOf(file);
  if (subject === null) continue;
  const { recording, version, log } = subject;
  const whole = new Set(checkRecording(recording, version, log).disagreements.map(key));
  const random = generator(seed * 1_009 + number);
  for (let round = 0; round < each; round++) {
    const length = LENGTHS[round % LENGTHS.length];
    const from = random(Math.max(1, recording.events.length - length));
    const part = cut(recording, from, length);
    // A window without the lines that a check stands on is refused.
    if (!part.events.some(({ kind }) => kind === 'flush_mm_range' || kind === 'switch_mm')) continue;
    windows++;
    const report = checkRecording(part, version, log);
    if (report.notCompared.length > 0) lacking++;
    const beyond = report.disagreements.filter((place) => !whole.has(key(place)));
    if (beyond.length === 0) continue;
    differing++;
    const [{ line, kind, kernel, model }] = beyond;
    const rest = beyond.length === 1 ? '' : ` (and ${beyond.length - 1} more)`;
    process.stdout.write(
      `${recording.name} events ${from}..${from + length}: line ${line} ${kind}: kernel ${kernel}, ` +
        `model ${model}${rest}\n`,
    );
  }
}
const result =
  `${differing} of ${windows} windows disagree beyond what the whole recordings do; ${lacking} seem to ` +
  'lack a probe';
console.log(result);
const command = `npx tsx bench/check/cut.ts --each ${each} --seed ${seed} RECORDING...`;
if (isRecorded)
  record({ what: 'windows of recordings that disagree where the whole does not', result, command });
