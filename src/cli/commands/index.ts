/** The commands, in the order of the help. One more is its file and a line here. */

import type { CliCommand } from './command.js';
import { compareCommand } from './compare/compare.js';
import { completeCommand, completionCommand } from './completion/completion.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { exploreCommand } from './explore.js';
import { huntCommand } from './hunt/hunt.js';
import { initCommand } from './init/init.js';
import { listCommand } from './list.js';
import { litmusCommand } from './litmus.js';
import { manCommand } from './man/man.js';
import { mergeCommand } from './merge/merge.js';
import { minimiseCommand } from './minimise.js';
import { orderingsCommand } from './orderings.js';
import { replayCommand } from './replay.js';
import { runCommand } from './run/run.js';
import { showCommand } from './show/show.js';
import { sourceCommand } from './source/source.js';
import { stressCommand } from './stress/stress.js';
import { studyCommand } from './study/study.js';
import { traceCommand } from './trace/trace.js';
import { verifyCommand } from './verify/verify.js';

export const COMMANDS: readonly CliCommand[] = [
  studyCommand,
  huntCommand,
  runCommand,
  initCommand,
  mergeCommand,
  compareCommand,
  replayCommand,
  minimiseCommand,
  orderingsCommand,
  showCommand,
  exploreCommand,
  stressCommand,
  traceCommand,
  sourceCommand,
  verifyCommand,
  litmusCommand,
  listCommand,
  demoCommand,
  doctorCommand,
  completionCommand,
  manCommand,
  completeCommand,
];
