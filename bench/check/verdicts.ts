/**
 * Dumps what `trace check` says of all recordings, of parts of them, of changed ones and with features
 * switched off: one document a line, so that two versions of src/check can be compared with `cmp`.
 *
 *     npx tsx bench/check/verdicts.ts [--only 'part|changed'] OUT.jsonl RECORDING.trace.gz...
 *
 * `--only`: the documents whose name matches.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type CheckReport, checkRecording } from '../../src/check/index.js';
import { readBytes } from '../../src/trace/file-bytes.js';
import { parseTrace } from '../../src/trace/parse.js';
import { textOf } from '../../src/trace/read-file.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { findVariant } from '../../src/variants/index.js';
import { argumentsOf } from '../arguments.js';
import { generator, scramble } from './scramble.js';
import { type Subject, subjectOf } from './subject.js';

const PARTS = 24;
const CHANGED = 60;
const OFF = ['genEarlyOut', 'skipLazy', 'strictSlotTest'];

const { only, positionals } = argumentsOf({ only: '' }, 'OUT.jsonl RECORDING.trace.gz...');
const [out, ...files] = positionals;
const target = openSync(out, 'w');
const wanted = new RegExp(only);

/** Writes the document that `check` gives, or the line that refuses the recording. */
function dump(name: string, check: () => CheckReport): void {
  if (!wanted.test(name)) return;
  let document: unknown;
  try {
    const { file: _, ...report } = check();
    document = report;
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    document = { refused: error.message.replaceAll(/\S*\//g, '') };
  }
  writeSync(target, `${JSON.stringify({ name, document })}\n`);
}

files.forEach((file, number) => {
  const name = file.replace(/.*\//, '');
  let subject: Subject | null;
  try {
    subject = subjectOf(file);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return;
  }
  if (subject === null) return;
  const { recording, version, log } = subject;
  dump(name, () => checkRecording(recording, version, log));
  const without = findVariant(`${version.name}~${OFF[number % OFF.length]}`);
  if (without !== undefined) dump(`${name} ${without.name}`, () => checkRecording(recording, without, log));
  const lines = textOf(readBytes(file), file)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const random = generator(number + 1);
  for (let part = 0; part < PARTS; part++) {
    const from = random(lines.length - 20);
    const text = lines.slice(from, from + [40, 200, 1000, 3000][part % 4]).join('\n');
    dump(`${name} part ${part}`, () => checkRecording(parseTrace(`${text}\n`, name), version, log));
  }
  for (let changed = 0; changed < CHANGED; changed++) {
    const text = scramble(lines, random);
    dump(`${name} changed ${changed}`, () => checkRecording(parseTrace(text, name), version, null));
  }
});
closeSync(target);
