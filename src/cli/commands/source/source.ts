/** `shootdown source`: what is done with a kernel's C text, beside hunting it. */

import { defineGroup } from '../command.js';
import { sourceCheckCommand } from './check.js';
import { sourceCompareCommand } from './compare.js';

export const sourceCommand = defineGroup(
  {
    name: 'source',
    summary: "look into a kernel's C text",
    description: 'Works on a Linux source tree, whose arch/x86/mm/tlb.c the lab can run (--kernel-source).',
  },
  [sourceCheckCommand, sourceCompareCommand],
);
