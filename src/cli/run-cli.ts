/**
 * Runs one command line in this process. Everything that is thrown ends here, as one line and an exit code.
 */

import { Command, CommanderError } from 'commander';
import { visible } from '../report/escape.js';
import { shellWord } from '../report/shell-word.js';
import { TABLE_WIDTH } from '../report/table.js';
import { thrownOf } from '../seal/thrown.js';
import { InfrastructureError, InputError, ProgramEndedError } from '../vocabulary/errors.js';
import { VERSION } from '../vocabulary/version.js';
import type { CliContext } from './command-context.js';
import { addHelpBelow } from './commands/help-below.js';
import { COMMANDS } from './commands/index.js';
import type { Engine } from './engine-api.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE } from './exit-codes.js';
import { guarded } from './guarded.js';
import { type CliIo, printLine } from './io.js';

/** `argv` without node and script. Answers the exit code; never throws and never ends the process. */
export async function runCli(argv: readonly string[], world: CliIo, engine: Engine): Promise<number> {
  const io = guarded(world);
  let exitCode = EXIT_OK;
  try {
    const context: CliContext = {
      ...{ engine, io, version: VERSION },
      command: `shootdown ${argv.map(shellWord).join(' ')}`,
    };
    const program = createProgram(context, (code) => {
      exitCode = code;
    });
    if (argv.length === 0) {
      printLine(
        io.stderr,
        'shootdown: no command is given; "shootdown --help" shows them, "shootdown demo" is the tour',
      );
      return EXIT_USAGE;
    }
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_OK;
    // A signal to the group has ended the bundler or the compiler too, and that is no failure to speak of.
    const isOwn = error instanceof InputError || error instanceof InfrastructureError;
    const mayBeIt = !isOwn || error instanceof ProgramEndedError;
    if (mayBeIt && (await io.isInterrupted?.()) === true) return EXIT_INTERRUPTED;
    return reportError(error, io, engine);
  }
}

/** `finish` is told the exit code of the command that ran. */
function createProgram(context: CliContext, finish: (exitCode: number) => void): Command {
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
    });
  addHelpBelow(program, HELP);
  for (const command of COMMANDS) command.addTo(program, context, finish);
  return program;
}

/**
 * Says what was thrown, on one line; answers the exit code. What comes out of a user's module, whenever, is a
 * mistake in it.
 */
export function reportError(thrown: unknown, io: CliIo, engine: Engine): number {
  const error = engine.asInputError(thrown);
  if (error instanceof CommanderError) {
    printLine(io.stderr, `shootdown: ${visible(usageLine(error))}`);
    return EXIT_USAGE;
  }
  if (error instanceof InputError) {
    printLine(io.stderr, `shootdown: ${visible(error.message)}`);
    return EXIT_USAGE;
  }
  if (error instanceof InfrastructureError) {
    printLine(io.stderr, `shootdown: ${visible(error.message)}`);
    return EXIT_FAILURE;
  }
  const { message, stack } = thrownOf(error);
  const isDebugging = Boolean(io.env.SHOOTDOWN_DEBUG);
  const hint = isDebugging ? '' : '; SHOOTDOWN_DEBUG=1 shows where, please report it';
  printLine(io.stderr, `shootdown: internal error: ${visible(message)}${hint}`);
  if (isDebugging) printLine(io.stderr, stack.split('\n').map(visible).join('\n'));
  return EXIT_FAILURE;
}

/** Commander's message on one line, without its prefix, with what to do. */
function usageLine(error: CommanderError): string {
  // `shootdown trace` and `shootdown help nothing` end in help on stderr, with no message of their own.
  if (error.code === 'commander.help') return 'a subcommand is missing or unknown; "--help" shows them';
  const message = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  return `${message}; "--help" after the command shows what it takes`;
}

const HELP = `
Examples:
  $ shootdown study remote-tlb-gen
  $ shootdown hunt --variant b1
  $ shootdown replay findings/FILE.json
  $ shootdown show findings/FILE.json
  $ shootdown list variants

Exit codes: 0 nothing unexpected, 1 a violation, 2 usage or bad input, 3 internal or infrastructure
failure, 130 interrupted, 141 nobody reads the output. NO_COLOR is honoured; SHOOTDOWN_DEBUG=1 adds
stacks to internal errors.`;
