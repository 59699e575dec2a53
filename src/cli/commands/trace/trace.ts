/** `shootdown trace`: what is done with recordings. */

import { defineGroup } from '../command.js';
import { traceCheckCommand } from './check.js';
import { traceInfoCommand } from './info.js';

export const traceCommand = defineGroup(
  {
    name: 'trace',
    summary: 'look into a recording of a real kernel',
    description: 'Works on recordings: ftrace text, gzipped or not.',
  },
  [traceInfoCommand, traceCheckCommand],
);
