/** `shootdown doctor`: what this computer is like for runs on threads. */

import { doctorDocument } from '../../report/json-documents.js';
import { groupDigits } from '../../report/text-columns.js';
import type { SelfTest } from '../../stress/self-test.js';
import type { CliContext } from '../command-context.js';
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.js';
import { printJson, printLine } from '../io.js';
import { JSON_FLAG } from '../options.js';
import { printLabelled } from '../print-witness.js';
import { defineCommand } from './command.js';

const FLAGS = { json: JSON_FLAG };

const HELP = `
Example:
  $ shootdown doctor --json | jq .storeBuffering

Exit codes: 0 runs on threads are sound here (perhaps with Atomics for stores), 3 they are not.`;

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'test the computer: Node, cores, memory accesses',
  description:
    'Runs small litmus programs on two threads through the memory accesses of the stripped build, and ' +
    'tells whether this computer shows store buffering and nothing that x86 forbids.',
  flags: FLAGS,
  help: HELP,
  run: (context, _, { json }) => doctor(context, json),
});

async function doctor(context: CliContext, isJson: boolean): Promise<number> {
  const { engine, io, version } = context;
  const test = await engine.threads.selfTest();
  if (isJson) printJson(io.stdout, doctorDocument(version, test));
  else {
    printLabelled(context, [
      { label: 'shootdown', text: version },
      { label: 'Node', text: `${test.node} (V8 ${test.v8}), ${test.arch}` },
      { label: 'cores', text: `${test.cores}` },
      ...test.tests.map(({ test: name, stores, tries, forbidden, reordered }) => ({
        label: name,
        text:
          `${stores} stores: ${groupDigits(tries)} tries, ${forbidden} ` +
          `forbidden${
            name === 'SB'
              ? `, store buffering in ${groupDigits(reordered)} ` + `(${percent(reordered, tries)})`
              : ''
          }`,
      })),
      { label: 'verdict', text: verdict(test) },
    ]);
  }
  if (test.failed)
    printLine(
      io.stderr,
      'shootdown: the self-test failed: even Atomics showed what x86 forbids; runs on threads prove ' +
        'nothing here',
    );
  return test.failed ? EXIT_FAILURE : EXIT_OK;
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? '0.00' : ((100 * part) / whole).toFixed(2)} %`;
}

function verdict(test: SelfTest): string {
  const weak =
    test.storeBuffering > 0
      ? "stress runs have the computer's own store buffering"
      : 'no store buffering was seen: stress runs are close to sequential consistency';
  return `${test.reason}; ${weak}`;
}
