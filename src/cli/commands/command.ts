/** A command as a table: what it is called, takes and says of itself, and what it does. */

import { type Command, Option } from 'commander';
import { InputError } from '../../vocabulary/errors.js';
import type { CliContext } from '../command-context.js';
import type { Flag, Given, Positional, Table } from '../options.js';
import { addHelpBelow } from './help-below.js';

/** A command, or several under one name. */
export interface CliCommand {
  /** Makes it known to commander. `finish` is told the exit code when it has run. */
  addTo(parent: Command, context: CliContext, finish: (exitCode: number) => void): void;
}

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
}

interface Refused {
  readonly why: string;
  readonly instead: string;
}

export interface CommandSpec<Arguments extends Table<Positional<unknown>>, Flags extends Table<Flag<unknown>>>
  extends Described {
  /** In the order in which they are given. */
  readonly arguments?: Arguments;
  /** In the order of the help. */
  readonly flags: Flags;
  /** Options of other commands that this one does not take, as `--name <value>`: why, and what to do. */
  readonly refused?: Readonly<Record<string, Refused>>;
  /** Stands below the help. */
  readonly help: string;
  /** Answers the exit code. */
  run(context: CliContext, given: Given<Arguments>, flags: Given<Flags>): Promise<number>;
}

export function defineCommand<
  Arguments extends Table<Positional<unknown>>,
  Flags extends Table<Flag<unknown>>,
>(spec: CommandSpec<Arguments, Flags>): CliCommand {
  return {
    addTo(parent, context, finish) {
      const command = parent.command(spec.name).summary(spec.summary).description(spec.description);
      addHelpBelow(command, spec.help);
      const positionals = Object.entries(spec.arguments ?? {});
      for (const [, positional] of positionals) command.addArgument(positional.argument());
      for (const [name, flag] of Object.entries(spec.flags)) {
        const option = flag.option();
        if (option.attributeName() !== name)
          throw new Error(`${spec.name}: ${option.flags} stands under the name ${name}`);
        command.addOption(option);
      }
      for (const [flags, refused] of Object.entries(spec.refused ?? {}))
        command.addOption(refusedOption(flags, refused));
      command.action(async (...all: unknown[]) => {
        const given = Object.fromEntries(
          positionals.map(([name], index) => [name, all[index]]),
        ) as Given<Arguments>;
        finish(await spec.run(context, given, command.opts() as Given<Flags>));
      });
    },
  };
}

/** One that is in no help, and says why it is not taken where "unknown option" would leave the user. */
function refusedOption(flags: string, { why, instead }: Refused): Option {
  const option = new Option(flags).hideHelp();
  return option.argParser(() => {
    throw new InputError(`${option.long}: ${why}`, instead);
  });
}

export function defineGroup(
  { name, summary, description }: Described,
  commands: readonly CliCommand[],
): CliCommand {
  return {
    addTo(parent, context, finish) {
      const group = parent.command(name).summary(summary).description(description);
      for (const command of commands) command.addTo(group, context, finish);
    },
  };
}
