/** A command as a table: what it is called, takes and says of itself, and what it does. */

import type { Command } from 'commander';
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

export interface CommandSpec<Arguments extends Table<Positional<unknown>>, Flags extends Table<Flag<unknown>>>
  extends Described {
  /** In the order in which they are given. */
  readonly arguments?: Arguments;
  /** In the order of the help. */
  readonly flags: Flags;
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
      command.action(async (...all: unknown[]) => {
        const given = Object.fromEntries(
          positionals.map(([name], index) => [name, all[index]]),
        ) as Given<Arguments>;
        finish(await spec.run(context, given, command.opts() as Given<Flags>));
      });
    },
  };
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
