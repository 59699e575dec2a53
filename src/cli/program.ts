/** The command line's grammar. */

import { Command } from 'commander';
import { TABLE_WIDTH } from '../report/table.js';
import { addDemo } from './commands/demo.js';
import { addDoctor } from './commands/doctor.js';
import { addHunt } from './commands/hunt.js';
import { addList } from './commands/list.js';
import { addReplay } from './commands/replay.js';
import { addShow } from './commands/show.js';
import { addStress } from './commands/stress.js';
import { addStudy } from './commands/study.js';
import { addTrace } from './commands/trace-info.js';
import type { CliContext } from './context.js';

/** `finish` is told the exit code of the command that ran. */
export function createProgram(context: CliContext, finish: (exitCode: number) => void): Command {
  const { io, version } = context;
  const program = new Command('shootdown')
    .description('A laboratory for TLB-shootdown protocols: hunts their races, and replays what it finds.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help')
    // Before the subcommands are made: they inherit these settings at their creation.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Errors arrive as exceptions as well, and runCli prints those on one line.
      writeErr: () => {},
      getOutHelpWidth: () => TABLE_WIDTH,
      getErrHelpWidth: () => TABLE_WIDTH,
    })
    .addHelpText('after', HELP);
  for (const add of [addStudy, addHunt, addReplay, addShow, addStress, addTrace, addList, addDemo, addDoctor])
    add(program, context, finish);
  return program;
}

const HELP = `
Examples:
  $ shootdown study remote-tlb-gen
  $ shootdown hunt --variant b1
  $ shootdown replay findings/FILE.json
  $ shootdown show findings/FILE.json
  $ shootdown list variants

Exit codes: 0 nothing unexpected, 1 a violation, 2 usage or bad input, 3 internal or infrastructure
failure, 130 interrupted. NO_COLOR is honoured; SHOOTDOWN_DEBUG=1 adds stacks to internal errors.`;
