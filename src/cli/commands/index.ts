/** The commands, in the order of the help. One more is its file and a line here. */

import { addCompare } from './compare/compare.js';
import { addDemo } from './demo.js';
import { addDoctor } from './doctor.js';
import { addHunt } from './hunt/hunt.js';
import { addList } from './list.js';
import { addLitmus } from './litmus.js';
import { addReplay } from './replay.js';
import { addShow } from './show/show.js';
import { addStress } from './stress/stress.js';
import { addStudy } from './study/study.js';
import { addTrace } from './trace/info.js';

export const COMMANDS = [
  addStudy,
  addHunt,
  addCompare,
  addReplay,
  addShow,
  addStress,
  addTrace,
  addLitmus,
  addList,
  addDemo,
  addDoctor,
] as const;
