/** The manual page: every command with its arguments and flags, read off the commands as help is. */

import type { Command } from 'commander';
import { helpBelow } from '../help-below.js';
import { roffParagraphs, roffTerm, roffText } from './roff.js';

/** In man(7). Without a date: it is the version's. */
export function manualPage(root: Command, version: string): string {
  const name = root.name();
  const [what] = root.description().split(/[:.]/);
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${roffText(version)}"`,
    ...['.SH NAME', `${name} \\- ${roffText(what)}`],
    ...['.SH SYNOPSIS', '.B', name, '.I command', '[options] [arguments]'],
    ...['.SH DESCRIPTION', roffText(root.description())],
    ...roffParagraphs(helpBelow(root)),
    ...['.SH OPTIONS', ...optionLines(root)],
    ...['.SH COMMANDS', ...commandsOf(root).flatMap((command) => sectionOf(command))],
  ];
  return `${lines.join('\n')}\n`;
}

/** Those that help shows, but for help itself; of a group its commands. */
function commandsOf(command: Command): Command[] {
  const shown = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
  return shown.flatMap((one) => (one.commands.length === 0 ? [one] : commandsOf(one)));
}

function sectionOf(command: Command): string[] {
  const help = command.createHelp();
  const positionals = help
    .visibleArguments(command)
    .flatMap((one) => roffTerm(help.argumentTerm(one), help.argumentDescription(one)));
  return [
    ...['.SS', roffText(help.commandUsage(command).trim())],
    roffText(help.commandDescription(command)),
    ...positionals,
    ...optionLines(command),
    ...roffParagraphs(helpBelow(command)),
  ];
}

function optionLines(command: Command): string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .flatMap((one) => roffTerm(help.optionTerm(one), help.optionDescription(one)));
}
