/** `shootdown init`: a configuration and a workflow to begin with. Nothing that is there is touched. */

import { existsSync, readFileSync } from 'node:fs';
import { CONFIG_NAMES } from '../../../config/config.js';
import { writeError } from '../../../findings/atomic-file.js';
import { writeNew } from '../../../findings/new-file.js';
import { InputError } from '../../../vocabulary/errors.js';
import { packageRoot } from '../../../vocabulary/package-root.js';
import type { CliContext } from '../../command-context.js';
import { EXIT_OK } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { defineCommand } from '../command.js';

/** What is written: the package's own examples, which its tests run. */
const FILES = [
  { path: CONFIG_NAMES[0], example: 'examples/config/shootdown.config.ts', others: CONFIG_NAMES },
  { path: '.github/workflows/shootdown.yml', example: 'examples/ci/run.yml', others: [] },
];

const HELP = `
Writes ${FILES.map(({ path }) => path).join(' and ')}, each where it is not there yet.

Exit codes: 0 written, 2 everything is there already, 3 internal or infrastructure failure.`;

export const initCommand = defineCommand({
  name: 'init',
  summary: 'write a shootdown.config.ts and a workflow to begin with',
  description: 'Writes a configuration for "shootdown run", and a workflow that runs it on GitHub.',
  flags: {},
  help: HELP,
  run: async (context) => init(context),
});

function init({ io }: CliContext): number {
  let written = 0;
  for (const { path, example, others } of FILES) {
    const there = [path, ...others].find((name) => existsSync(name));
    if (there === undefined && write(path, readFileSync(new URL(example, packageRoot())))) {
      written++;
      printLine(io.stdout, `written: ${path}`);
    } else printLine(io.stdout, `left as it is: ${there ?? path}`);
  }
  if (written === 0)
    throw new InputError('init: everything is there already', 'move a file away to have it written');
  printLine(io.stdout, '"shootdown run" does what the configuration says');
  return EXIT_OK;
}

/** Answers false where something is there. Throws InfrastructureError. */
function write(path: string, bytes: Buffer): boolean {
  try {
    return writeNew(path, bytes);
  } catch (error) {
    throw writeError(error, 'the file', path, 'make room, or go to another directory');
  }
}
