import { basename } from 'node:path';
import { checkRecording } from '../../src/check/index.js';
import { createEngine } from '../../src/cli/engine.js';
import { readTree } from '../../src/csource/tree.js';
import { argumentsOf } from '../arguments.js';
import { printTable, record } from '../harness.js';
import { Kept, type KeptLine } from '../kept.js';
import { subjectOf } from './subject.js';

/**
 * Recordings against the C text of the kernel that made them, beside the transcription: decisions that agree
 * (or are those of another order that the record allows), of those that could be compared.
 *
 *     npx tsx bench/check/c-text.ts --tree TREE [--kept FILE] [--record] RECORDING.trace.gz...
 *
 * With --kept each is written down when it is done, and a run that was stopped goes on where it was. Exit
 * code 1 where fewer agree with the C text than with the transcription.
 */

const {
  tree,
  kept,
  isRecorded,
  positionals: files,
} = argumentsOf({ tree: '', kept: '' }, 'RECORDING.trace.gz...');
const engine = createEngine();
const source = await engine.prepareSource(tree, { config: [], form: 'table' });
const { variants } = await engine.loadModules([], false, undefined, [source]);
const { version } = readTree(tree);

interface Checked extends KeptLine {
  readonly decisions: number;
  readonly transcription: number;
  readonly text: number;
  /** Disagreements with the C text that the transcription has not. */
  readonly others: readonly string[];
}
const done = new Kept<Checked>(kept);

async function check(key: string, file: string): Promise<Checked> {
  const subject = subjectOf(file);
  if (subject === null) throw new Error(`${file}: no profile of its kernel`);
  const { recording, version: profile, log } = subject;
  const before = checkRecording(recording, profile, log);
  const now = await engine.checkTrace(file, variants[0]);
  const sum = ({ agreed, raced }: typeof now): number => agreed + raced;
  const known = new Set(before.disagreements.map(({ line, kind }) => `${line} ${kind}`));
  const differing = now.disagreements.filter(({ line, kind }) => !known.has(`${line} ${kind}`));
  return {
    key,
    decisions: sum(now) + now.disagreed,
    transcription: sum(before),
    text: sum(now),
    others: differing.map(({ line, kind, kernel, model }) => `${line} ${kind}: kernel ${kernel}, C ${model}`),
  };
}

const rows: string[][] = [['recording', 'decisions', 'transcription', 'C text', 'other lines']];
let [decisions, fewer] = [0, 0];
const agreeing = { transcription: 0, text: 0 };
for (const file of files) {
  const name = basename(file, '.trace.gz');
  const key = `${version} ${name}`;
  const one = await done.of(key, () => check(key, file));
  decisions += one.decisions;
  agreeing.transcription += one.transcription;
  agreeing.text += one.text;
  if (one.text < one.transcription) fewer++;
  rows.push([name, ...[one.decisions, one.transcription, one.text, one.others.length].map(String)]);
  for (const other of one.others.slice(0, 5)) console.log(`${name}:${other}`);
}
printTable(rows);
const result =
  `${agreeing.text.toLocaleString('en')} of ${decisions.toLocaleString('en')} decisions agree with the C ` +
  `text, ${agreeing.transcription.toLocaleString('en')} with the transcription; fewer in ${fewer} of ` +
  `${files.length} recordings`;
console.log(`${version}: ${result}`);
if (fewer > 0) process.exitCode = 1;
if (isRecorded)
  record({
    what: `${files.length} recordings of ${version} driven through its C text`,
    result,
    command: 'npx tsx bench/check/c-text.ts --tree TREE RECORDING...',
  });
