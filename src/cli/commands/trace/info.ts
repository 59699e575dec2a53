/** `shootdown trace info FILE`: what is in a recording of a real kernel, and which window a hunt would take. */

import type { Command } from 'commander';
import { traceInfoDocument } from '../../../report/json-documents.js';
import type { CliContext } from '../../context.js';
import { EXIT_OK } from '../../exit-codes.js';
import { printJson } from '../../io.js';
import { addTraceCheck } from './check.js';

export function addTrace(program: Command, context: CliContext, finish: (exitCode: number) => void): void {
  const trace = program
    .command('trace')
    .summary('look into a recording of a real kernel')
    .description('Works on recordings: ftrace text, gzipped or not.');
  trace
    .command('info')
    .summary('what a recording holds')
    .description('Counts what a recording holds, what of it can be modelled, and names the window that a hunt takes by default.')
    .argument('<file>', 'ftrace text, gzipped or not')
    .option('--json', 'one JSON document on stdout, nothing else', false)
    .addHelpText('after', HELP)
    .action(async (file: string, flags: { readonly json: boolean }) => {
      const info = await context.engine.traceInfo(file);
      if (flags.json) printJson(context.io.stdout, traceInfoDocument(context.version, info.json));
      else context.io.stdout.write(info.text.endsWith('\n') ? info.text : `${info.text}\n`);
      finish(EXIT_OK);
    });
  addTraceCheck(trace, context, finish);
}

const HELP = `
Examples:
  $ shootdown trace info recording.trace.gz
  $ shootdown hunt --variant b1 --scenario trace:recording.trace.gz`;
