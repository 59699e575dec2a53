/** `shootdown completion SHELL`: commands, flags and names of variants complete themselves when typed. */

import { nearNames } from '../../../report/near-names.js';
import { InputError } from '../../../vocabulary/errors.js';
import { EXIT_OK } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { required } from '../../options.js';
import { type CliCommand, defineCommand } from '../command.js';
import { candidates } from './candidates.js';
import { SCRIPTS, SHELLS } from './scripts.js';

const HELP = `
Set it up once:
  $ echo 'source <(shootdown completion bash)' >> ~/.bashrc
  $ shootdown completion zsh > ~/.zfunc/_shootdown    # a directory of $fpath
  $ shootdown completion fish > ~/.config/fish/completions/shootdown.fish`;

export const completionCommand = defineCommand({
  name: 'completion',
  summary: `print what makes a shell complete commands and names (${SHELLS.join(', ')})`,
  description:
    'Prints a script for a shell: commands, flags, variants and scenarios complete as they are typed.',
  arguments: { shell: required('shell', SHELLS.join(', ')) },
  flags: {},
  help: HELP,
  async run({ io }, { shell }) {
    if (!Object.hasOwn(SCRIPTS, shell)) {
      const near = nearNames(shell, SHELLS);
      throw new InputError(
        `completion: there is none for ${JSON.stringify(shell.slice(0, 60))}`,
        `give ${(near.length > 0 ? near : SHELLS).join(', ')}`,
      );
    }
    io.stdout.write(SCRIPTS[shell]);
    return EXIT_OK;
  },
});

/** `shootdown complete -- WORDS`, which those scripts ask: what the last word may become, a line each. */
export const completeCommand: CliCommand = {
  addTo(parent, { engine, io }, finish) {
    parent
      .command('complete', { hidden: true })
      .argument('[words...]')
      .action(async (words: string[]) => {
        for (const one of await candidates(parent, words, engine)) printLine(io.stdout, one);
        finish(EXIT_OK);
      });
  },
};
