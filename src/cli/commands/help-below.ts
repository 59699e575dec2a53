/** What stands below the help of a command, for the help and for the manual. */

import type { Command } from 'commander';

const texts = new WeakMap<Command, string>();

export function addHelpBelow(command: Command, text: string): void {
  command.addHelpText('after', text);
  texts.set(command, text);
}

/** Empty where there is none. */
export function helpBelow(command: Command): string {
  return texts.get(command) ?? '';
}
