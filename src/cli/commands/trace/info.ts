/**
 * `shootdown trace info FILE`: what is in a recording of a real kernel, and which window a hunt would take.
 */

import { traceInfoDocument } from '../../../report/json-documents.js';
import { groupDigits } from '../../../report/text-columns.js';
import { workProgress } from '../../../report/work-progress.js';
import { EXIT_OK } from '../../exit-codes.js';
import { printJson } from '../../io.js';
import { JSON_FLAG, required } from '../../options.js';
import { progressOf } from '../../with-pool.js';
import { defineCommand } from '../command.js';
import { bytesOf } from './bytes-of.js';

const HELP = `
Examples:
  $ shootdown trace info recording.trace.gz
  $ shootdown hunt --variant b1 --scenario trace:recording.trace.gz`;

export const traceInfoCommand = defineCommand({
  name: 'info',
  summary: 'what a recording holds',
  description:
    'Counts what a recording holds, what of it can be modelled, and names the window that a hunt takes ' +
    'by default.',
  arguments: { file: required('file', 'ftrace text, gzipped or not') },
  flags: { json: JSON_FLAG },
  help: HELP,
  async run(context, { file }, { json }) {
    const { engine, io, version } = context;
    const progress = progressOf(context, json);
    const mebibytes = (bytes: number): string => groupDigits(Math.ceil(bytes / 2 ** 20));
    const words = (read: number, of: number): string =>
      `${file}: ${mebibytes(read)} of ${mebibytes(of)} MiB read`;
    const [onWork, of] = [workProgress(progress, words), bytesOf(file)];
    onWork(0, of);
    const info = await engine.traceInfo(file, (read) => onWork(read, of)).finally(() => progress.clear());
    if (json) printJson(io.stdout, traceInfoDocument(version, info.json));
    else io.stdout.write(info.text.endsWith('\n') ? info.text : `${info.text}\n`);
    return EXIT_OK;
  },
});
