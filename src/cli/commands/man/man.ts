/** `shootdown man`: the manual page, which the package carries as it is printed here. */

import { EXIT_OK } from '../../exit-codes.js';
import type { CliCommand } from '../command.js';
import { addHelpBelow } from '../help-below.js';
import { manualPage } from './manual-page.js';

const HELP = `
Examples:
  $ shootdown man | man -l -
  $ man shootdown    # of a package that was installed with --global`;

export const manCommand: CliCommand = {
  addTo(parent, { io, version }, finish) {
    const command = parent
      .command('man')
      .summary('print the manual page')
      .description('Prints the manual page of all commands, in the language of man(7).')
      .action(() => {
        io.stdout.write(manualPage(parent, version));
        finish(EXIT_OK);
      });
    addHelpBelow(command, HELP);
  },
};
