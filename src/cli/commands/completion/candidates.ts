/** What may stand next on a command line: read off the commands, and the names that the lab knows. */

import type { Command, Option } from 'commander';
import { MEMORY_MODELS } from '../../../memory-order/index.js';
import type { Engine } from '../../engine-api.js';
import { LISTS } from '../list.js';
import { SHELLS } from './scripts.js';

type Values = (engine: Engine) => Promise<readonly string[]> | readonly string[];

const namesOf = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name);

const variants: Values = async (engine) =>
  (await engine.variants()).flatMap(({ name, aliases }) => [name, ...aliases]);

/** Names that flags take, by flag; those of any other flag are files, or no names. */
const OF_FLAGS: Readonly<Record<string, Values>> = {
  '--variant': variants,
  '--scenario': async (engine) =>
    namesOf([...(await engine.scenarios()), ...(await engine.verifyScenarios())]),
  '--strategy': async (engine) => namesOf(await engine.strategies()),
  '--memory': () => MEMORY_MODELS,
  // Where it is needed: what reports are made of is loaded with them.
  '--reporter': async () => namesOf((await import('../../../report/reporters/index.js')).reporters),
};

/** Names that commands take beside files. */
const OF_COMMANDS: Readonly<Record<string, Values>> = {
  compare: variants,
  study: async (engine) => namesOf(await engine.studies.list()),
  list: () => LISTS,
  completion: () => SHELLS,
};

/**
 * The last of `words` is what is being typed, perhaps nothing; those before it are whole. Answers what it may
 * become, in the order of the help; nothing where a file may stand, and nothing else.
 */
export async function candidates(root: Command, words: readonly string[], engine: Engine): Promise<string[]> {
  const typed = words.at(-1) ?? '';
  const { command, pending } = parsed(root, words.slice(0, -1));
  if (pending !== null) return listed(typed, '', await valuesOf(pending, engine));
  if (typed.startsWith('--') && typed.includes('=')) {
    const end = typed.indexOf('=');
    const option = optionOf(command, typed.slice(0, end));
    const values = option === undefined ? [] : await valuesOf(option, engine);
    return listed(typed.slice(end + 1), typed.slice(0, end + 1), values);
  }
  if (typed.startsWith('-')) return starting(typed, flagsOf(command));
  if (command.commands.length > 0) return starting(typed, namesOf(shownCommands(command)));
  return starting(typed, await argumentsOf(command, engine));
}

/** Where whole words lead: the command, and the flag before that wants a value. */
function parsed(root: Command, words: readonly string[]): { command: Command; pending: Option | null } {
  let command = root;
  let pending: Option | null = null;
  for (const word of words) {
    if (pending !== null) pending = null;
    else if (word.startsWith('-')) {
      const option = word.includes('=') ? undefined : optionOf(command, word);
      pending = option?.required === true ? option : null;
    } else command = command.commands.find((one) => one.name() === word) ?? command;
  }
  return { command, pending };
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag);
}

/** What `shootdown complete` itself is not among: nobody types it. */
function shownCommands(command: Command): { readonly name: string }[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ name: one.name() }));
}

function flagsOf(command: Command): string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);
}

async function valuesOf(option: Option, engine: Engine): Promise<readonly string[]> {
  return (await OF_FLAGS[option.long ?? '']?.(engine)) ?? [];
}

async function argumentsOf(command: Command, engine: Engine): Promise<readonly string[]> {
  const [argument] = command.registeredArguments;
  return argument?.argChoices ?? (await OF_COMMANDS[command.name()]?.(engine)) ?? [];
}

const starting = (typed: string, all: readonly string[]): string[] =>
  all.filter((one) => one.startsWith(typed));

/** Of a comma list the last name. */
function listed(typed: string, before: string, all: readonly string[]): string[] {
  const whole = typed.slice(0, typed.lastIndexOf(',') + 1);
  return starting(typed.slice(whole.length), all).map((name) => `${before}${whole}${name}`);
}
